import { Controller } from "../../../vendor/stimulus/stimulus.js";
import { blanksIn, selectBlank } from "../blanks.js";
import { OptionList } from "../option_list.js";

const MOST_OFFERED = 8;

// Saved replies: chosen from a list with a search, or offered after / at the beginning of a line. Without it, the list's
// buttons send the form.
export default class extends Controller {
  static targets = ["picker", "search", "reply", "field", "blanks"];
  static values = { label: String };
  #list = new OptionList("reply-options", (field, option) => this.#insertOffered(field, option));

  initialize() {
    this.#list.label = this.labelValue;
  }

  disconnect() {
    this.#list.remove();
  }

  // --- the list ---

  begin() {
    if (this.pickerTarget.open && this.hasSearchTarget) this.searchTarget.focus();
  }

  filter() {
    const words = this.searchTarget.value.toLowerCase().split(/\s+/);
    for (const reply of this.replyTargets) {
      const text = reply.textContent.toLowerCase();
      reply.closest("li").hidden = !words.every((word) => text.includes(word));
    }
  }

  // Enter sends nothing from here.
  pressInSearch(event) {
    if (event.key !== "Enter") return;
    event.preventDefault();
    this.replyTargets.find((reply) => !reply.closest("li").hidden)?.click();
  }

  async insert(event) {
    event.preventDefault();
    const field = this.fieldTarget;
    const { selectionStart, selectionEnd } = field;
    if (await this.#put(field, event.currentTarget.dataset.url, selectionStart, selectionEnd)) {
      this.pickerTarget.open = false;
    }
  }

  // --- after / ---

  offer({ target: field }) {
    const letters = lettersAfterSlash(field);
    if (letters === undefined) return this.#list.hide(field);
    const begins = letters.toLowerCase();
    const found = this.replyTargets.filter((reply) => reply.dataset.title.toLowerCase().includes(begins));
    this.#list.show(field, found.slice(0, MOST_OFFERED).map(makeOption));
  }

  close({ target: field }) {
    this.#list.hide(field);
  }

  press(event) {
    this.#list.press(event);
  }

  #insertOffered(field, option) {
    const start = field.selectionStart - lettersAfterSlash(field).length - 1;
    this.#put(field, option.dataset.url, start, field.selectionStart);
  }

  // Returns whether the text is there.
  async #put(field, url, start, end) {
    const answer = await fetch(url).catch(() => undefined);
    if (!answer?.ok) return false;
    const text = await answer.text();
    field.setRangeText(text, start, end, "end");
    const brought = new Set([...this.blanksTarget.value.split("\n"), ...blanksIn(text)].filter(Boolean));
    this.blanksTarget.value = [...brought].join("\n");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
    selectBlank(field, start, [...brought]);
    return true;
  }
}

// What stands between / at the beginning of a line and the caret, or undefined.
function lettersAfterSlash({ value, selectionStart }) {
  return /(?:^|\n)\/([^\n/]{0,40})$/u.exec(value.slice(0, selectionStart))?.[1];
}

function makeOption({ dataset: { title, url }, value }) {
  const option = document.createElement("li");
  option.className = "mention";
  option.id = `reply-option-${value}`;
  option.setAttribute("role", "option");
  option.dataset.url = url;
  option.textContent = title;
  return option;
}
