import { Controller } from "../../../vendor/stimulus/stimulus.js";
import { focusRow } from "../rows.js";
import { daysOf, removeRow, titleOf } from "../timeline.js";

const NEAR = -200; // pixels above the window: the newer page is fetched from there

// The line of time, which grows by pages at both ends.
export default class extends Controller {
  static values = { at: String };
  #lastY = 0;

  connect() {
    const entry = this.hasAtValue && document.getElementById(`entry-${this.atValue}`);
    if (!entry) return;
    entry.classList.add("entry-at");
    entry.scrollIntoView({ block: "center", behavior: "instant" });
    focusRow(entry);
    this.#lastY = scrollY;
  }

  // A page brings what news brought before; what it brings stands in its order.
  removeTwice({ detail }) {
    if (!detail.target?.matches(".pager")) return;
    const page = new DOMParser().parseFromString(detail.serverResponse, "text/html");
    for (const row of page.querySelectorAll(".entry")) if (document.getElementById(row.id)) removeRow(row);
    detail.serverResponse = page.body.innerHTML;
  }

  // A day that goes on from the page before has one title.
  joinDays() {
    const days = daysOf(this.element);
    days.forEach((day, index) => {
      if (index > 0 && days[index - 1].dataset.day === day.dataset.day) titleOf(day)?.remove();
    });
  }

  fetchNewer() {
    const newer = this.element.querySelector(":scope > .pager [rel=prev]");
    if (!newer || newer.getBoundingClientRect().bottom < NEAR || newer.dataset.asked) return;
    if (scrollY >= this.#lastY) {
      this.rememberScroll();
      return;
    }
    newer.dataset.asked = "yes";
    htmx.trigger(newer, "newer");
  }

  rememberScroll() {
    this.#lastY = scrollY;
  }
}
