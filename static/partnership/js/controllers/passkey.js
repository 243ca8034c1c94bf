import { Controller } from "../../../vendor/stimulus/stimulus.js";

// Says in words why no passkey came of it. allauth's script asks the browser for one and reports what went wrong.
export default class extends Controller {
  static targets = ["failure", "missing"];

  connect() {
    document.addEventListener("allauth.error", this.report);
  }

  disconnect() {
    document.removeEventListener("allauth.error", this.report);
  }

  report = (event) => {
    event.preventDefault();
    const isOffered = "PublicKeyCredential" in window;
    this.failureTarget.hidden = !isOffered;
    this.missingTarget.hidden = isOffered;
  };
}
