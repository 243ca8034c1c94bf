import { Controller } from "../../../vendor/stimulus/stimulus.js";
import { pressOnEntry } from "../entry_keys.js";
import { isBeside, isNextComing, isPaneLoading, peek, writeWhenThere } from "../panes.js";
import { currentRow, focusRow, isShown, rememberRow, shownRows } from "../rows.js";

const GO_WITHIN = 1500; // milliseconds between `g` and the key that follows
const MORE = ".pager [rel=next][hx-get]";

let awaited = null; // the link whose further rows are on their way

// One key for what is done often; `?` lists them. Nothing is taken from somebody who types. The page says what a key
// clicks: data-go after `g`, data-key by itself, in a row for that row alone.
export default class extends Controller {
  #pressedG = 0; // when, in the event clock's milliseconds
  #place = -1; // of the row in hand among all, while it is swapped

  press(event) {
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    if (isTyping(event.target)) leaveField(event);
    else if (this.#act(event)) event.preventDefault();
  }

  remember({ target }) {
    rememberRow(target);
  }

  // A row that is done with leaves, and the one that moves up in its place is in hand.
  holdPlace({ detail: { target } }) {
    this.#place = target.matches("[data-row]") && target === currentRow() ? shownRows().indexOf(target) : -1;
  }

  takePlace() {
    if (this.#place < 0) return;
    const rows = shownRows();
    const row = rows[Math.min(this.#place, rows.length - 1)];
    this.#place = -1;
    if (row) focusRow(row);
  }

  // Returns whether the key did something.
  #act({ key, timeStamp }) {
    const isAfterG = this.#pressedG && timeStamp - this.#pressedG < GO_WITHIN;
    this.#pressedG = key === "g" && !isAfterG ? timeStamp : 0;
    if (isAfterG) return clickFirst(document.querySelectorAll(`[data-go="${CSS.escape(key)}"]`));
    if (key === "?") return openHelp();
    if (key === "j" || key === "k") return isNextComing() || moveBy(key === "j" ? 1 : -1);
    if (key === "/") return openSearch();
    if (key === "r" && writeWhenThere()) return true;
    if (isPaneLoading()) return false; // a key acts on what is in view
    return pressOnRow(key) || clickNamed(key);
  }
}

function isTyping(target) {
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

// Escape leaves a field, so that keys mean what they say again; names offered in it are closed first.
function leaveField({ key, target }) {
  if (key === "Escape" && !target.hasAttribute("aria-activedescendant")) target.blur();
}

function clickFirst(elements) {
  const found = [...elements].find(isShown);
  found?.click();
  return Boolean(found);
}

function named(key) {
  return `[data-key="${CSS.escape(key)}"]`;
}

function pressOnRow(key) {
  const row = currentRow();
  const name = key === "Enter" && row === document.activeElement ? "o" : key;
  return Boolean(row) && (clickFirst(row.querySelectorAll(named(name))) || pressOnEntry(key, row));
}

function clickNamed(key) {
  const elements = [...document.querySelectorAll(named(key))];
  return clickFirst(elements.filter((element) => !element.closest("[data-row]")));
}

function openHelp() {
  document.getElementById("keys")?.showModal();
  return true;
}

function openSearch() {
  const search = document.getElementById("global-search");
  search?.click();
  return Boolean(search);
}

function moveBy(step) {
  const rows = shownRows();
  if (!rows.length) return false;
  const at = rows.indexOf(currentRow());
  const more = step > 0 && at >= 0 && moreBetween(rows[at], rows[at + 1]);
  if (more) return loadMore(more);
  const row = rows[at < 0 ? firstOf(rows) : Math.min(Math.max(at + step, 0), rows.length - 1)];
  focusRow(row);
  row.scrollIntoView({ block: "nearest" });
  peek(row);
  return true;
}

// Further rows of a lane come before those of the next one.
function moreBetween(row, next) {
  const follows = (one, other) => one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING;
  const lists = [...document.querySelectorAll(MORE)].filter(isShown);
  return row.closest(".queue") && lists.find((more) => follows(row, more) && (!next || follows(more, next)));
}

function loadMore(more) {
  if (awaited === more) return true;
  awaited = more;
  document.addEventListener("htmx:afterRequest", function goOn({ detail }) {
    if (detail.requestConfig?.elt !== more) return;
    document.removeEventListener("htmx:afterRequest", goOn);
    awaited = null;
    if (!more.isConnected) moveBy(1);
  });
  more.click();
  return true;
}

// The row that the pane beside the list shows, else the first in view.
function firstOf(rows) {
  const opened = isBeside() ? rows.findIndex((row) => row.querySelector("[data-peek][aria-current]")) : -1;
  const first = rows.findIndex((row) => row.getBoundingClientRect().top > 0);
  return opened < 0 ? Math.max(0, first) : opened;
}
