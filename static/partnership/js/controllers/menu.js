import { Controller } from "../../../vendor/stimulus/stimulus.js";

// A <details> that closes when the user clicks elsewhere or presses Escape.
export default class extends Controller {
  closeOutside({ target }) {
    if (!this.element.contains(target)) this.element.open = false;
  }

  closeByKey() {
    if (!this.element.open) return;
    this.element.open = false;
    this.element.querySelector("summary").focus();
  }
}
