import { Controller } from "../../../vendor/stimulus/stimulus.js";

// A <details> whose content opens below it, maybe out of view. Escape closes it.
export default class extends Controller {
  show() {
    if (this.element.open) this.element.scrollIntoView({ block: "nearest" });
  }

  close(event) {
    if (!this.element.open) return;
    event.stopPropagation();
    this.element.open = false;
    this.element.querySelector("summary").focus();
  }
}
