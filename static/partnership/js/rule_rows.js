// The admin's inline rows of a rule set, and the field that keeps the order of each group.
const ORDERED_BY = { "rules-group": "position", "tiers-group": "rank" };

export function rowsOf(group) {
  const rows = [...group.querySelectorAll(".inline-related[id], tr.form-row[id]")];
  return rows.filter((row) => /-\d+$/.test(row.id)); // not the empty one that new rows are copied from
}

export function fieldOf(row, name) {
  return row.querySelector(`[name$="-${name}"]`);
}

// The name of the field that keeps this group's order.
export function orderField(group) {
  return ORDERED_BY[group.id];
}

export function groupOf(row) {
  return row.closest("#rules-group, #tiers-group");
}

// The groups that can be put in order here: a rule set that is read only has no fields.
export function groupsIn(element) {
  const groups = [...element.querySelectorAll("#rules-group, #tiers-group")];
  return groups.filter((group) => fieldOf(group, orderField(group)));
}
