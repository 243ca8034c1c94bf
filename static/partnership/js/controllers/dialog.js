import { Controller } from "../../../vendor/stimulus/stimulus.js";

// A <dialog> over the page, never over another dialog. Dispatches dialog:opened.
export default class extends Controller {
  open() {
    if (document.querySelector("dialog[open]")) return;
    this.element.showModal();
    this.dispatch("opened");
  }

  closeOnBackdrop({ target }) {
    if (target === this.element) this.element.close();
  }
}
