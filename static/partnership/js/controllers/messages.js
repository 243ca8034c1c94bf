import { Controller } from "../../../vendor/stimulus/stimulus.js";
import { isUncertain } from "../sending.js";

const SIGNED_OUT = 401;
const FORBIDDEN = 403;

// The messages on top of the page, where a request of htmx that failed is reported too.
export default class extends Controller {
  static values = { failed: String, uncertain: String, unanswered: String, forbidden: String, offline: String };

  reportRefusal(event) {
    if (isQuiet(event)) return;
    const { xhr } = event.detail;
    if (xhr.status === SIGNED_OUT) this.#showOnce("signed-out");
    else if (xhr.getResponseHeader("Second-Factor")) this.#showOnce("second-factor-required");
    else if (xhr.status === FORBIDDEN) this.#show(this.forbiddenValue);
    else this.#show(isUncertain(event) ? this.uncertainValue : this.failedValue);
  }

  reportNoConnection(event) {
    if (isQuiet(event)) return;
    this.#show(event.detail.requestConfig?.verb === "get" ? this.offlineValue : this.unansweredValue);
  }

  // The server takes what the page repeats by itself for no activity of its user.
  markQuiet(event) {
    if (isQuiet(event)) event.detail.headers.Quiet = "true";
  }

  #showOnce(template) {
    if (this.element.querySelector(`[data-from="${template}"]`)) return;
    this.element.append(document.getElementById(template).content.firstElementChild.cloneNode(true));
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
