import { Controller } from "../../../vendor/stimulus/stimulus.js";
import { putRows } from "../news.js";
import { removeRow, rowsOf } from "../timeline.js";

const EVERY = 4000; // milliseconds

// A customer's timeline into which what others add appears by itself. Without it, the page is loaded again.
export default class extends Controller {
  static targets = ["line"];
  static values = { url: String, since: String, state: String, score: String };
  #isAsking = false;
  #isOutdated = false; // something was recorded while the answer was under way
  #underWay = new Set(); // requests for pages of the line
  #whenSettled = [];

  connect() {
    this.ask(); // what was recorded while the page was made
    this.timer = setInterval(() => this.#isAsking || this.ask(), EVERY);
  }

  disconnect() {
    clearInterval(this.timer);
    this.#settle();
  }

  async ask() {
    if (document.visibilityState !== "visible") return;
    this.#isOutdated = this.#isAsking;
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      const news = await this.#fetch();
      await this.#settled();
      if (news && this.element.isConnected) this.#take(news);
    } catch {
      // The next time will do: a page that was left or a network that is away is no news.
    } finally {
      this.#isAsking = false;
      if (this.#isOutdated && this.element.isConnected) this.ask();
    }
  }

  async #fetch() {
    const url = this.#address();
    url.searchParams.set("since", this.sinceValue);
    url.searchParams.set("state", this.stateValue);
    const answer = await fetch(url, { redirect: "error" });
    if (answer.status !== 200) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("news");
  }

  #address() {
    return new URL(this.urlValue, location.href);
  }

  // --- pages of the line ---
  // One that is on its way was read before these news, and may miss what they bring below its edge.

  holdNews({ detail: { target, xhr } }) {
    if (target.matches("#line > .pager")) this.#underWay.add(xhr);
  }

  releaseNews({ detail: { xhr, successful, requestConfig } }) {
    this.#underWay.delete(xhr);
    if (!this.#underWay.size) this.#settle();
    if (successful && requestConfig.verb === "post") this.#announce(); // an act on an entry of the line
  }

  #settled() {
    return this.#underWay.size ? new Promise((resolve) => this.#whenSettled.push(resolve)) : Promise.resolve();
  }

  #settle() {
    for (const resolve of this.#whenSettled) resolve();
    this.#whenSettled = [];
  }

  // --- what the answer brings ---

  #take(news) {
    const { state, score, gone } = news.dataset;
    const isNew = this.stateValue && news.querySelector(".timeline");
    this.stateValue = state;
    document.getElementById("writing-now")?.replaceChildren(...news.querySelector("#writing-now").childNodes);
    this.#keepPlace(() => {
      for (const pk of gone.split(",").filter(Boolean)) removeRow(document.getElementById(`entry-${pk}`));
      const collapses = !this.#address().searchParams.has("flat");
      for (const day of news.querySelectorAll(".timeline")) putRows(this.lineTarget, day, collapses);
      this.#offerReload(news.querySelector(".news-many"));
    });
    if (this.scoreValue !== score) this.#showScores(score);
    if (isNew) this.#announce();
  }

  // The parts of the page that count what happened read it again.
  #announce() {
    this.dispatch("recorded", { prefix: false, target: document.body });
  }

  #offerReload(many) {
    if (many && !this.lineTarget.querySelector(".news-many")) this.lineTarget.prepend(many);
  }

  #showScores(score) {
    this.scoreValue = score;
    const target = document.querySelector(".customer-scores");
    const how = { target, select: ".customer-scores", selectOOB: "#customer-tier", swap: "outerHTML show:none" };
    if (target) htmx.ajax("GET", location.pathname, how);
  }

  // What is being read or typed stays where it is on the screen, whatever comes in above it.
  #keepPlace(change) {
    const anchor = this.#anchor();
    const before = anchor?.getBoundingClientRect().top;
    change();
    if (anchor?.isConnected) scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: "instant" });
  }

  #anchor() {
    const active = document.activeElement;
    if (active && this.element.contains(active)) return active;
    if (this.lineTarget.getBoundingClientRect().top > 0) return null; // the line's top is in view: news push it down
    return rowsOf(this.lineTarget).find((row) => row.getBoundingClientRect().bottom > 0);
  }
}
