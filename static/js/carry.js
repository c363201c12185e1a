// What is being moved in the calendar: which visit, where it is over, and dropping it. The
// server decides; what it refuses it says in words, and the visit stays where it is.
import { ask, say } from "./desk.js";

export const grid = document.getElementById("grid");
const HASTE = 600;
const ghost = document.createElement("div");
let held = null;
let isLeaving = false;
let droppedAt = -Infinity;

ghost.className = "ghost";
ghost.ariaHidden = "true";
ghost.hidden = true;

export const holding = () => held !== null;
export const hasJustDropped = () => performance.now() - droppedAt < HASTE;
export const rows = () => [...grid.querySelectorAll("tr[data-minute]")];
export const people = () => [...grid.querySelectorAll("th[data-column]")];

function clock(at) {
  return `${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;
}

// The same as people read it: the desk is in English.
function words(at) {
  const hour = Math.floor(at / 60);
  return `${hour % 12 || 12}:${clock(at).slice(3)} ${hour < 12 ? "a.m." : "p.m."}`;
}

function column() {
  return people().find((one) => one.dataset.column === held.column);
}

// Show where it is, within the day's columns and rows; returns that in words. The ghost is a part
// of the calendar: what scrolls or pushes the calendar moves both.
function show() {
  const all = rows();
  const under = column();
  if (!under) return putBack("Put back: the calendar has changed. Nothing was moved.");
  const first = Number(all[0].dataset.minute);
  held.at = Math.max(first, Math.min(held.at, first + all.length * 5 - held.long));
  const row = (held.at - first) / 5;
  const top = all[row].getBoundingClientRect().top;
  const end = all[Math.max(row, row + held.long / 5 - 1)].getBoundingClientRect().bottom;
  const side = under.getBoundingClientRect();
  const frame = under.closest(".wide");
  const from = frame.getBoundingClientRect();
  const place = { left: side.left - from.left + frame.scrollLeft, top: top - from.top };
  for (const [name, value] of Object.entries({ ...place, width: side.width, height: end - top })) {
    ghost.style[name] = `${value}px`;
  }
  ghost.textContent = `${words(held.at)}, ${under.dataset.name}`;
  ghost.hidden = false;
  frame.append(ghost);
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
  const said = show();
  ghost.scrollIntoView({ block: "nearest", inline: "nearest" });
  return said;
}

export function moveTo(at, under) {
  Object.assign(held, { at, column: under });
  return show();
}

export const isOnItsWay = () => isLeaving;

export function putBack(why) {
  held = null;
  ghost.hidden = true;
  if (why) say(why);
  return "";
}

const again = () => held && show();
document.addEventListener("desk:drawn", again);
new ResizeObserver(again).observe(grid);

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
  if (!isDone) return;
  droppedAt = performance.now();
  putBack();
}
