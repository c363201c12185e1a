// Moving in the calendar without a form: "m" picks a visit up, arrows move it, Enter drops it,
// Esc puts it back; or it is dragged with the mouse.
import { say } from "./desk.js";
import { drop, grid, holding, moveBy, moveTo, people, pickUp, putBack, rows } from "./carry.js";

const STEPS = { ArrowUp: [-5, 0], ArrowDown: [5, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const NEAR = 6;
let grip = null;

function keyed(event) {
  const link = event.target.closest?.("#grid a[data-ref]");
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (!holding()) {
    if (!link || event.key !== "m" || link.dataset.status !== "booked") return false;
    say(`Picked up: ${pickUp(link)}. Arrows move it, Enter drops it, Esc puts it back.`);
  } else if (STEPS[event.key]) say(moveBy(...STEPS[event.key]));
  else if (event.key === "Enter") drop();
  else if (event.key === "Escape") putBack("Put back. Nothing was changed.");
  else return false;
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
  if (!holding() && far) pickUp(grip.link);
  if (!holding()) return;
  const all = rows();
  const box = all[0].getBoundingClientRect();
  const row = Math.round((event.clientY - grip.off - box.top) / box.height);
  const over = people().find((one) => event.clientX < one.getBoundingClientRect().right) || people().at(-1);
  moveTo(Number(all[0].dataset.minute) + row * 5, over.dataset.column);
});

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
