import { Controller } from "../../../vendor/stimulus/stimulus.js";

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

// A field and a list of links; the first is selected until the user selects another. The server fills the list.
export default class extends Controller {
  static targets = ["input", "options"];

  begin() {
    this.inputTarget.value = "";
    this.inputTarget.focus();
    htmx.trigger(this.inputTarget, "palette");
  }

  // The customer whose page this is: what can be done with them is offered too.
  addCustomer({ detail }) {
    const here = location.pathname.match(/^\/customers\/(\d+)\//);
    if (here) detail.parameters.here = here[1];
  }

  press(event) {
    const options = this.#options();
    const step = STEPS[event.key];
    if (step) this.#select(options[(options.indexOf(this.#selected()) + step + options.length) % options.length]);
    else if (event.key === "Enter") this.#selected()?.click();
    else return;
    event.preventDefault();
  }

  selectFirst() {
    this.#select(this.#options()[0]);
  }

  selectPointed({ target }) {
    const option = target.closest("[role=option]");
    if (option && option !== this.#selected()) this.#select(option);
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
