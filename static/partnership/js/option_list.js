// A list of options below a field, chosen from by arrow keys, Enter, Tab or the pointer, while the field keeps the focus.
export class OptionList {
  #element = document.createElement("ul");
  #onChoose;

  constructor(id, onChoose) {
    this.#onChoose = onChoose;
    Object.assign(this.#element, { id, className: "mentions", hidden: true });
    this.#element.setAttribute("role", "listbox");
    this.#element.addEventListener("mousedown", (event) => this.#choosePointed(event));
  }

  set label(text) {
    this.#element.setAttribute("aria-label", text);
  }

  get isOpen() {
    return !this.#element.hidden;
  }

  remove() {
    this.#element.remove();
  }

  // Show these options, elements of role option with an id, below the field.
  show(field, options) {
    this.#element.replaceChildren(...options);
    if (!options.length) return this.hide(field);
    field.after(this.#element);
    this.#element.hidden = false;
    field.setAttribute("aria-controls", this.#element.id);
    this.#select(field, this.#element.firstElementChild);
  }

  hide(field) {
    this.#element.hidden = true;
    field.removeAttribute("aria-activedescendant");
  }

  press(event) {
    if (!this.isOpen || event.metaKey || event.ctrlKey) return;
    const { target: field } = event;
    const { children, firstElementChild, lastElementChild } = this.#element;
    const selected = [...children].find((option) => option.getAttribute("aria-selected") === "true");
    const actions = {
      ArrowDown: () => this.#select(field, selected.nextElementSibling ?? firstElementChild),
      ArrowUp: () => this.#select(field, selected.previousElementSibling ?? lastElementChild),
      Enter: () => this.#choose(field, selected),
      Tab: () => this.#choose(field, selected),
      Escape: () => this.hide(field),
    };
    if (!actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  }

  #select(field, option) {
    for (const other of this.#element.children) other.setAttribute("aria-selected", String(other === option));
    field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  #choose(field, option) {
    this.hide(field);
    this.#onChoose(field, option);
  }

  #choosePointed(event) {
    event.preventDefault(); // the text keeps the focus
    const option = event.target.closest("[role=option]");
    if (option) this.#choose(this.#element.previousElementSibling, option);
  }
}
