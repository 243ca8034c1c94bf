import { Controller } from "../../../vendor/stimulus/stimulus.js";

// Names of colleagues, offered after @ in a field. Dispatches mentions:completed.
export default class extends Controller {
  static values = { url: String, label: String };
  #list = makeList();

  initialize() {
    this.#list.setAttribute("aria-label", this.labelValue);
    this.#list.addEventListener("mousedown", (event) => this.#completePointed(event));
  }

  disconnect() {
    this.#list.remove();
  }

  async offer({ target: field }) {
    const letters = lettersAfterAt(field);
    if (letters === undefined) return this.#hide(field);
    const answer = await fetch(`${this.urlValue}?q=${encodeURIComponent(letters)}`);
    const options = answer.ok ? await answer.text() : "";
    if (lettersAfterAt(field) !== letters) return;
    this.#list.innerHTML = options;
    if (this.#list.children.length) this.#show(field);
    else this.#hide(field);
  }

  close({ target: field }) {
    this.#hide(field);
  }

  press(event) {
    if (this.#list.hidden || event.metaKey || event.ctrlKey) return;
    const { target: field } = event;
    const { children, firstElementChild, lastElementChild } = this.#list;
    const selected = [...children].find((option) => option.getAttribute("aria-selected") === "true");
    const actions = {
      ArrowDown: () => this.#select(field, selected.nextElementSibling ?? firstElementChild),
      ArrowUp: () => this.#select(field, selected.previousElementSibling ?? lastElementChild),
      Enter: () => this.#complete(field, selected),
      Tab: () => this.#complete(field, selected),
      Escape: () => this.#hide(field),
    };
    if (!actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  }

  #show(field) {
    field.after(this.#list);
    this.#list.hidden = false;
    field.setAttribute("aria-controls", this.#list.id);
    this.#select(field, this.#list.firstElementChild);
  }

  #hide(field) {
    this.#list.hidden = true;
    field.removeAttribute("aria-activedescendant");
  }

  #select(field, option) {
    for (const other of this.#list.children) other.setAttribute("aria-selected", String(other === option));
    field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  #complete(field, option) {
    const start = field.selectionStart - lettersAfterAt(field).length;
    field.setRangeText(`${option.dataset.name} `, start, field.selectionStart, "end");
    this.#hide(field);
    this.dispatch("completed");
  }

  #completePointed(event) {
    event.preventDefault(); // the text keeps the focus
    const option = event.target.closest("[role=option]");
    if (option) this.#complete(this.#list.previousElementSibling, option);
  }
}

// What stands between @ and the caret, or undefined.
function lettersAfterAt({ value, selectionStart }) {
  return /(?:^|\s)@([^\s@]{0,30}(?: [^\s@]{1,30})?)$/u.exec(value.slice(0, selectionStart))?.[1];
}

function makeList() {
  const list = document.createElement("ul");
  list.id = "mentions";
  list.className = "mentions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  return list;
}
