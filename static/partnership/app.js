// Every page works without this file: it adds keys, closes menus, opens dialogs in place of pages.
"use strict";

const html = document.documentElement;
html.classList.add("js");

// --- theme ---------------------------------------------------------------------------------------------------------

function showTheme() {
  for (const button of document.querySelectorAll("[data-theme-choice-button]")) {
    button.setAttribute("aria-pressed", String(button.value === html.dataset.themeChoice));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-choice-button]");
  if (!button) return;
  window.chooseTheme(button.value);
  showTheme();
});
showTheme();

// --- menus, dialogs, messages --------------------------------------------------------------------------------------

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}

document.addEventListener("click", (event) => {
  closeMenus(event.target.closest("details.menu"));
  event.target.closest("[data-dismiss]")?.closest(".alert")?.remove();
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog) {
    event.preventDefault();
    dialog.showModal();
  }
  if (event.target instanceof HTMLDialogElement) event.target.close(); // the backdrop
});

function announce(text) {
  const box = document.getElementById("messages");
  const alert = document.getElementById("trouble").content.firstElementChild.cloneNode(true);
  alert.querySelector("[data-text]").textContent = text;
  box.append(alert);
}

document.addEventListener("htmx:responseError", (event) => {
  const box = document.getElementById("messages");
  announce(event.detail.xhr.status === 403 ? box.dataset.forbidden : box.dataset.failed);
});
document.addEventListener("htmx:sendError", () => announce(document.getElementById("messages").dataset.offline));

// --- keys ----------------------------------------------------------------------------------------------------------

let wentG = 0; // when `g` was pressed, in the event clock's milliseconds

function isTyping(target) {
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

function go(key) {
  const link = document.querySelector(`a[data-go="${CSS.escape(key)}"]`);
  link?.click();
  return Boolean(link);
}

function press(event) {
  const search = document.getElementById("global-search");
  if (wentG && event.timeStamp - wentG < 1500) {
    wentG = 0;
    return go(event.key);
  }
  wentG = event.key === "g" ? event.timeStamp : 0;
  if (event.key === "?") document.getElementById("keys")?.showModal();
  else if (event.key === "/" && search) search.focus();
  else return false;
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const menu = document.querySelector("details.menu[open]");
    closeMenus();
    menu?.querySelector("summary").focus();
  }
  if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]"))
    return;
  if (press(event)) event.preventDefault();
});
