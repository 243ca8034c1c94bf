import { Controller } from "../../../vendor/stimulus/stimulus.js";

// Choices to tick, folded away: what is ticked stands in the fold.
export default class extends Controller {
  static targets = ["ticked"];
  static values = { none: String };

  show() {
    const ticked = [...this.element.querySelectorAll("input:checked")];
    const labels = ticked.map((box) => box.closest("label").textContent.trim());
    this.tickedTarget.textContent = labels.join(", ") || this.noneValue;
  }
}
