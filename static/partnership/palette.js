// The palette: ⌘K or Ctrl K, words, arrows, Enter. Its options are links; the first is meant until another is chosen.
"use strict";

const palette = document.getElementById("palette");
const paletteInput = palette?.querySelector("input");
const paletteOptions = document.getElementById("palette-options");

function options() {
  return [...paletteOptions.querySelectorAll("[role=option]")];
}

function mean(option) {
  for (const other of options()) other.setAttribute("aria-selected", String(other === option));
  if (option) {
    paletteInput.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else paletteInput.removeAttribute("aria-activedescendant");
}

function meant() {
  return options().find((option) => option.getAttribute("aria-selected") === "true");
}

function openPalette() {
  if (!palette || palette.open || document.querySelector("dialog[open]")) return;
  paletteInput.value = "";
  palette.showModal();
  paletteInput.focus();
  htmx.trigger(paletteInput, "palette");
}

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey) && !event.altKey && !event.shiftKey) {
    event.preventDefault();
    openPalette();
  }
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-palette]") || !palette) return;
  event.preventDefault();
  openPalette();
});

paletteInput?.addEventListener("keydown", (event) => {
  const all = options();
  const at = all.indexOf(meant());
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) mean(all[(at + step + all.length) % all.length]);
  else if (event.key === "Enter") meant()?.click();
  else return;
  event.preventDefault();
});

// The customer whose page this is: what can be done with them is offered too.
paletteInput?.addEventListener("htmx:configRequest", (event) => {
  const here = location.pathname.match(/^\/customers\/(\d+)\//);
  if (here) event.detail.parameters.here = here[1];
});

paletteOptions?.addEventListener("htmx:afterSettle", () => mean(options()[0]));
paletteOptions?.addEventListener("pointermove", (event) => {
  const option = event.target.closest("[role=option]");
  if (option && option !== meant()) mean(option);
});
