// What is typed after a field was asked for and before it is there. Until then a field out of sight has the focus, so
// that no key acts on anything else. The next field that gets the focus gets its text.
const FORGOTTEN_AFTER = 5000; // milliseconds without a key
const KEPT = "typed-ahead"; // in the session's storage while the page changes, see ../early_keys.js
const FIELDS = "input, textarea, select";
const WITH_CARET = /^(textarea|text|search|tel|url|password)$/;

let holder = null;
let path = ""; // of the page that the field comes with, if it comes with one
let timer = 0;
let isGivenUp = false;

// Hold what is typed from now on. `url`: of the page, where the field comes with one.
export function expectField(url = "") {
  isGivenUp = false;
  path = url && new URL(url, location.href).pathname;
  holder ??= makeHolder();
  holder?.focus({ preventScroll: true });
  restart();
}

// Drop what is held; the field that comes is no longer wanted.
export function giveUp() {
  isGivenUp = Boolean(holder);
  forget();
}

// Drop what is held.
export function forget() {
  clearTimeout(timer);
  const held = holder;
  holder = null;
  held?.remove();
}

// Returns whether the field that comes now was given up meanwhile; asked once.
export function takeGivenUp() {
  const was = isGivenUp;
  isGivenUp = false;
  return was;
}

// Keep what is held for the page that follows.
export function keep() {
  if (holder && path) write({ path, text: holder.value, until: Date.now() + FORGOTTEN_AFTER });
  forget();
}

// Go on with what was typed while this page came.
export function resume() {
  const kept = read();
  write(null);
  if (!kept || kept.path !== location.pathname || kept.until < Date.now()) return;
  const { activeElement: active } = document;
  const field = active?.matches(FIELDS) ? active : document.querySelector(`main :is(${FIELDS})[autofocus]`);
  if (field) {
    field.focus();
    put(field, kept.text);
  } else if (document.querySelector("#composer form")) {
    expectField();
    if (holder) holder.value = kept.text;
  }
}

function makeHolder() {
  const made = document.getElementById("typed-ahead")?.content.firstElementChild.cloneNode(true);
  if (!made) return null;
  made.addEventListener("input", restart);
  made.addEventListener("keydown", press);
  made.addEventListener("blur", pass);
  (document.querySelector("dialog[open]") ?? document.body).append(made);
  return made;
}

function restart() {
  clearTimeout(timer);
  timer = setTimeout(giveUp, FORGOTTEN_AFTER);
}

function press(event) {
  if (event.key === "Escape") giveUp();
  else if (event.key === "Tab") event.preventDefault();
}

// The focus goes elsewhere: to the field that came, or away. Another window takes nothing.
function pass({ target, relatedTarget: next }) {
  if (target !== holder || !document.hasFocus()) return;
  if (!next?.matches(FIELDS) || next.closest("dialog") !== target.closest("dialog")) return giveUp();
  forget();
  put(next, target.value);
}

function put(field, text) {
  if (!text) return;
  const words = field.matches("textarea") ? text : text.replaceAll("\n", " ");
  if (WITH_CARET.test(field.type)) field.setRangeText(words, field.selectionStart, field.selectionEnd, "end");
  else if (field.type === "email") field.value += words;
  else if (field.matches("select")) choose(field, words);
  else return;
  for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
}

// As the letters do that are typed on a list of choices.
function choose(field, text) {
  const begins = text.trim().toLowerCase();
  const found = [...field.options].find((option) => option.text.trim().toLowerCase().startsWith(begins));
  if (found) field.value = found.value;
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT));
  } catch {
    return null; // storage may be forbidden
  }
}

function write(kept) {
  try {
    if (kept) sessionStorage.setItem(KEPT, JSON.stringify(kept));
    else sessionStorage.removeItem(KEPT);
  } catch {
    // then the next page begins with an empty field
  }
}
