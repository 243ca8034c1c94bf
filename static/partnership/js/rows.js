// The row in hand: the entry of a timeline, or the row of a list, that keys act on. It is the one with the focus, or the
// last that had it while nothing else has.
// What the pane beside a list shows is read, not walked over.
const ROWS = ".entry[data-url]:not(.pane *), [data-row]";

let lastId = null;

export function isShown(element) {
  return element.checkVisibility({ visibilityProperty: true });
}

export function shownRows() {
  return [...document.querySelectorAll(ROWS)].filter(isShown);
}

export function currentRow() {
  const active = document.activeElement;
  if (!active?.matches("body, #main")) return active?.closest(ROWS) ?? null;
  return lastId && document.getElementById(lastId);
}

export function focusRow(row) {
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  lastId = row.id;
}

// Take a row in hand without the focus, or none: the next one then is what is open.
export function takeRow(row) {
  lastId = row?.id ?? null;
}

// Remember the row that an element which got the focus belongs to.
export function rememberRow(element) {
  lastId = element.closest?.(ROWS)?.id ?? lastId;
}
