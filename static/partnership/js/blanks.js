// Blanks of a saved reply: [[what we agreed]] is to be written, {{owner}} was not known.
const BLANK = /\[\[[^[\]\n]{1,80}\]\]|\{\{[^{}\n]{1,80}\}\}/gu;

function blanksOf({ value }) {
  return [...value.matchAll(BLANK)];
}

// Select the next blank of a field from a place on; returns whether there is one.
export function selectBlank(field, from) {
  const found = blanksOf(field).find(({ index }) => index >= from);
  if (found) field.setSelectionRange(found.index, found.index + found[0].length);
  return Boolean(found);
}

// Returns the name of a field's first blank, or undefined.
export function firstBlank(field) {
  return blanksOf(field)[0]?.[0].slice(2, -2).trim();
}
