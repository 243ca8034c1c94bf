import { Controller } from "../../../vendor/stimulus/stimulus.js";
import { restoredToken } from "../csrf.js";
import { isSending, isUncertain } from "../sending.js";
import { forget, takeGivenUp } from "../typed_ahead.js";

const CONFLICT = 422; // another window saved the draft
const PAUSE = 800; // milliseconds after the last key, then the draft is saved

// What is being written to a customer: drafts, ⌘⏎, and what the user is told about both. It sits around the box, which
// every answer replaces. Without it, the composer is forms and links.
export default class extends Controller {
  static targets = ["box", "form", "state", "conflict"];
  #timer = 0;
  #isUnsaved = false;
  #wasTouched = false; // since the page came, or a tab was asked for: a draft that arrives late replaces nothing
  #isOpening = false;
  #isInConflict = false; // with what another window saved
  #newerStamp = "";
  #window = Math.random().toString(36).slice(2); // tells apart who saved a draft

  // The page of a form that was asked for, on whatever way: what is typed next is meant for it. A pane has its own rules.
  connect() {
    if (!this.hasFormTarget || this.element.closest("#pane")) return;
    if (new URL(this.formTarget.action).pathname === location.pathname) this.#firstField()?.focus();
  }

  disconnect() {
    this.#save();
  }

  // --- drafts ---

  saveSoon() {
    this.#isUnsaved = this.#wasTouched = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#save(), PAUSE);
  }

  saveWhenHidden() {
    if (document.visibilityState === "hidden") this.#save();
  }

  // The tab that is left is saved before the other one comes.
  saveFirst(event) {
    this.#wasTouched = true;
    if (!this.#isUnsaved) return;
    event.preventDefault();
    this.#save().then(() => event.detail.issueRequest(true));
  }

  async #save() {
    clearTimeout(this.#timer);
    if (!this.hasFormTarget || !this.#isUnsaved || this.#isInConflict) return;
    const box = this.boxTarget;
    this.#isUnsaved = false;
    try {
      const fields = this.#draft();
      fields.set("csrfmiddlewaretoken", await restoredToken());
      const options = { method: "POST", body: fields, redirect: "manual", keepalive: true };
      const answer = await fetch(box.dataset.drafts, options);
      const stamp = answer.headers.get("Draft-Stamp");
      if (answer.status === CONFLICT) return this.#holds(box) && this.#tellConflict(await answer.text(), stamp);
      if (!answer.ok) throw new Error(String(answer.status));
      if (this.#holds(box)) this.formTarget.elements.draft.value = stamp ?? "";
      showWriters(answer.status === 204 ? "" : await answer.text());
      if (this.#holds(box) && !this.#isUnsaved) this.#say(stamp ? "saved" : "empty");
    } catch {
      this.#isUnsaved = true;
      if (this.#holds(box)) this.#say("unsaved", true);
    }
  }

  // Another window saved the same draft: nothing is saved until the user has chosen.
  #tellConflict(text, stamp) {
    this.#isInConflict = true;
    this.#newerStamp = stamp;
    this.#say("empty");
    if (this.hasConflictTarget) return;
    this.formTarget.append(document.createRange().createContextualFragment(text));
    htmx.process(this.conflictTarget);
  }

  keepMine() {
    this.formTarget.elements.draft.value = this.#newerStamp;
    this.conflictTarget.remove();
    this.#isInConflict = false;
    this.#isUnsaved = true;
    this.#save();
  }

  #draft() {
    const fields = new FormData(this.formTarget);
    fields.delete("attachments");
    fields.set("tab", this.boxTarget.dataset.tab);
    fields.set("window", this.#window);
    return new URLSearchParams(fields);
  }

  #holds(box) {
    return this.hasBoxTarget && this.boxTarget === box;
  }

  // --- sending ---

  submit(event) {
    event.preventDefault();
    this.formTarget.requestSubmit(this.formTarget.querySelector(".composer-send"));
  }

  markSending(event) {
    if (!isSending(event)) return;
    clearTimeout(this.#timer);
    this.#isUnsaved = false;
    this.#say("sending");
  }

  // Whether it was saved before the answer was lost, the page can't know.
  markUnanswered(event) {
    this.#stayUnsent(event, "unanswered");
  }

  markRefused(event) {
    this.#stayUnsent(event, isUncertain(event) ? "uncertain" : "refused");
  }

  #stayUnsent(event, why) {
    if (!isSending(event)) return;
    this.#isUnsaved = true;
    this.#say(why, true);
  }

  // --- the box is replaced ---

  expectTab({ detail }) {
    if (detail.target?.id === "composer" && !this.#isDraft(detail)) this.#wasTouched = true;
  }

  #isDraft({ requestConfig }) {
    return requestConfig.path === this.boxTarget.dataset.drafts;
  }

  beforeSwap({ detail }) {
    if (detail.target?.id !== "composer") return;
    const isDraft = this.#isDraft(detail);
    if (isDraft && this.#wasTouched) detail.shouldSwap = false;
    this.#isOpening = !isDraft && detail.shouldSwap;
    if (detail.shouldSwap) this.#isInConflict = false;
  }

  afterSwap({ detail }) {
    if (!this.#isOpening || detail.target?.id !== "composer") return;
    this.#isOpening = false;
    if (detail.xhr.status === 422) this.saveSoon();
    else if (takeGivenUp()) return;
    if (this.hasFormTarget) return this.#firstField()?.focus();
    forget();
    this.boxTarget.querySelector("a")?.focus(); // in view, with what was just written below it
  }

  #firstField() {
    const find = (selector) => this.formTarget.querySelector(selector);
    return find("[aria-invalid]") ?? find("[autofocus]") ?? find("textarea") ?? find(".form-control");
  }

  // Show one of the messages that the box holds.
  #say(message, isWrong = false) {
    if (!this.hasStateTarget) return;
    const { stateTarget: state, boxTarget: box } = this;
    state.textContent = box.dataset[message] ?? "";
    state.classList.toggle("text-danger", isWrong);
    state.classList.toggle("text-secondary", !isWrong);
  }
}

// Colleagues who are writing to the same customer, as the server's answer names them.
function showWriters(answer) {
  const place = document.getElementById("writing-now");
  if (answer) place?.replaceWith(document.createRange().createContextualFragment(answer).querySelector("#writing-now"));
  else place?.replaceChildren();
}
