// One key for what is done often. `?` lists them; nothing is taken from somebody who types. What a key does is said in
// the page: data-go after `g`, data-key by itself; an entry's own keys are those of its menu, a row's those in it.
"use strict";

{
  const MARKS = [
    "message", "question", "request", "complaint", "feedback", "praise", "refund_request", "forgiveness",
  ];
  const PAGES = { i: "edit/", d: "deletion/", w: "wall/" };
  const OF_THREAD = { h: "handover/", z: "snooze/" };

  const isTyping = (target) => target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  const isShown = (element) => element.checkVisibility({ visibilityProperty: true });

  function click(elements) {
    const found = [...elements].find(isShown);
    found?.click();
    return Boolean(found);
  }

  // --- the entry in hand -------------------------------------------------------------------------------------------

  let last = null; // its id, when the focus went elsewhere

  const ROWS = ".entry[data-url], [data-row]";
  const entries = () => [...document.querySelectorAll(ROWS)].filter(isShown);

  function current() {
    const active = document.activeElement;
    return active?.closest(ROWS) ?? ((active?.matches("body, #main") && last && document.getElementById(last)) || null);
  }

  window.focusEntry = (entry) => {
    entry.tabIndex = -1;
    entry.focus({ preventScroll: true });
    last = entry.id;
  };

  function move(by) {
    const all = entries();
    if (!all.length) return false;
    const at = all.indexOf(current());
    const entry = all[at < 0 ? firstInView(all) : Math.min(Math.max(at + by, 0), all.length - 1)];
    window.focusEntry(entry);
    entry.scrollIntoView({ block: "nearest" });
    return true;
  }

  function firstInView(all) {
    return Math.max(0, all.findIndex((entry) => entry.getBoundingClientRect().top > 0));
  }

  function open(entry) {
    const earlier = entry.querySelector(".entry-earlier > a");
    if (earlier) earlier.click();
    else location.assign(entry.dataset.url);
  }

  function post(entry, url, values) {
    const target = document.getElementById(entry.id.replace("pinned-", "")) ?? entry;
    const select = `#${target.id.replace("pinned-", "")}`;
    htmx.ajax("POST", url, { target, select, selectOOB: "#messages", swap: "outerHTML show:none", values });
  }

  // Without an answer that could stand in the entry's place: the page that follows is shown.
  function send(url, values = {}) {
    const form = document.createElement("form");
    const { "X-CSRFToken": token } = JSON.parse(document.body.getAttribute("hx-headers"));
    form.method = "post";
    form.action = url;
    for (const [name, value] of Object.entries({ ...values, csrfmiddlewaretoken: token })) {
      const field = document.createElement("input");
      [field.type, field.name, field.value] = ["hidden", name, value];
      form.append(field);
    }
    document.body.append(form);
    form.submit();
  }

  // In answer to its thread, unless something is half written already.
  function reply(entry) {
    const tab = document.querySelector('#composer [data-key="r"]');
    const pk = entry.id.split("-").pop();
    if (!tab || !isShown(tab)) return false;
    const how = { source: tab, target: "#composer", select: "#composer", swap: "outerHTML show:none" };
    htmx.ajax("GET", `${tab.getAttribute("href")}?entry=${pk}`, how);
    return true;
  }

  function onEntry(key, entry) {
    const { url, thread } = entry.dataset;
    if (!url) return false;
    const conversation = thread && `/conversations/${thread}/`;
    if (key in MARKS) post(entry, `${url}kind/`, { kind: MARKS[key] });
    else if (key === "b") post(entry, `${url}pin/`, { pinned: entry.matches(".entry-pinned") ? "0" : "1" });
    else if (key in PAGES) location.assign(url + PAGES[key]);
    else if (key === "m") entry.querySelector(".entry-menu").click();
    else if (key === "o" || (key === "Enter" && entry === document.activeElement)) open(entry);
    else if (!conversation) return false;
    else if (key === "r") return reply(entry);
    else if (key === "x") send(`${url}split/`);
    else if (key === "a") send(`${conversation}assignment/`, { user: "take" });
    else if (key === "e") send(`${conversation}closure/`);
    else if (key in OF_THREAD) location.assign(conversation + OF_THREAD[key]);
    else return false;
    return true;
  }

  // --- keys --------------------------------------------------------------------------------------------------------

  let wentG = 0; // when `g` was pressed, in the event clock's milliseconds

  function press(event) {
    const { key } = event;
    if (wentG && event.timeStamp - wentG < 1500) {
      wentG = 0;
      return click(document.querySelectorAll(`[data-go="${CSS.escape(key)}"]`));
    }
    wentG = key === "g" ? event.timeStamp : 0;
    if (key === "?") return Boolean(document.getElementById("keys")?.showModal() ?? true);
    if (key === "j" || key === "k") return move(key === "j" ? 1 : -1);
    if (key === "/") return focusSearch();
    const entry = current();
    const named = `[data-key="${CSS.escape(key)}"]`;
    return (
      Boolean(entry && click(entry.querySelectorAll(named))) ||
      Boolean(entry && onEntry(key, entry)) ||
      click([...document.querySelectorAll(named)].filter((element) => !element.closest("[data-row]")))
    );
  }

  function focusSearch() {
    const search = document.getElementById("global-search");
    search?.focus();
    return Boolean(search);
  }

  // Escape leaves a field, so that keys mean what they say again; names offered in it are closed first.
  function leave({ key, target }) {
    if (key === "Escape" && !target.hasAttribute("aria-activedescendant")) target.blur();
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    if (isTyping(event.target)) return leave(event);
    if (press(event)) event.preventDefault();
  });

  document.addEventListener("focusin", (event) => {
    last = event.target.closest?.(ROWS)?.id ?? last;
  });

  // A row that is done with leaves, and the one that moves up in its place is in hand.
  let place = -1; // of the row in hand among all, while it is swapped
  document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
    place = target.matches("[data-row]") && target === current() ? entries().indexOf(target) : -1;
  });
  document.addEventListener("htmx:afterSettle", () => {
    const row = place < 0 ? null : entries()[Math.min(place, entries().length - 1)];
    place = -1;
    if (row) window.focusEntry(row);
  });
}
