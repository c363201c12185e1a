// Moving in the calendar without a form: "m" picks a visit up, arrows move it, Enter drops it,
// Esc puts it back; or it is dragged with the mouse.
import { say } from "./desk.js";
import { drop, grid, hasJustDropped, holding, isOnItsWay, moveBy, moveTo, people, pickUp, putBack, rows } from "./carry.js";

const STEPS = { ArrowUp: [-5, 0], ArrowDown: [5, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const NEAR = 6;
const EDGE = 64;
const PACE = 8;
let grip = null;

function keyed(event) {
  const link = event.target.closest?.("#grid a[data-ref]");
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (!holding()) {
    if (link && event.key === "Enter" && hasJustDropped()) return true; // pressed again in haste
    if (!link || event.key !== "m") return false;
    if (link.dataset.status !== "booked") say("Only a visit that is still booked can be moved.");
    else say(`Picked up: ${pickUp(link)}. Arrows move it, Enter drops it and tells the patient, Esc puts it back.`);
  } else if (STEPS[event.key]) say(moveBy(...STEPS[event.key]));
  else if (event.key === "Enter") drop();
  else if (event.key === "Escape" && isOnItsWay()) say("It is on its way already.");
  else if (event.key === "Escape") {
    grip = null;
    putBack("Put back. Nothing was changed.");
  } else return false;
  return true;
}

document.addEventListener(
  "keydown",
  (event) => {
    if (!keyed(event)) return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);

grid.addEventListener("dragstart", (event) => event.preventDefault());
grid.addEventListener("pointerdown", (event) => {
  const link = event.target.closest("a[data-ref]");
  if (!link || event.button || event.pointerType === "touch" || link.dataset.status !== "booked") return;
  grip = { link, x: event.clientX, y: event.clientY, off: event.clientY - link.getBoundingClientRect().top };
});

document.addEventListener("pointermove", (event) => {
  if (!grip) return;
  const far = Math.hypot(event.clientX - grip.x, event.clientY - grip.y) > NEAR;
  if (!holding() && !far) return;
  Object.assign(grip, { x: event.clientX, y: event.clientY });
  if (!holding()) {
    pickUp(grip.link);
    requestAnimationFrame(scroll);
  }
  follow();
});

// It is where the pointer is, also while the page moves under a pointer at rest.
function follow() {
  if (!grip || !holding()) return;
  const all = rows();
  const top = all[0].getBoundingClientRect().top;
  const height = (all.at(-1).getBoundingClientRect().bottom - top) / all.length;
  const row = Math.round((grip.y - grip.off - top) / height);
  const over = people().find((one) => grip.x < one.getBoundingClientRect().right) || people().at(-1);
  moveTo(Number(all[0].dataset.minute) + row * 5, over.dataset.column);
}
document.addEventListener("scroll", follow, { passive: true });

// Near the window's lower edge or the heads the page goes on by itself.
function scroll() {
  if (!grip || !holding()) return;
  if (grip.y > innerHeight - EDGE) scrollBy(0, PACE);
  else if (grip.y < grid.querySelector("thead th").getBoundingClientRect().bottom + NEAR) scrollBy(0, -PACE);
  requestAnimationFrame(scroll);
}

document.addEventListener("pointerup", () => {
  if (grip && holding()) {
    drop();
    document.addEventListener("click", stop, { capture: true, once: true });
    setTimeout(() => document.removeEventListener("click", stop, true));
  }
  grip = null;
});

function stop(event) {
  event.preventDefault();
  event.stopPropagation();
}
