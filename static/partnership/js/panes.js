import { expectField } from "./typed_ahead.js";

// A list and the pane beside it stand together from this width on; below it, one of them is shown.
const BESIDE = window.matchMedia("(min-width: 1100px)");
const LOADING = ".pane.htmx-request, .pane.htmx-settling, #main.htmx-settling";

// Survives the page, which is replaced whenever something was done in the pane. `coming`: the request that brings the
// next pane, { xhr, isSent }, or null; `writes`: whether that pane is written in at once; `leftAt`: how far down the
// list a narrow screen was, in pixels, when it gave way to the pane.
export const paneState = { coming: null, writes: false, leftAt: 0 };

export function isBeside() {
  return BESIDE.matches;
}

export function isPaneLoading() {
  return Boolean(paneState.coming ?? document.querySelector(LOADING));
}

// Whether something done in the pane is on its way: what comes next in the list follows by itself.
export function isNextComing() {
  return Boolean(paneState.coming?.isSent);
}

// Write in the pane that is on its way. Returns whether one is.
export function writeWhenThere() {
  if (!paneState.coming) return false;
  paneState.writes = true;
  expectField();
  return true;
}

// Show a row in the pane, where that hides no list.
export function peek(row) {
  if (isBeside()) row.querySelector("[data-peek]")?.dispatchEvent(new Event("peek"));
}
