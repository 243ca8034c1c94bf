import { Controller } from "../../../vendor/stimulus/stimulus.js";
import { expectField, giveUp, keep, resume } from "../typed_ahead.js";

// From the act that begins to write, a link with data-writes or its key, to the field that comes: nothing that is typed
// is lost, and none of it acts.
export default class extends Controller {
  connect() {
    resume();
  }

  begin(event) {
    const link = event.target.closest("[data-writes]");
    if (link && !(event.ctrlKey || event.metaKey || event.shiftKey || event.button)) expectField(link.href);
  }

  // Who points at something else goes on there.
  leave() {
    giveUp();
  }

  keep() {
    keep();
  }
}
