// Put what news brings into the timeline, each row where it belongs.
import { daysOf, goesOn, isNewer, removeRow, rowsOf, titleOf } from "./timeline.js";

// Put the rows of a day from the server into the line. `collapses`: a thread stands at its newest message alone.
export function putRows(line, day, collapses) {
  for (const row of [...day.children]) putRow(line, row, day, collapses);
}

function putRow(line, row, day, collapses) {
  if (document.getElementById(row.id)) return;
  document.getElementById(row.id.replace("entry-", "trace-"))?.remove(); // its deletion was undone
  const shown = rowsOf(line);
  const next = rowBelow(shown, row);
  if (isBeyond(line, shown, next)) return;
  if (collapses && !row.matches(".entry-trace")) removeFormer(line, row);
  const below = next && !next.isConnected ? rowBelow(rowsOf(line), row) : next;
  const place = placeFor(line, below, day);
  if (below?.parentElement === place) below.before(row);
  else place.append(row);
  row.classList.add("entry-new");
  htmx.process(row);
}

function rowBelow(rows, row) {
  return rows.find((other) => isNewer(row, other));
}

// Whether a row's place is above or below what this page holds.
function isBeyond(line, shown, below) {
  if (below === shown[0]) return goesOn(line, "prev");
  return !below && goesOn(line, "next");
}

// Take off the row of the same thread, unless it is being read.
function removeFormer(line, row) {
  if (!row.dataset.thread || !row.querySelector(".entry-earlier")) return;
  const former = line.querySelector(`:scope > .timeline > .entry[data-thread="${row.dataset.thread}"]`);
  if (!former) return;
  const isRead = former.contains(document.activeElement) || former.querySelector(".entry-earlier .timeline, iframe");
  if (!isRead) removeRow(former);
}

// The list of the row's day in the line, made where there is none.
function placeFor(line, below, day) {
  const isSame = (other) => other?.dataset.day === day.dataset.day;
  if (isSame(below?.parentElement)) return below.parentElement;
  const days = daysOf(line);
  const above = days[(below ? days.indexOf(below.parentElement) : days.length) - 1];
  return isSame(above) ? above : insertDay(line, below, day);
}

function insertDay(line, below, day) {
  const made = [day.cloneNode(false)];
  const title = titleOf(day)?.cloneNode(true);
  if (title) made.unshift(title);
  line.querySelector(".empty")?.remove();
  const last = daysOf(line).at(-1);
  if (below) (titleOf(below.parentElement) ?? below.parentElement).before(...made);
  else if (last) last.after(...made);
  else line.prepend(...made);
  return made.at(-1);
}
