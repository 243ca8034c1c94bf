import { Controller } from "../../../vendor/stimulus/stimulus.js";
import { csrfToken, restoredToken } from "../csrf.js";

// Forms and requests of htmx carry the token of now, also on a page that was opened before the user signed in again.
export default class extends Controller {
  renewField({ target }) {
    const field = target.elements?.namedItem("csrfmiddlewaretoken");
    if (field) field.value = csrfToken() ?? field.value;
  }

  // What htmx sends waits for a cookie that was lost: refused, it could only be typed again.
  async restoreCookie(event) {
    if (event.detail.verb === "get" || csrfToken()) return;
    event.preventDefault();
    await restoredToken();
    event.detail.issueRequest(true);
  }

  renewRequest({ detail: { headers, parameters } }) {
    const token = csrfToken();
    if (!token) return;
    headers["X-CSRFToken"] = token;
    if (parameters.csrfmiddlewaretoken) parameters.csrfmiddlewaretoken = token;
  }
}
