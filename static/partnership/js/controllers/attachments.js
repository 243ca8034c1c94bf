import { Controller } from "../../../vendor/stimulus/stimulus.js";
import { isSending } from "../sending.js";

// Files by drop and paste, and a list of those that go along. It sits around the composer, which every answer replaces.
export default class extends Controller {
  static targets = ["input", "list"];
  static values = { remove: String };
  #held = []; // files that go along once more when a form comes back with its errors

  paste(event) {
    const files = event.clipboardData?.files ?? [];
    if (!files.length || !this.hasInputTarget || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    this.#add(files);
  }

  allowDrop(event) {
    if (event.dataTransfer?.types.includes("Files") && this.hasInputTarget) event.preventDefault();
  }

  drop(event) {
    const files = event.dataTransfer?.files ?? [];
    if (!files.length || !this.hasInputTarget) return;
    event.preventDefault();
    this.#add(files);
  }

  show() {
    const files = [...this.inputTarget.files];
    this.listTarget.hidden = files.length === 0;
    this.listTarget.replaceChildren(...files.map((file) => this.#line(file)));
  }

  beforeSwap(event) {
    if (event.detail.target?.id !== "composer") return;
    const comesBack = isSending(event) && event.detail.xhr.status === 422 && this.hasInputTarget;
    this.#held = comesBack ? [...this.inputTarget.files] : [];
  }

  afterSwap({ detail }) {
    if (detail.target?.id !== "composer" || !this.#held.length) return;
    const files = this.#held;
    this.#held = [];
    this.#put(files);
  }

  #add(files) {
    this.#put([...this.inputTarget.files, ...files]);
  }

  #put(files) {
    const all = new DataTransfer();
    for (const file of files) all.items.add(file);
    this.inputTarget.files = all.files;
    this.show();
  }

  #line(file) {
    const line = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn-close";
    button.setAttribute("aria-label", `${this.removeValue}: ${file.name}`);
    button.addEventListener("click", () => this.#put([...this.inputTarget.files].filter((other) => other !== file)));
    line.append(file.name, button);
    return line;
  }
}
