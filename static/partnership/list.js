// The list of customers: choosing a page's rows at once, and how many are chosen.
"use strict";

function showPicked() {
  const picks = [...document.querySelectorAll("[data-pick]")];
  const picked = picks.filter((pick) => pick.checked).length;
  const count = document.querySelector("[data-pick-count]");
  const all = document.querySelector("[data-pick-all]");
  if (!count || !all) return;
  count.textContent = picked === 1 ? count.dataset.one : count.dataset.many.replace("%s", picked);
  all.checked = picked > 0 && picked === picks.length;
  all.indeterminate = picked > 0 && picked < picks.length;
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-pick-all]")) {
    for (const pick of document.querySelectorAll("[data-pick]")) pick.checked = event.target.checked;
  }
  if (event.target.matches("[data-pick-all], [data-pick]")) showPicked();
});
document.addEventListener("htmx:afterSettle", showPicked);
