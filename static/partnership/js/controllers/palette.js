import { Controller } from "../../../vendor/stimulus/stimulus.js";

const STEPS = { ArrowDown: 1, ArrowUp: -1 };
const SIDEWAYS = { ArrowRight: 1, ArrowLeft: -1 };

// A field and rows of links: a customer's has what is done with them beside it. The first is selected until the user
// selects another. The server fills the rows.
export default class extends Controller {
  static targets = ["input", "options"];

  // What was typed into the search box on top goes on here.
  begin() {
    const box = document.getElementById("global-search");
    this.inputTarget.value = box?.value ?? "";
    if (box) box.value = "";
    this.inputTarget.focus();
    htmx.trigger(this.inputTarget, "palette");
  }

  // The customer whose page this is: what can be done with them is offered too.
  addCustomer({ detail }) {
    const here = location.pathname.match(/^\/customers\/(\d+)\//);
    if (here) detail.parameters.here = here[1];
  }

  press(event) {
    if (event.key in STEPS) this.#moveBy(STEPS[event.key]);
    else if (event.key === "Enter") this.#selected()?.click();
    else if (!(event.key in SIDEWAYS && this.#moveSideways(SIDEWAYS[event.key]))) return;
    event.preventDefault();
  }

  selectFirst() {
    this.#select(this.#options()[0]);
  }

  selectPointed({ target }) {
    const option = target.closest("[role=option]");
    if (option && option !== this.#selected()) this.#select(option);
  }

  #moveBy(step) {
    const rows = [...this.optionsTarget.querySelectorAll("[data-palette-row]")];
    const at = rows.findIndex((row) => row.contains(this.#selected()));
    const row = rows[(at + step + rows.length) % rows.length];
    this.#select(row && optionsOf(row)[0]);
  }

  // Returns whether it moved: to the right only from the end of the words, where the key means nothing else.
  #moveSideways(step) {
    const { selectionStart: caret, value } = this.inputTarget;
    const options = optionsOf(this.#selected()?.closest("[data-palette-row]"));
    const next = options[options.indexOf(this.#selected()) + step];
    if (!next || caret < value.length) return false;
    this.#select(next);
    return true;
  }

  #options() {
    return [...this.optionsTarget.querySelectorAll("[role=option]")];
  }

  #selected() {
    return this.#options().find((option) => option.getAttribute("aria-selected") === "true");
  }

  #select(option) {
    for (const other of this.#options()) other.setAttribute("aria-selected", String(other === option));
    if (!option) return this.inputTarget.removeAttribute("aria-activedescendant");
    this.inputTarget.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }
}

function optionsOf(row) {
  if (!row) return [];
  return row.matches("[role=option]") ? [row] : [...row.querySelectorAll("[role=option]")];
}
