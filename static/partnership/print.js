// A page made to be printed: the button asks for it, where the browser's own menu isn't at hand.
"use strict";
document.documentElement.classList.add("js");
document.querySelector("[data-print]").addEventListener("click", () => window.print());
