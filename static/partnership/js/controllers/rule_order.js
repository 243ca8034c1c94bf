import { Controller } from "../../../vendor/stimulus/stimulus.js";
import { fieldOf, groupOf, groupsIn, orderField, rowsOf } from "../rule_rows.js";

const ENDS = ["pointerup", "pointercancel"];

// Rules and tiers are put in order by dragging or with buttons. Without it, the numbers of their places are edited.
export default class extends Controller {
  static targets = ["status"];
  static values = { up: String, down: String, drag: String, moved: String };

  connect() {
    this.#addAllButtons();
  }

  begin() {
    this.#addAllButtons();
    groupsIn(this.element).forEach(number);
  }

  moveUp(event) {
    this.#step(event, -1);
  }

  moveDown(event) {
    this.#step(event, 1);
  }

  drag(event) {
    event.preventDefault();
    const row = rowOf(event.currentTarget);
    row.classList.add("row-dragged");
    const follow = ({ clientY }) => this.#follow(row, clientY);
    // On the document: what holds the pointer loses it when its row is put elsewhere.
    const end = () => {
      row.classList.remove("row-dragged");
      document.removeEventListener("pointermove", follow);
      for (const kind of ENDS) document.removeEventListener(kind, end);
    };
    document.addEventListener("pointermove", follow);
    for (const kind of ENDS) document.addEventListener(kind, end);
  }

  #follow(row, clientY) {
    const rows = rowsOf(groupOf(row));
    const next = rows.find((other) => other !== row && clientY < middleOf(other));
    if (next !== rows[rows.indexOf(row) + 1]) this.#move(row, next);
  }

  #step({ currentTarget: button }, by) {
    const row = rowOf(button);
    const rows = rowsOf(groupOf(row));
    const target = rows[rows.indexOf(row) + by];
    if (!target) return;
    if (by < 0) this.#move(row, target);
    else this.#move(target, row);
    button.focus();
  }

  // Put the row before another one, or last.
  #move(row, before) {
    const group = groupOf(row);
    if (before) before.before(row);
    else rowsOf(group).at(-1).after(row);
    number(group);
    this.statusTarget.textContent = `${this.movedValue} ${rowsOf(group).indexOf(row) + 1}`;
  }

  #addAllButtons() {
    for (const group of groupsIn(this.element)) for (const row of rowsOf(group)) this.#addButtons(row);
  }

  #addButtons(row) {
    const field = fieldOf(row, orderField(groupOf(row)));
    if (!field || row.querySelector(".row-moves")) return;
    const moves = document.createElement("span");
    moves.className = "row-moves";
    const handle = makeButton("⠿", this.dragValue, "pointerdown->rule-order#drag");
    handle.dataset.drag = "";
    handle.tabIndex = -1; // the arrows do the same from the keyboard
    moves.append(
      makeButton("↑", this.upValue, "rule-order#moveUp"),
      makeButton("↓", this.downValue, "rule-order#moveDown"),
      handle,
    );
    const head = row.querySelector("h3");
    if (head) head.prepend(moves);
    else field.before(moves);
    // The number says nothing that the place does not, unless it is wrong.
    const box = field.closest(".form-multiline > div") ?? field;
    box.classList.toggle("not-asked", !field.closest("div, td").querySelector(".errorlist"));
  }
}

function number(group) {
  rowsOf(group).forEach((row, place) => {
    const field = fieldOf(row, orderField(group));
    if (field) field.value = place;
  });
}

function rowOf(button) {
  return button.closest(".inline-related[id], tr.form-row[id]");
}

function middleOf(row) {
  const box = row.getBoundingClientRect();
  return box.top + box.height / 2;
}

function makeButton(text, label, action) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text;
  button.title = label;
  button.setAttribute("aria-label", label);
  button.dataset.action = action;
  return button;
}
