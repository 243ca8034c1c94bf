import { Controller } from "../../../vendor/stimulus/stimulus.js";

const SHOWN_FOR = 10_000; // milliseconds: as long as mail waits before it leaves

// A message that can be dismissed. A brief one goes by itself, unless the pointer or the focus is on it.
export default class extends Controller {
  static values = { brief: Boolean };
  #timer = 0;

  connect() {
    this.leaveSoon();
  }

  disconnect() {
    this.keep();
  }

  keep() {
    clearTimeout(this.#timer);
  }

  leaveSoon() {
    this.keep();
    if (this.briefValue) this.#timer = setTimeout(() => this.dismiss(), SHOWN_FOR);
  }

  dismiss() {
    this.element.remove();
  }
}
