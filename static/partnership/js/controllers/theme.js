import { Controller } from "../../../vendor/stimulus/stimulus.js";

// The choice between light, dark and the system's colours; theme.js in the page's head applies it.
export default class extends Controller {
  static targets = ["choice"];

  connect() {
    this.#showChoice();
  }

  choose({ currentTarget }) {
    this.dispatch("chosen", { detail: { theme: currentTarget.value } });
    this.#showChoice();
  }

  #showChoice() {
    const { themeChoice } = document.documentElement.dataset;
    for (const button of this.choiceTargets) button.setAttribute("aria-pressed", String(button.value === themeChoice));
  }
}
