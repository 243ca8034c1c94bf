// The timeline without this file: pages and links. With it: what others add appears by itself, where it belongs.
"use strict";

{
  const EVERY = 4000; // milliseconds
  const section = () => document.getElementById("timeline");
  const line = () => document.getElementById("line");

  // --- order -------------------------------------------------------------------------------------------------------
  // Newest first, by when it happened, then by key: as the server pages.

  const idOf = (row) => Number(row.id.replace(/^\D*/, ""));

  function momentOf(row) {
    const text = row.querySelector("time")?.getAttribute("datetime") ?? "";
    return [Date.parse(text), text.match(/\.(\d+)/)?.[1].padEnd(6, "0") ?? "000000"];
  }

  function isNewer(one, other) {
    const [at, fraction] = momentOf(one);
    const [otherAt, otherFraction] = momentOf(other);
    if (at !== otherAt) return at > otherAt;
    if (fraction !== otherFraction) return fraction > otherFraction;
    return idOf(one) > idOf(other);
  }

  const rows = () => [...line().querySelectorAll(":scope > .timeline > .entry")];
  const holds = (end) => Boolean(line().querySelector(`:scope > .pager [rel=${end}]`)); // more lies beyond this end

  // --- news --------------------------------------------------------------------------------------------------------

  let isAsking = false;
  let isOutdated = false; // something was recorded while the answer was under way

  async function ask() {
    const part = section();
    if (!part?.dataset.news || document.visibilityState !== "visible") return;
    if (isAsking) return void (isOutdated = true);
    isAsking = true;
    isOutdated = false;
    try {
      const url = new URL(part.dataset.news, location.href);
      url.searchParams.set("since", part.dataset.since);
      url.searchParams.set("state", part.dataset.state ?? "");
      const answer = await fetch(url, { redirect: "error" });
      if (answer.status !== 200) return;
      const told = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("news");
      await settled();
      if (told && part === section()) take(told, part);
    } catch {
      // The next time will do: a page that was left or a network that is away is no news.
    } finally {
      isAsking = false;
      if (isOutdated) ask();
    }
  }

  // A page of the line that is on its way was read before these news, and may miss what they bring below its edge.
  const underWay = new Set();
  let whenSettled = [];

  function settled() {
    return underWay.size ? new Promise((resolve) => whenSettled.push(resolve)) : Promise.resolve();
  }

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target.matches("#line > .pager")) underWay.add(event.detail.xhr);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    underWay.delete(event.detail.xhr);
    if (underWay.size) return;
    whenSettled.forEach((resolve) => resolve());
    whenSettled = [];
  });

  function take(told, part) {
    part.dataset.state = told.dataset.state;
    document.getElementById("writing-now")?.replaceChildren(...told.querySelector("#writing-now").childNodes);
    keepingPlace(() => {
      for (const pk of told.dataset.gone.split(",").filter(Boolean)) remove(document.getElementById(`entry-${pk}`));
      for (const list of told.querySelectorAll(".timeline")) for (const row of [...list.children]) put(row, list);
      const many = told.querySelector(".news-many");
      if (many && !line().querySelector(".news-many")) line().prepend(many);
    });
    if (part.dataset.score !== told.dataset.score) showScores(part, told.dataset.score);
  }

  function showScores(part, score) {
    part.dataset.score = score;
    const target = document.querySelector(".customer-scores");
    if (target) htmx.ajax("GET", location.pathname, { target, select: ".customer-scores", swap: "outerHTML show:none" });
  }

  function put(row, list) {
    if (document.getElementById(row.id)) return;
    document.getElementById(row.id.replace("entry-", "trace-"))?.remove(); // its deletion was undone
    const shown = rows();
    const below = shown.find((other) => isNewer(row, other));
    if (below === shown[0] && holds("prev")) return; // above what this page holds
    if (!below && shown.length && holds("next")) return; // below it
    if (!row.matches(".entry-trace")) replaceThread(row);
    const day = placeFor(row, below?.isConnected ? below : rows().find((other) => isNewer(row, other)), list);
    if (below?.parentElement === day) below.before(row);
    else day.append(row);
    row.classList.add("entry-new");
    htmx.process(row);
  }

  // A thread stands at its newest message; one that is being read stays.
  function replaceThread(row) {
    const part = section();
    if (!row.dataset.thread || new URL(part.dataset.news, location.href).searchParams.has("flat")) return;
    const selector = `:scope > .timeline > .entry[data-thread="${row.dataset.thread}"]`;
    const before = line().querySelector(selector);
    if (!before || !row.querySelector(".entry-earlier")) return;
    const isRead = before.contains(document.activeElement) || before.querySelector(".entry-earlier .timeline, iframe");
    if (!isRead) remove(before);
  }

  function placeFor(row, below, list) {
    const days = [...line().querySelectorAll(":scope > .timeline")];
    if (below && below.parentElement.dataset.day === list.dataset.day) return below.parentElement;
    const next = below ? days.indexOf(below.parentElement) : days.length;
    if (next > 0 && days[next - 1].dataset.day === list.dataset.day) return days[next - 1];
    const day = list.cloneNode(false);
    const title = titleOf(list).cloneNode(true);
    line().querySelector(".empty")?.remove();
    if (below) titleOf(below.parentElement).before(title, day);
    else if (days.length) days[days.length - 1].after(title, day);
    else line().prepend(title, day);
    return day;
  }

  const titleOf = (list) => (list.previousElementSibling?.matches(".day-title") ? list.previousElementSibling : list);

  function remove(row) {
    const list = row?.parentElement;
    row?.remove();
    if (list && !list.children.length) {
      if (titleOf(list) !== list) titleOf(list).remove();
      list.remove();
    }
  }

  // What is being read or typed stays where it is on the screen, whatever comes in above it.
  function keepingPlace(change) {
    const anchor = anchorOf();
    const before = anchor?.getBoundingClientRect().top;
    change();
    if (anchor?.isConnected) scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: "instant" });
  }

  function anchorOf() {
    const active = document.activeElement;
    if (active && active !== document.body && section().contains(active)) return active;
    if (line().getBoundingClientRect().top > 0) return null; // the top of the line is in view: news push it down
    return rows().find((row) => row.getBoundingClientRect().bottom > 0);
  }

  ask(); // what was recorded while the page was made
  setInterval(() => isAsking || ask(), EVERY);
  document.addEventListener("visibilitychange", ask);
  document.addEventListener("recorded", ask);

  // --- pages above and below ---------------------------------------------------------------------------------------

  // A page brings what news brought before; what it brings stands in its order.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!event.detail.target?.closest("#line") || !event.detail.target.matches(".pager")) return;
    const came = new DOMParser().parseFromString(event.detail.serverResponse, "text/html");
    for (const row of came.querySelectorAll(".entry")) if (document.getElementById(row.id)) remove(row);
    event.detail.serverResponse = came.body.innerHTML;
  });

  document.addEventListener("htmx:afterSettle", () => {
    if (!line()) return;
    const lists = [...line().querySelectorAll(":scope > .timeline")];
    lists.forEach((list, index) => {
      const goesOn = index > 0 && lists[index - 1].dataset.day === list.dataset.day;
      if (goesOn && titleOf(list) !== list) titleOf(list).remove();
    });
  });

  document.addEventListener("scroll", () => {
    const newer = line()?.querySelector(":scope > .pager [rel=prev]");
    if (!newer || newer.getBoundingClientRect().bottom < -200 || newer.dataset.asked) return;
    if (scrollY >= lastY) return void (lastY = scrollY);
    newer.dataset.asked = "yes";
    htmx.trigger(newer, "newer");
  });
  let lastY = 0;
  document.addEventListener("scrollend", () => (lastY = scrollY));

  // --- words being typed while the answer comes --------------------------------------------------------------------

  let typed = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const box = document.getElementById("timeline-words");
    const isHere = event.detail.target === section() && document.activeElement === box;
    typed = isHere ? { value: box.value, at: box.selectionStart } : null;
  });
  document.addEventListener("htmx:afterSettle", () => {
    const box = document.getElementById("timeline-words");
    if (!typed || !box) return;
    const { value, at } = typed;
    typed = null;
    const isOther = box.value !== value;
    box.value = value;
    box.focus({ preventScroll: true });
    box.setSelectionRange(at, at);
    if (isOther) box.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // --- one entry ---------------------------------------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const mail = event.target.closest(".entry-mail");
    const menu = event.target.closest(".entry-menu");
    if ((!mail && !menu) || (menu && menu.closest(".pinned"))) return; // the pinned one's page has its menu
    event.preventDefault();
    if (mail) showMail(mail);
    else openMenu(menu);
  });

  function showMail(link) {
    const shown = link.parentElement.nextElementSibling;
    if (shown?.matches("iframe")) return shown.remove();
    const frame = document.createElement("iframe");
    frame.className = "entry-frame";
    frame.title = link.textContent;
    frame.setAttribute("sandbox", "allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation");
    frame.src = link.href;
    link.parentElement.after(frame);
  }

  async function openMenu(link) {
    const entry = link.closest(".entry");
    const isOpen = link.getAttribute("aria-expanded") === "true";
    closeMenus();
    if (isOpen) return;
    const panel = document.createElement("div");
    panel.className = "menu-panel entry-actions-panel";
    entry.append(panel);
    link.setAttribute("aria-expanded", "true");
    await htmx.ajax("GET", `${entry.dataset.url}menu/`, { target: panel, select: "unset", swap: "innerHTML show:none" });
    panel.querySelector("a, button, summary")?.focus();
  }

  function closeMenus() {
    for (const panel of document.querySelectorAll(".entry-actions-panel")) {
      const link = panel.parentElement.querySelector(".entry-menu");
      link.removeAttribute("aria-expanded");
      if (panel.contains(document.activeElement)) link.focus();
      panel.remove();
    }
  }

  document.addEventListener("click", (event) => {
    if (!event.target.closest(".entry-actions-panel, .entry-menu")) closeMenus();
  });
  document.addEventListener("keydown", (event) => event.key === "Escape" && closeMenus());

  // An entry that was changed comes from its own page: it is still the newest of its thread, and still in hand.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const row = event.detail.target;
    if (!row?.matches?.("#line .entry")) return;
    const earlier = row.querySelector(".entry-earlier");
    const isCurrent = row.contains(document.activeElement);
    document.addEventListener("htmx:afterSettle", () => {
      const now = document.getElementById(row.id);
      if (earlier && now && !now.querySelector(".entry-earlier")) now.querySelector(".entry-main").append(earlier);
      if (isCurrent && now) window.focusEntry(now);
    }, { once: true });
  });

  // --- the entry that was asked for --------------------------------------------------------------------------------

  function goToAsked() {
    const pk = line()?.dataset.at;
    const entry = pk && document.getElementById(`entry-${pk}`);
    if (!entry) return;
    entry.classList.add("entry-at");
    entry.scrollIntoView({ block: "center", behavior: "instant" });
    window.focusEntry(entry);
    lastY = scrollY;
  }
  goToAsked();
}
