// A list and the pane beside it stand together from this width on; below it, one of them is shown.
const BESIDE = window.matchMedia("(min-width: 1100px)");

export function isBeside() {
  return BESIDE.matches;
}

export function isPaneLoading() {
  return Boolean(document.querySelector(".pane.htmx-request"));
}

// Show a row in the pane, where that hides no list.
export function peek(row) {
  if (isBeside()) row.querySelector("[data-peek]")?.dispatchEvent(new Event("peek"));
}
