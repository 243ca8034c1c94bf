// What single keys do with the entry of a timeline that is in hand.
import { csrfToken } from "./csrf.js";
import { isShown } from "./rows.js";
import { expectField } from "./typed_ahead.js";

const MARKS = ["message", "question", "request", "complaint", "feedback", "praise", "refund_request", "forgiveness"];
const PAGES = { i: "edit/", d: "deletion/", w: "wall/" };
const CONVERSATION_PAGES = { h: "handover/", z: "snooze/" };

// Returns whether the key means something for this entry.
export function pressOnEntry(key, entry) {
  const { url } = entry.dataset;
  if (!url) return false;
  if (key in MARKS) post(entry, `${url}kind/`, { kind: MARKS[key] });
  else if (key === "b") post(entry, `${url}pin/`, { pinned: entry.matches(".entry-pinned") ? "0" : "1" });
  else if (key in PAGES) goTo(url + PAGES[key]);
  else if (key === "f") forward(entry);
  else if (key === "m") entry.querySelector(".entry-menu").click();
  else if (key === "o" || (key === "Enter" && entry === document.activeElement)) open(entry);
  else return pressOnConversation(key, entry);
  return true;
}

function pressOnConversation(key, entry) {
  const { url, thread } = entry.dataset;
  const conversation = `/conversations/${thread}/`;
  if (!thread) return false;
  if (key === "r") return reply(entry);
  if (key === "x") send(`${url}split/`);
  else if (key === "a") send(`${conversation}assignment/`, { user: "take" });
  else if (key === "e") send(`${conversation}closure/`);
  else if (key in CONVERSATION_PAGES) goTo(conversation + CONVERSATION_PAGES[key]);
  else return false;
  return true;
}

// To a page with a form.
function goTo(url) {
  expectField(url);
  location.assign(url);
}

function open(entry) {
  const earlier = entry.querySelector(".entry-earlier > a");
  if (earlier) earlier.click();
  else location.assign(entry.dataset.url);
}

// The entry as it is afterwards takes its place.
function post(entry, url, values) {
  const id = entry.id.replace("pinned-", "");
  const target = document.getElementById(id) ?? entry;
  htmx.ajax("POST", url, { target, select: `#${id}`, selectOOB: "#messages", swap: "outerHTML show:none", values });
}

// Without an answer that could stand in the entry's place: the page that follows is shown.
function send(url, values = {}) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = url;
  for (const [name, value] of Object.entries({ ...values, csrfmiddlewaretoken: csrfToken() })) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}

// In the composer of the customer's page, else on that page.
function forward(entry) {
  const pk = entry.id.split("-").pop();
  const url = `${entry.dataset.url.replace(/entries\/\d+\/$/, "")}forwards/?entry=${pk}`;
  const tab = document.querySelector('#composer [data-key="r"]');
  if (!tab || !isShown(tab)) return goTo(url);
  expectField();
  htmx.ajax("GET", url, { source: tab, target: "#composer", select: "#composer", swap: "outerHTML show:none" });
}

// In answer to its thread, unless something is half written already.
function reply(entry) {
  const tab = document.querySelector('#composer [data-key="r"]');
  const pk = entry.id.split("-").pop();
  if (!tab || !isShown(tab)) return false;
  const how = { source: tab, target: "#composer", select: "#composer", swap: "outerHTML show:none" };
  expectField();
  htmx.ajax("GET", `${tab.getAttribute("href")}?entry=${pk}`, how);
  return true;
}
