import { Controller } from "../../../vendor/stimulus/stimulus.js";

// Copies a list, a line each; where the browser doesn't allow it, selects it, so that the keyboard copies it.
export default class extends Controller {
  static targets = ["text", "done"];

  async copy() {
    const lines = [...this.textTarget.children].map((line) => line.textContent.trim());
    try {
      await navigator.clipboard.writeText(lines.join("\n"));
      this.doneTarget.hidden = false;
    } catch {
      window.getSelection().selectAllChildren(this.textTarget);
    }
  }
}
