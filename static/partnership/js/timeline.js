// The order of a timeline's rows, and their days. Newest first, by when it happened, then by key: as the server pages.

export function isNewer(row, other) {
  const [at, fraction] = momentOf(row);
  const [otherAt, otherFraction] = momentOf(other);
  if (at !== otherAt) return at > otherAt;
  if (fraction !== otherFraction) return fraction > otherFraction;
  return idOf(row) > idOf(other);
}

// Milliseconds, and the microseconds as six digits.
function momentOf(row) {
  // A fold stands at the end of its day: where its oldest row would.
  const time = row.matches(".entry-fold") ? [...row.querySelectorAll("time")].at(-1) : row.querySelector("time");
  const text = time?.getAttribute("datetime") ?? "";
  return [Date.parse(text), text.match(/\.(\d+)/)?.[1].padEnd(6, "0") ?? "000000"];
}

function idOf(row) {
  return Number(row.id.replace(/^\D*/, ""));
}

export function rowsOf(line) {
  return [...line.querySelectorAll(":scope > .timeline > .entry")];
}

export function daysOf(line) {
  return [...line.querySelectorAll(":scope > .timeline")];
}

// Whether more lies beyond this end, "prev" or "next".
export function goesOn(line, end) {
  return Boolean(line.querySelector(`:scope > .pager [rel=${end}]`));
}

// The title above a day's rows; null where the day began on the page before.
export function titleOf(day) {
  const before = day.previousElementSibling;
  return before?.matches(".day-title") ? before : null;
}

// Take a row off; an empty day goes with it.
export function removeRow(row) {
  const day = row?.parentElement;
  const fold = day?.closest(".entry-fold");
  row?.remove();
  if (!day || day.children.length) return;
  if (fold) return removeRow(fold);
  titleOf(day)?.remove();
  day.remove();
}
