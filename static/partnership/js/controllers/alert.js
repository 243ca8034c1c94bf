import { Controller } from "../../../vendor/stimulus/stimulus.js";

// A message that can be dismissed.
export default class extends Controller {
  dismiss() {
    this.element.remove();
  }
}
