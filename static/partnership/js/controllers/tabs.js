import { Controller } from "../../../vendor/stimulus/stimulus.js";

// A row of tabs that scrolls sideways where they don't fit: the current one is in view.
export default class extends Controller {
  connect() {
    const current = this.element.querySelector("[aria-current]");
    if (!current) return;
    const { left, width } = current.getBoundingClientRect();
    const frame = this.element.getBoundingClientRect();
    this.element.scrollLeft += left + width / 2 - (frame.left + frame.width / 2);
  }
}
