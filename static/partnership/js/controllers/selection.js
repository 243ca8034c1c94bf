import { Controller } from "../../../vendor/stimulus/stimulus.js";

// The rows of a list that are chosen: how many, and all of a page at once.
export default class extends Controller {
  static targets = ["row", "all", "count"];

  chooseAll() {
    for (const row of this.rowTargets) row.checked = this.allTarget.checked;
    this.show();
  }

  show() {
    if (!this.hasAllTarget || !this.hasCountTarget) return;
    const rows = this.rowTargets;
    const chosen = rows.filter((row) => row.checked).length;
    const { one, many } = this.countTarget.dataset;
    this.countTarget.textContent = chosen === 1 ? one : many.replace("%s", chosen);
    this.allTarget.checked = chosen > 0 && chosen === rows.length;
    this.allTarget.indeterminate = chosen > 0 && chosen < rows.length;
  }
}
