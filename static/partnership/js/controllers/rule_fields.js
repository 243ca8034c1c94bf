import { Controller } from "../../../vendor/stimulus/stimulus.js";
import { fieldOf, groupsIn, orderField, rowsOf } from "../rule_rows.js";

// Fields that a rule's other fields don't ask for step aside. Without it, all of them are shown.
export default class extends Controller {
  connect() {
    this.#makeTableAccessible();
    this.#showAllAsked();
  }

  begin({ target }) {
    for (const fold of target.querySelectorAll("fieldset > details")) fold.open = true;
    this.#showAllAsked();
  }

  show({ target }) {
    const row = target.closest("#rules-group .inline-related");
    if (row) showAsked(row);
  }

  #showAllAsked() {
    for (const group of groupsIn(this.element)) {
      if (orderField(group) === "position") rowsOf(group).forEach(showAsked);
    }
  }

  // The admin's table of tiers begins, and where it is read alone ends, with a header that is empty, hence none.
  // Narrow windows scroll it sideways, from the keyboard too.
  #makeTableAccessible() {
    for (const head of this.element.querySelectorAll("#tiers-group th")) {
      if (!head.textContent.trim()) head.replaceWith(document.createElement("td"));
    }
    this.element.querySelector("#tiers-group fieldset")?.setAttribute("tabindex", "0");
  }
}

function showAsked(row) {
  for (const [name, isAsked] of Object.entries(askedIn(row))) {
    const field = fieldOf(row, name);
    const box = field?.closest(".form-multiline > div, .form-row");
    box?.classList.toggle("not-asked", !isAsked && field.value === "" && !box.querySelector(".errorlist"));
  }
}

function askedIn(row) {
  const value = (name) => fieldOf(row, name)?.value || "";
  return {
    payload_key: value("payload") !== "",
    payload_value: ["equals", "at_least"].includes(value("payload")),
    number_key: value("per") === "number",
    currency: value("per") === "unit" || value("amount_at_least") !== "",
    shared_cap: value("daily_cap") !== "",
  };
}
