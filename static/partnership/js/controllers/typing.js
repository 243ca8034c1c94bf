import { Controller } from "../../../vendor/stimulus/stimulus.js";

// Around a search field that its own answers replace: words typed while an answer comes are kept, with the caret.
export default class extends Controller {
  static targets = ["field"];
  #typed = null;

  hold({ detail }) {
    const field = this.hasFieldTarget && this.fieldTarget;
    const isReplaced = field && detail.target?.contains(field) && document.activeElement === field;
    this.#typed = isReplaced ? { value: field.value, at: field.selectionStart } : null;
  }

  resume() {
    if (!this.#typed || !this.hasFieldTarget) return;
    const { value, at } = this.#typed;
    this.#typed = null;
    const field = this.fieldTarget;
    const isOther = field.value !== value;
    field.value = value;
    field.focus({ preventScroll: true });
    field.setSelectionRange(at, at);
    if (isOther) field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
