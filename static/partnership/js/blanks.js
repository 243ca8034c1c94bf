// Blanks of a saved reply: [[what we agreed]] is to be written, {{owner}} was not known. Other brackets than those that a
// saved reply brought are the writer's own words.
const BLANK = /\[\[[^[\]\n]{1,80}\]\]|\{\{[^{}\n]{1,80}\}\}/gu;

function nameOf(blank) {
  return blank.slice(2, -2).trim();
}

function blanksOf({ value }, brought) {
  return [...value.matchAll(BLANK)].filter(([blank]) => brought.includes(nameOf(blank)));
}

// Returns the names of all blanks in a text.
export function blanksIn(text) {
  return [...text.matchAll(BLANK)].map(([blank]) => nameOf(blank));
}

// Select the next blank of a field from a place on; returns whether there is one.
export function selectBlank(field, from, brought) {
  const found = blanksOf(field, brought).find(({ index }) => index >= from);
  if (found) field.setSelectionRange(found.index, found.index + found[0].length);
  return Boolean(found);
}

// Returns the name of a field's first blank, or undefined.
export function firstBlank(field, brought) {
  const [found] = blanksOf(field, brought);
  return found && nameOf(found[0]);
}
