import { Controller } from "../../../vendor/stimulus/stimulus.js";

// Copies a text; where the browser doesn't allow it, selects it, so that the keyboard copies it.
export default class extends Controller {
  static targets = ["text", "done"];

  async copy() {
    try {
      await navigator.clipboard.writeText(this.textTarget.innerText.trim());
      this.doneTarget.hidden = false;
    } catch {
      window.getSelection().selectAllChildren(this.textTarget);
    }
  }
}
