// Every page works without this file: it closes menus, opens dialogs in place of pages.
"use strict";

const html = document.documentElement;

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

// What nobody asked for and is asked again anyway fails without a word.
const isQuiet = (event) => Boolean(event.detail.elt?.closest?.("[data-quiet]"));

document.addEventListener("htmx:responseError", (event) => {
  if (isQuiet(event)) return;
  const box = document.getElementById("messages");
  announce(event.detail.xhr.status === 403 ? box.dataset.forbidden : box.dataset.failed);
});
document.addEventListener("htmx:sendError", (event) => {
  if (!isQuiet(event)) announce(document.getElementById("messages").dataset.offline);
});

// Every radio button of a form that has the button's value: a whole class is present by one click.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-check-all]");
  if (!button) return;
  for (const radio of button.form.querySelectorAll(`input[type=radio][value="${CSS.escape(button.dataset.checkAll)}"]`))
    if (radio.closest("fieldset")) radio.checked = true;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  closeMenus();
  menu?.querySelector("summary").focus();
});
