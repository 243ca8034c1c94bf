// Loaded before the first paint, so that a dark page never flashes white. Django admin keeps its choice under the same
// key with the same words, so one switch serves both.
(() => {
  const system = window.matchMedia("(prefers-color-scheme: dark)");

  function chosen() {
    try {
      return localStorage.getItem("theme") || "auto";
    } catch {
      return "auto"; // storage may be forbidden
    }
  }

  function apply() {
    const theme = chosen();
    const dark = theme === "dark" || (theme === "auto" && system.matches);
    document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
    document.documentElement.dataset.themeChoice = theme;
  }

  function choose({ detail: { theme } }) {
    try {
      localStorage.setItem("theme", theme);
    } catch {
      // then it holds for no longer than this page
    }
    apply();
  }

  document.documentElement.classList.add("js"); // now, so that nothing moves when what needs no JavaScript goes
  apply();
  system.addEventListener("change", apply);
  document.addEventListener("theme:chosen", choose); // by js/controllers/theme.js
})();
