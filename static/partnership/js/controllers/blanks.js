import { Controller } from "../../../vendor/stimulus/stimulus.js";
import { firstBlank, selectBlank } from "../blanks.js";

// Blanks in what is written: Tab goes to the next one, and nothing is sent with one. The server refuses it as well.
export default class extends Controller {
  static targets = ["text", "brought"];
  static values = { message: String };

  next(event) {
    if (event.key !== "Tab" || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.defaultPrevented) return;
    if (selectBlank(event.target, event.target.selectionEnd, this.#brought)) event.preventDefault();
  }

  // Before htmx hears of it.
  refuse(event) {
    if (event.submitter?.name === "insert") return;
    for (const field of this.textTargets) this.#clear(field);
    const field = this.textTargets.find((text) => firstBlank(text, this.#brought));
    if (!field) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.#tell(field);
    field.focus();
    selectBlank(field, 0, this.#brought);
  }

  // What was told is true no longer.
  recheck({ target }) {
    if (this.textTargets.includes(target) && !firstBlank(target, this.#brought)) this.#clear(target);
  }

  get #brought() {
    return this.hasBroughtTarget ? this.broughtTarget.value.split("\n") : [];
  }

  #tell(field) {
    const list = document.createElement("ul");
    list.className = "errorlist blank-error";
    list.id = `${field.id}_blank`;
    list.setAttribute("role", "alert");
    const line = document.createElement("li");
    line.textContent = this.messageValue.replace("%s", firstBlank(field, this.#brought));
    list.append(line);
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", list.id);
    const box = field.closest(".field");
    box.classList.add("field-wrong");
    box.append(list);
  }

  #clear(field) {
    const box = field.closest(".field");
    const told = box.querySelector(".blank-error");
    if (!told) return;
    told.remove();
    box.classList.remove("field-wrong");
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
}
