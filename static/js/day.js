// The calendar: arrows walk from visit to visit, one key notes where a visit stands, and the
// day looks again every few seconds without moving what is being read.
import { ask, say } from "./desk.js";
import { hear } from "./lock.js";

const grid = document.getElementById("grid");
const EVERY = 4000;
const STATUS = { a: "arrived", i: "in_room", d: "fulfilled", x: "noshow" };
const late = document.createElement("p");
let tag = grid.dataset.tag;
let last = "";

late.className = "soft";
late.textContent = "No answer at the moment: this calendar may be old. It is asked for again every few seconds.";

// Without an answer it is said beside whatever the status line says, and taken back with the next one.
async function look() {
  const options = { cache: "no-store", headers: { "If-None-Match": `W/"${tag}"` } };
  const answer = await fetch(grid.dataset.address, options).catch(() => null);
  if (!answer || answer.status >= 500) document.getElementById("said").append(late);
  else late.remove();
  if (!answer || hear(answer) || answer.status !== 200 || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const focused = grid.contains(document.activeElement) ? document.activeElement.dataset.ref : null;
  tag = (answer.headers.get("ETag") || "").replace(/^W\/|"/g, "");
  grid.replaceChildren(...page.body.childNodes);
  if (focused) link(focused)?.focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("desk:drawn"));
}

function link(reference) {
  return grid.querySelector(`[data-ref="${reference}"]`);
}

// A panel that closes gives the focus back to the calendar: to the visit that had it.
grid.addEventListener("focusin", (event) => {
  if (event.target.dataset.ref) last = event.target.dataset.ref;
  else if (event.target === grid && last && !grid.matches(":active")) link(last)?.focus();
});

function visits() {
  return [...grid.querySelectorAll("a[data-ref]")].map((link) => ({ link, box: link.getBoundingClientRect() }));
}

// The nearest visit in a direction; straight ahead counts more than sideways.
function next(from, key) {
  const here = from.getBoundingClientRect();
  const ahead = { ArrowDown: [0, 1], ArrowUp: [0, -1], ArrowRight: [1, 0], ArrowLeft: [-1, 0] }[key];
  let found = null;
  let least = Infinity;
  for (const { link, box } of visits()) {
    const along = (box.left - here.left) * ahead[0] + (box.top - here.top) * ahead[1];
    const aside = Math.abs((box.top - here.top) * ahead[0]) + Math.abs((box.left - here.left) * ahead[1]);
    if (link !== from && along > 0 && along + 3 * aside < least) {
      least = along + 3 * aside;
      found = link;
    }
  }
  return found;
}

grid.addEventListener("keydown", (event) => {
  const here = event.target.closest("a[data-ref]");
  if (!here || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key.startsWith("Arrow")) {
    event.preventDefault();
    next(here, event.key)?.focus();
  } else if (event.key === "m" && grid.dataset.still) {
    say(grid.dataset.still);
  } else if (STATUS[event.key] && !("readsOnly" in document.body.dataset)) {
    event.preventDefault();
    const token = document.getElementById("undo").content.querySelector("[name=csrf_token]").value;
    const fields = { csrf_token: token, status: STATUS[event.key], version: here.dataset.version };
    ask(`/desk/visits/${here.dataset.ref}/status`, new URLSearchParams(fields));
  }
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const undo = document.querySelector("#said form button");
  if (event.key === "u" && undo && !event.target.matches("input, select, textarea")) undo.click();
  if (event.key.startsWith("Arrow") && event.target === document.body) visits()[0]?.link.focus();
});
document.addEventListener("desk:changed", look);
setInterval(look, EVERY);
