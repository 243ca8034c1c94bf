// The composer without this file: forms and links. With it: drafts, ⌘⏎, files by drop and paste, names after @.
"use strict";

{
  const PAUSE = 800; // milliseconds after the last key, then the draft is kept

  const composer = () => document.getElementById("composer");
  const form = () => composer()?.querySelector("form");
  const isIn = (element) => Boolean(element?.closest?.("#composer form"));

  let timer = 0;
  let isUnsaved = false;
  let wasTouched = false; // since the page came: a draft that arrives late replaces nothing

  function say(text, isWrong = false) {
    const state = composer()?.querySelector(".composer-state");
    if (!state) return;
    state.textContent = text;
    state.classList.toggle("text-danger", isWrong);
    state.classList.toggle("text-secondary", !isWrong);
  }

  // --- drafts ------------------------------------------------------------------------------------------------------

  function keepSoon() {
    isUnsaved = wasTouched = true;
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  }

  async function keep() {
    clearTimeout(timer);
    const box = composer();
    if (!box || !isUnsaved) return;
    isUnsaved = false;
    const fields = new FormData(form());
    fields.delete("attachments");
    fields.set("tab", box.dataset.tab);
    try {
      const body = new URLSearchParams(fields);
      const answer = await fetch(box.dataset.drafts, { method: "POST", body, redirect: "manual", keepalive: true });
      if (!answer.ok) throw new Error(String(answer.status));
      tellWhoWrites(answer.status === 204 ? "" : await answer.text());
      if (composer() === box && !isUnsaved) say(box.dataset.saved);
    } catch {
      isUnsaved = true;
      if (composer() === box) say(box.dataset.unsaved, true);
    }
  }

  function tellWhoWrites(told) {
    const place = document.getElementById("writing-now");
    if (told) place?.replaceWith(document.createRange().createContextualFragment(told).querySelector("#writing-now"));
    else place?.replaceChildren();
  }

  document.addEventListener("input", (event) => isIn(event.target) && keepSoon());
  document.addEventListener("change", (event) => isIn(event.target) && keepSoon());
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keep());

  // The tab that is left is kept before the other one comes.
  document.addEventListener("htmx:confirm", (event) => {
    if (!isUnsaved || !event.target.closest(".composer-tabs")) return;
    event.preventDefault();
    keep().then(() => event.detail.issueRequest(true));
  });

  // --- sending -----------------------------------------------------------------------------------------------------

  const isSending = (detail) => detail.requestConfig?.elt === form() && detail.requestConfig.verb === "post";
  let files = null; // that go along once more when a form comes back with its errors
  let isOpening = false;

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey) || !isIn(event.target)) return;
    event.preventDefault();
    form().requestSubmit(form().querySelector(".composer-send"));
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!isSending(event.detail)) return;
    clearTimeout(timer);
    isUnsaved = false;
    say(composer().dataset.sending);
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, requestConfig, xhr } = event.detail;
    if (target?.id !== "composer") return;
    const isDraft = requestConfig.path === composer().dataset.drafts;
    if (isDraft && wasTouched) event.detail.shouldSwap = false;
    files = isSending(event.detail) && xhr.status === 422 ? fileInput()?.files : null;
    isOpening = !isDraft && event.detail.shouldSwap;
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (!isOpening || event.detail.target?.id !== "composer") return;
    isOpening = false;
    if (files?.length) put(files);
    if (event.detail.xhr.status === 422) keepSoon();
    (form()?.querySelector("[aria-invalid], textarea") ?? form()?.querySelector(".form-control"))?.focus();
  });

  function stayUnsent(event, why) {
    if (!isSending(event.detail)) return;
    isUnsaved = true;
    say(composer().dataset[why], true);
  }
  document.addEventListener("htmx:sendError", (event) => stayUnsent(event, "unsent"));
  document.addEventListener("htmx:responseError", (event) => stayUnsent(event, "refused"));

  // --- files -------------------------------------------------------------------------------------------------------

  const fileInput = () => form()?.querySelector("input[type=file]");

  function put(chosen) {
    const all = new DataTransfer();
    for (const file of chosen) all.items.add(file);
    fileInput().files = all.files;
    showChosen();
  }

  function showChosen() {
    const list = composer().querySelector(".composer-chosen");
    const chosen = [...fileInput().files];
    list.hidden = chosen.length === 0;
    list.replaceChildren(...chosen.map((file) => chosenLine(file, chosen)));
  }

  function chosenLine(file, chosen) {
    const line = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn-close";
    button.setAttribute("aria-label", `${composer().dataset.remove}: ${file.name}`);
    button.addEventListener("click", () => put(chosen.filter((other) => other !== file)));
    line.append(file.name, button);
    return line;
  }

  const takes = (event) => fileInput() && event.target.closest?.("#composer");

  document.addEventListener("change", (event) => event.target === fileInput() && showChosen());
  document.addEventListener("paste", (event) => {
    const pasted = event.clipboardData?.files ?? [];
    if (!pasted.length || !takes(event) || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    put([...fileInput().files, ...pasted]);
  });
  document.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files") && takes(event)) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length || !takes(event)) return;
    event.preventDefault();
    put([...fileInput().files, ...event.dataTransfer.files]);
  });

  // --- names after @ -----------------------------------------------------------------------------------------------

  const list = document.createElement("ul");
  list.id = "mentions";
  list.className = "mentions";
  list.hidden = true;
  list.setAttribute("role", "listbox");

  const begun = (box) => /(?:^|\s)@([^\s@]{0,30}(?: [^\s@]{1,30})?)$/u.exec(box.value.slice(0, box.selectionStart));
  const chosenName = () => list.querySelector("[aria-selected=true]");

  function closeNames(box) {
    list.hidden = true;
    box?.removeAttribute("aria-activedescendant");
  }

  function choose(box, option) {
    for (const other of list.children) other.setAttribute("aria-selected", String(other === option));
    box.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function complete(box, option) {
    const start = box.selectionStart - begun(box)[1].length;
    box.setRangeText(`${option.dataset.name} `, start, box.selectionStart, "end");
    closeNames(box);
    keepSoon();
  }

  async function offerNames(box) {
    const found = begun(box);
    if (!found) return closeNames(box);
    const answer = await fetch(`${composer().dataset.colleagues}?q=${encodeURIComponent(found[1])}`);
    const told = answer.ok ? await answer.text() : "";
    if (begun(box)?.[1] !== found[1]) return;
    list.innerHTML = told;
    list.setAttribute("aria-label", composer().dataset.names);
    if (!list.children.length) return closeNames(box);
    box.after(list);
    list.hidden = false;
    box.setAttribute("aria-controls", list.id);
    choose(box, list.firstElementChild);
  }

  document.addEventListener("input", (event) => "mentions" in event.target.dataset && offerNames(event.target));
  document.addEventListener("focusout", (event) => "mentions" in event.target.dataset && closeNames(event.target));
  list.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the text keeps the focus
    const option = event.target.closest("[role=option]");
    if (option) complete(list.previousElementSibling, option);
  });

  document.addEventListener("keydown", (event) => {
    if (list.hidden || !("mentions" in event.target.dataset) || event.metaKey || event.ctrlKey) return;
    const now = chosenName();
    const keys = {
      ArrowDown: () => choose(event.target, now.nextElementSibling ?? list.firstElementChild),
      ArrowUp: () => choose(event.target, now.previousElementSibling ?? list.lastElementChild),
      Enter: () => complete(event.target, now),
      Tab: () => complete(event.target, now),
      Escape: () => closeNames(event.target),
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
}
