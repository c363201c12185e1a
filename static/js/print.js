// Shows the Print button where there is a script to answer it; the browser's own menu always works.
"use strict";
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
