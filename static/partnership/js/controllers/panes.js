import { Controller } from "../../../vendor/stimulus/stimulus.js";
import { isBeside } from "../panes.js";
import { focusRow, rememberRow } from "../rows.js";

const OPENED = "[data-peek]";

// Survives the page, which is replaced whenever something was done in the pane.
let goesOnWriting = false;

// How far down the list a narrow screen was, in pixels, when it gave way to the pane; and what a new page is told of it.
let leftAt = 0;
const RETURNS_TO = "queue-returns-to";

// A list and a pane. What is opened by a click, or follows what was sent, is written to at once; who walks over the
// list by keys reads first.
export default class extends Controller {
  static targets = ["pane", "queue", "thread", "form", "more"];
  #inHand = null; // the id of the row with the focus, while the rows are replaced

  connect() {
    const row = this.#openedRow();
    this.#mark(row);
    if (row && goesOnWriting) rememberRow(row);
    this.#goOnWriting();
    const place = sessionStorage.getItem(RETURNS_TO);
    sessionStorage.removeItem(RETURNS_TO);
    if (place && !isBeside()) window.scrollTo({ top: Number(place), behavior: "instant" });
  }

  // The list comes anew, and at the same place.
  goBack() {
    sessionStorage.setItem(RETURNS_TO, leftAt);
  }

  threadTargetConnected(thread) {
    const newest = [...thread.querySelectorAll(".entry")].at(-1);
    if (!newest) return;
    const isTall = newest.offsetHeight > thread.clientHeight;
    thread.scrollTop = isTall ? newest.offsetTop - thread.offsetTop : thread.scrollHeight;
  }

  // htmx is about to ask: for what a row opens, or to do what was pressed in the pane.
  note({ detail: { elt, requestConfig } }) {
    const opened = elt.closest(OPENED);
    if (opened) {
      this.#mark(opened.closest("[data-row]"));
      leftAt = window.scrollY;
      goesOnWriting = requestConfig.triggeringEvent?.type === "click";
    } else if (requestConfig.verb === "post" && this.paneTarget.contains(elt)) goesOnWriting = isBeside();
  }

  paneTargetConnected() {
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
    if (!goesOnWriting) return;
    goesOnWriting = false;
    if (!isBeside()) window.scrollTo({ top: 0, behavior: "instant" });
    if (isBeside() || this.hasThreadTarget) this.write();
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
