import { Controller } from "../../../vendor/stimulus/stimulus.js";
import { csrfToken } from "../csrf.js";

// Forms and requests of htmx carry the token of now, also on a page that was opened before the user signed in again.
export default class extends Controller {
  renewField({ target }) {
    const field = target.elements?.namedItem("csrfmiddlewaretoken");
    if (field) field.value = csrfToken() ?? field.value;
  }

  renewHeader({ detail: { headers } }) {
    headers["X-CSRFToken"] = csrfToken() ?? headers["X-CSRFToken"];
  }
}
