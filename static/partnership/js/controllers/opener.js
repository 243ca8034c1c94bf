import { Controller } from "../../../vendor/stimulus/stimulus.js";

// A button or link that opens the dialog named by data-opener-dialog-outlet.
export default class extends Controller {
  static outlets = ["dialog"];

  open(event) {
    if (!this.hasDialogOutlet) return;
    event.preventDefault();
    this.dialogOutlet.open();
  }
}
