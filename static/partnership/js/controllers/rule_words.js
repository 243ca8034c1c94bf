import { Controller } from "../../../vendor/stimulus/stimulus.js";

const PAUSE = 250; // milliseconds after the last key

// Each rule says in words what it means while it is edited. Without it, the words are those of what was saved.
export default class extends Controller {
  static values = { url: String };
  #waiting = new WeakMap();

  describeSoon({ target }) {
    const row = target.closest("#rules-group .inline-related");
    if (!row) return;
    clearTimeout(this.#waiting.get(row));
    const timer = setTimeout(() => this.#describe(row), PAUSE);
    this.#waiting.set(row, timer);
  }

  async #describe(row) {
    const token = this.element.querySelector("[name=csrfmiddlewaretoken]").value;
    const options = { method: "POST", body: fieldsOf(row), headers: { "X-CSRFToken": token } };
    const response = await fetch(this.urlValue, options);
    const words = row.querySelector(".field-in_words .readonly");
    if (response.ok && words) words.textContent = await response.text();
  }
}

function fieldsOf(row) {
  const fields = new FormData();
  for (const field of row.querySelectorAll("[name]")) {
    const name = /^rules-\d+-(.+)$/.exec(field.name)?.[1];
    if (name && (field.type !== "checkbox" || field.checked)) fields.append(name, field.value);
  }
  return fields;
}
