import { Controller } from "../../../vendor/stimulus/stimulus.js";
import { isBeside, paneState } from "../panes.js";
import { focusRow, takeRow } from "../rows.js";
import { expectField, forget, takeGivenUp } from "../typed_ahead.js";

const OPENED = "[data-peek]";

const RETURNS_TO = "queue-returns-to"; // where a new page is told how far down the list was
const REFUSED = 422;

// A list and a pane. What is opened by a click is written in at once. Who walks over the list by keys, or has sent
// something, reads first.
export default class extends Controller {
  static targets = ["pane", "queue", "thread", "form", "more"];
  #inHand = null; // the id of the row with the focus, while the rows are replaced

  connect() {
    this.#mark(this.#openedRow());
    const place = sessionStorage.getItem(RETURNS_TO);
    sessionStorage.removeItem(RETURNS_TO);
    if (place && !isBeside()) window.scrollTo({ top: Number(place), behavior: "instant" });
  }

  // The list comes anew, and at the same place.
  goBack() {
    sessionStorage.setItem(RETURNS_TO, paneState.leftAt);
  }

  threadTargetConnected(thread) {
    const newest = [...thread.querySelectorAll(".entry")].at(-1);
    if (!newest) return;
    const isTall = newest.offsetHeight > thread.clientHeight;
    thread.scrollTop = isTall ? newest.offsetTop - thread.offsetTop : thread.scrollHeight;
  }

  // htmx is about to ask: for what a row opens, or to do what was pressed in the pane.
  note({ detail: { elt, target, xhr, requestConfig } }) {
    const opened = elt.closest(OPENED);
    if (opened) {
      this.#mark(opened.closest("[data-row]"));
      paneState.leftAt = window.scrollY;
      this.#expect({ xhr, isSent: false }, requestConfig.triggeringEvent?.type === "click");
    } else if (requestConfig.verb === "post" && target.id === "main" && this.paneTarget.contains(elt)) {
      this.#expect({ xhr, isSent: true }, false);
      if (this.paneTarget.contains(document.activeElement)) document.activeElement.blur();
    }
  }

  // What was refused comes back, to be mended.
  noteAnswer({ detail: { xhr } }) {
    if (xhr !== paneState.coming?.xhr || xhr.status !== REFUSED) return;
    forget();
    paneState.coming = { xhr, isSent: false };
    paneState.writes = isBeside();
  }

  noteEnd({ detail: { xhr, successful } }) {
    if (xhr !== paneState.coming?.xhr) return;
    const { isSent } = paneState.coming;
    paneState.coming = null;
    if (successful) return;
    paneState.writes = false;
    forget();
    if (isSent && isBeside()) this.write();
  }

  paneTargetConnected() {
    if (paneState.coming?.isSent) takeRow(paneState.writes ? this.#openedRow() : null);
    paneState.coming = null;
    this.#goOnWriting();
  }

  write(event) {
    const field = this.hasFormTarget && document.getElementById(this.formTarget.dataset.field);
    if (!field) return;
    event?.preventDefault();
    field.focus({ preventScroll: !event || isBeside() });
  }

  // The rows come anew by themselves. Further pages that were opened stay as they are.
  holdRows(event) {
    const { target } = event.detail;
    if (target.id !== "queue-lanes") return;
    if (target.querySelector(".queue-rows ~ .queue-rows")) event.detail.shouldSwap = false;
    this.#inHand = document.activeElement?.closest("#queue-lanes [data-row]")?.id ?? null;
  }

  takeRows({ detail: { target } }) {
    if (target.id !== "queue-lanes") return;
    this.#mark(this.#openedRow());
    const row = this.#inHand && document.getElementById(this.#inHand);
    if (row) focusRow(row);
  }

  sendAndMore(event) {
    event.preventDefault();
    if (this.hasMoreTarget) this.moreTarget.click(); // a click, so that htmx sends which button it was
  }

  // A narrow screen shows the pane from its top, and who asks for nothing gets no keyboard over it.
  #goOnWriting() {
    const { writes } = paneState;
    paneState.writes = false;
    if (!writes || takeGivenUp()) return;
    if (!isBeside()) window.scrollTo({ top: 0, behavior: "instant" });
    const wrong = this.paneTarget.querySelector("[aria-invalid]");
    if (wrong) wrong.focus();
    else if (isBeside() || this.hasThreadTarget) this.write();
  }

  #expect(coming, writes) {
    Object.assign(paneState, { coming, writes });
    if (writes && isBeside()) expectField();
  }

  // The row that the address names, else the first: a wide screen shows it.
  #openedRow() {
    const links = [...this.queueTarget.querySelectorAll(OPENED)];
    const opened = links.find((link) => isSame(new URL(link.href), new URL(location.href)));
    return (opened ?? links[0])?.closest("[data-row]");
  }

  #mark(row) {
    for (const other of this.queueTarget.querySelectorAll(OPENED)) other.removeAttribute("aria-current");
    row?.querySelector(OPENED).setAttribute("aria-current", "true");
  }
}

function isSame(one, other) {
  const opens = ({ searchParams }) => [searchParams.get("conversation"), searchParams.get("item")].join();
  return opens(one) === opens(other);
}
