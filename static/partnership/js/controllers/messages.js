import { Controller } from "../../../vendor/stimulus/stimulus.js";
import { isUncertain } from "../sending.js";

const SIGNED_OUT = 401;
const FORBIDDEN = 403;

// The messages on top of the page, where a request of htmx that failed is reported too.
export default class extends Controller {
  static values = { failed: String, uncertain: String, unanswered: String, forbidden: String, offline: String };

  reportRefusal(event) {
    if (isQuiet(event)) return;
    const { status } = event.detail.xhr;
    if (status === SIGNED_OUT) this.#showSignedOut();
    else if (status === FORBIDDEN) this.#show(this.forbiddenValue);
    else this.#show(isUncertain(event) ? this.uncertainValue : this.failedValue);
  }

  reportNoConnection(event) {
    if (isQuiet(event)) return;
    this.#show(event.detail.requestConfig?.verb === "get" ? this.offlineValue : this.unansweredValue);
  }

  #showSignedOut() {
    if (this.element.querySelector("[data-signed-out]")) return;
    this.element.append(document.getElementById("signed-out").content.firstElementChild.cloneNode(true));
  }

  #show(text) {
    const alert = document.getElementById("trouble").content.firstElementChild.cloneNode(true);
    alert.querySelector("[data-text]").textContent = text;
    this.element.append(alert);
  }
}

// What the page repeats by itself may fail without a message.
function isQuiet({ detail }) {
  return Boolean(detail.elt?.closest?.("[data-quiet]"));
}
