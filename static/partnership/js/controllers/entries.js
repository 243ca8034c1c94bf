import { Controller } from "../../../vendor/stimulus/stimulus.js";
import { focusRow } from "../rows.js";

const SANDBOX = "allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation";

// Entries of a timeline: their menus and mails open in place. Without it, both are pages.
export default class extends Controller {
  toggleMail(event) {
    if (!isPlainClick(event)) return;
    event.preventDefault();
    const link = event.currentTarget;
    const line = link.parentElement;
    if (line.nextElementSibling?.matches("iframe")) line.nextElementSibling.remove();
    else line.after(makeFrame(link));
  }

  async toggleMenu(event) {
    const link = event.currentTarget;
    if (!isPlainClick(event) || link.closest(".pinned")) return; // the pinned one's page has its menu
    event.preventDefault();
    const isOpen = link.getAttribute("aria-expanded") === "true";
    this.closeMenus();
    if (!isOpen) await openMenu(link);
  }

  closeMenus() {
    for (const panel of this.element.querySelectorAll(".entry-actions-panel")) {
      const link = panel.closest(".entry").querySelector(".entry-menu");
      link.removeAttribute("aria-expanded");
      if (panel.contains(document.activeElement)) link.focus();
      panel.remove();
    }
  }

  closeOutside({ target }) {
    if (!target.closest(".entry-actions-panel, .entry-menu")) this.closeMenus();
  }

  // An entry that was changed comes from its own page: it is still the newest of its thread, and still in hand.
  keepPlace({ detail: { target: row } }) {
    if (!row?.matches?.("#line .entry")) return;
    const earlier = row.querySelector(".entry-earlier");
    const isCurrent = row.contains(document.activeElement);
    const restore = () => {
      const now = document.getElementById(row.id);
      if (earlier && now && !now.querySelector(".entry-earlier")) now.querySelector(".entry-main").append(earlier);
      if (isCurrent && now) focusRow(now);
    };
    document.addEventListener("htmx:afterSettle", restore, { once: true });
  }
}

function isPlainClick(event) {
  return !(event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button);
}

function makeFrame(link) {
  const frame = document.createElement("iframe");
  frame.className = "entry-frame";
  frame.title = link.textContent;
  frame.setAttribute("sandbox", SANDBOX);
  frame.src = link.href;
  return frame;
}

async function openMenu(link) {
  const entry = link.closest(".entry");
  const panel = document.createElement("div");
  panel.className = "entry-actions-panel";
  (link.closest(".entry-head") ?? link).after(panel);
  link.setAttribute("aria-expanded", "true");
  await htmx.ajax("GET", `${entry.dataset.url}menu/`, { target: panel, select: "unset", swap: "innerHTML show:none" });
  panel.querySelector("a, button, summary")?.focus();
}
