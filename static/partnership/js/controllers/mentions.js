import { Controller } from "../../../vendor/stimulus/stimulus.js";
import { OptionList } from "../option_list.js";

// Names of colleagues, offered after @ in a field. Dispatches mentions:completed.
export default class extends Controller {
  static values = { url: String, label: String };
  #list = new OptionList("mentions", (field, option) => this.#complete(field, option));

  initialize() {
    this.#list.label = this.labelValue;
  }

  disconnect() {
    this.#list.remove();
  }

  async offer({ target: field }) {
    const letters = lettersAfterAt(field);
    if (letters === undefined) return this.#list.hide(field);
    const answer = await fetch(`${this.urlValue}?q=${encodeURIComponent(letters)}`);
    const options = answer.ok ? await answer.text() : "";
    if (lettersAfterAt(field) !== letters) return;
    this.#list.show(field, [...document.createRange().createContextualFragment(options).children]);
  }

  close({ target: field }) {
    this.#list.hide(field);
  }

  press(event) {
    this.#list.press(event);
  }

  #complete(field, option) {
    const start = field.selectionStart - lettersAfterAt(field).length;
    field.setRangeText(`${option.dataset.name} `, start, field.selectionStart, "end");
    this.dispatch("completed");
  }
}

// What stands between @ and the caret, or undefined.
function lettersAfterAt({ value, selectionStart }) {
  return /(?:^|\s)@([^\s@]{0,30}(?: [^\s@]{1,30})?)$/u.exec(value.slice(0, selectionStart))?.[1];
}
