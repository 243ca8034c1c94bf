// The page of a rule set in the admin: rules and tiers are put in order by dragging or with buttons, each rule says in
// words what it means while it is edited, and fields that its other fields don't ask for step aside. Without this, the
// position numbers, the sentence of what was saved and all fields are there.
"use strict";
(function () {
  const page = document.querySelector("[data-rule-words]");
  if (!page) return;
  const ORDERED = { "rules-group": "position", "tiers-group": "rank" };
  const said = document.createElement("p");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  page.after(said);

  const fieldOf = (row, name) => row.querySelector(`[name$="-${name}"]`);
  const rowsOf = (group) =>
    [...group.querySelectorAll(".inline-related[id], tr.form-row[id]")].filter((row) => /-\d+$/.test(row.id));

  /* --- order --- */

  function number(group, name) {
    rowsOf(group).forEach((row, place) => {
      const field = fieldOf(row, name);
      if (field) field.value = place;
    });
  }

  function move(row, before, group, name) {
    before ? before.before(row) : rowsOf(group).at(-1).after(row);
    number(group, name);
    said.textContent = `${page.dataset.moved} ${rowsOf(group).indexOf(row) + 1}`;
  }

  function step(row, by, group, name, button) {
    const rows = rowsOf(group);
    const place = rows.indexOf(row);
    const target = rows[place + by];
    if (!target) return;
    by < 0 ? move(row, target, group, name) : move(target, row, group, name);
    button.focus();
  }

  function drag(row, handle, group, name) {
    handle.addEventListener("pointerdown", (start) => {
      start.preventDefault();
      row.classList.add("row-dragged");
      const follow = (event) => {
        const rest = rowsOf(group).filter((one) => one !== row);
        const next = rest.find((one) => {
          const box = one.getBoundingClientRect();
          return event.clientY < box.top + box.height / 2;
        });
        if ((next || null) !== nextOf(row, group)) move(row, next, group, name);
      };
      // On the document: whoever holds the pointer loses it when its row is put elsewhere.
      const end = () => {
        row.classList.remove("row-dragged");
        document.removeEventListener("pointermove", follow);
        for (const kind of ["pointerup", "pointercancel"]) document.removeEventListener(kind, end);
      };
      document.addEventListener("pointermove", follow);
      for (const kind of ["pointerup", "pointercancel"]) document.addEventListener(kind, end);
    });
  }

  function nextOf(row, group) {
    const rows = rowsOf(group);
    return rows[rows.indexOf(row) + 1] || null;
  }

  function button(text, label) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.setAttribute("aria-label", label);
    made.title = label;
    return made;
  }

  function addMoves(row, group, name) {
    const field = fieldOf(row, name);
    if (!field || row.querySelector(".row-moves")) return;
    const moves = document.createElement("span");
    moves.className = "row-moves";
    const up = button("↑", page.dataset.up);
    const down = button("↓", page.dataset.down);
    const handle = button("⠿", page.dataset.drag);
    handle.dataset.drag = "";
    handle.tabIndex = -1; // the arrows do the same from the keyboard
    up.addEventListener("click", () => step(row, -1, group, name, up));
    down.addEventListener("click", () => step(row, 1, group, name, down));
    drag(row, handle, group, name);
    moves.append(up, down, handle);
    const head = row.querySelector("h3");
    head ? head.prepend(moves) : field.before(moves);
    // The number says nothing that the place does not, unless it is wrong.
    const box = field.closest(".form-multiline > div") || field;
    box.classList.toggle("not-asked", !field.closest("div, td").querySelector(".errorlist"));
  }

  /* --- words --- */

  const waiting = new WeakMap();

  async function describe(row) {
    const posted = new FormData();
    for (const field of row.querySelectorAll("[name]")) {
      const name = /^rules-\d+-(.+)$/.exec(field.name)?.[1];
      if (name && (field.type !== "checkbox" || field.checked)) posted.append(name, field.value);
    }
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const response = await fetch(page.dataset.url, { method: "POST", body: posted, headers: { "X-CSRFToken": token } });
    const words = row.querySelector(".field-in_words .readonly");
    if (response.ok && words) words.textContent = await response.text();
  }

  function describeSoon(row) {
    clearTimeout(waiting.get(row));
    waiting.set(row, setTimeout(() => describe(row), 250));
  }

  /* --- what is asked for --- */

  function showAsked(row) {
    const value = (name) => fieldOf(row, name)?.value || "";
    const compares = ["equals", "at_least"].includes(value("payload"));
    const asked = {
      payload_key: value("payload") !== "",
      payload_value: compares,
      number_key: value("per") === "number",
      currency: value("per") === "unit" || value("amount_at_least") !== "",
      shared_cap: value("daily_cap") !== "",
    };
    for (const [name, isAsked] of Object.entries(asked)) {
      const field = fieldOf(row, name);
      const box = field?.closest(".form-multiline > div, .form-row");
      if (box) box.classList.toggle("not-asked", !isAsked && field.value === "" && !box.querySelector(".errorlist"));
    }
  }

  function tell(list) {
    const ticked = [...list.querySelectorAll("input:checked")].map((one) => one.closest("label").textContent.trim());
    list.querySelector("[data-ticked]").textContent = ticked.join(", ") || list.dataset.none;
  }

  /* --- beginning, and rows that are added later --- */

  function begin(group, name) {
    if (!fieldOf(group, name)) return;
    for (const row of rowsOf(group)) {
      addMoves(row, group, name);
      if (name === "position") showAsked(row);
    }
  }

  function each(act) {
    for (const [id, name] of Object.entries(ORDERED)) {
      const group = document.getElementById(id);
      if (group) act(group, name);
    }
  }

  // The admin's table of tiers begins, and where it is read alone ends, with a header that is empty, hence none.
  for (const head of document.querySelectorAll("#tiers-group th")) {
    if (!head.textContent.trim()) head.replaceWith(document.createElement("td"));
  }
  // Narrow windows scroll it sideways, from the keyboard too.
  document.querySelector("#tiers-group fieldset")?.setAttribute("tabindex", "0");
  each(begin);
  document.addEventListener("formset:added", (event) => {
    for (const fold of event.target.querySelectorAll("fieldset > details")) fold.open = true;
    each((group, name) => {
      begin(group, name);
      number(group, name);
    });
  });
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      const list = event.target.closest(".tick-list");
      if (list) tell(list);
      const row = event.target.closest("#rules-group .inline-related");
      if (!row) return;
      showAsked(row);
      describeSoon(row);
    });
  }
})();
