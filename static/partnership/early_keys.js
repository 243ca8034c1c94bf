// Loaded before the page: holds what is typed before its scripts run, where the page before was left for a field of this
// one. js/typed_ahead.js wrote { path, text, until } and puts it into the field.
(() => {
  const KEPT = "typed-ahead";

  function read() {
    try {
      return JSON.parse(sessionStorage.getItem(KEPT));
    } catch {
      return null; // storage may be forbidden
    }
  }

  function hold(event) {
    const kept = read();
    if (!kept || kept.path !== location.pathname || kept.until < Date.now()) {
      return removeEventListener("keydown", hold, true);
    }
    const text = typed(event, kept.text);
    if (text === null) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    sessionStorage.setItem(KEPT, JSON.stringify({ ...kept, text }));
  }

  // Returns the text with the key that was pressed; null where the key writes nothing.
  function typed(event, text) {
    if (event.key === "Escape") return "";
    const isChord = event.metaKey || ((event.ctrlKey || event.altKey) && !event.getModifierState("AltGraph"));
    if (isChord || event.isComposing) return null;
    if (event.key === "Enter") return `${text}\n`;
    if (event.key === "Backspace") return [...text].slice(0, -1).join("");
    return [...event.key].length === 1 ? text + event.key : null;
  }

  if (read()) addEventListener("keydown", hold, true);
})();
