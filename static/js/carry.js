// What is being moved in the calendar: which visit, where it is over, and dropping it. The
// server decides; what it refuses it says in words, and the visit stays where it is.
import { ask, say } from "./desk.js";

export const grid = document.getElementById("grid");
const ghost = document.createElement("div");
let held = null;
let isLeaving = false;

ghost.className = "ghost";
ghost.hidden = true;
document.body.append(ghost);

export const holding = () => held !== null;
export const rows = () => [...grid.querySelectorAll("tr[data-minute]")];
export const people = () => [...grid.querySelectorAll("th[data-column]")];

function clock(at) {
  return `${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;
}

function column() {
  return people().find((one) => one.dataset.column === held.column);
}

// Show where it is, within the day's columns and rows; returns that in words.
function show() {
  const all = rows();
  const first = Number(all[0].dataset.minute);
  held.at = Math.max(first, Math.min(held.at, first + all.length * 5 - held.long));
  const top = all[(held.at - first) / 5].getBoundingClientRect();
  const side = column().getBoundingClientRect();
  const size = { width: side.width, height: (top.height * held.long) / 5 };
  for (const [name, value] of Object.entries({ left: side.left, top: top.top, ...size })) {
    ghost.style[name] = `${value}px`;
  }
  ghost.textContent = `${clock(held.at)}, ${column().dataset.name}`;
  ghost.hidden = false;
  return ghost.textContent;
}

export function pickUp(link) {
  const { ref, version, column: under, at, long } = link.dataset;
  held = { ref, version, column: under, at: Number(at), long: Number(long) };
  return show();
}

export function moveBy(minutes, columns) {
  const all = people();
  const there = all[all.indexOf(column()) + columns];
  if (there) held.column = there.dataset.column;
  held.at += minutes;
  return show();
}

export function moveTo(at, under) {
  Object.assign(held, { at, column: under });
  return show();
}

export function putBack(words) {
  held = null;
  ghost.hidden = true;
  if (words) say(words);
}

// Without a connection it stays in the hand, to be dropped again; while a drop is on its way,
// another is not begun.
export async function drop() {
  if (isLeaving) return;
  isLeaving = true;
  const { ref, version, at } = held;
  const { on, person } = column().dataset;
  const token = document.getElementById("undo").content.querySelector("[name=csrf_token]").value;
  const where = { on, at: clock(at), practitioner: person };
  const fields = new URLSearchParams({ csrf_token: token, version, tell: "1", ...where });
  const isDone = (await ask(`/desk/visits/${ref}/move`, fields)) !== null;
  isLeaving = false;
  if (isDone) putBack();
}
