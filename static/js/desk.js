// The desk's own script: panels beside the calendar, one status line, a few keys. Every link
// and form here works without it; what it adds is that nothing else on the page moves. Elements
// with data-panel open in the panel, unless they are part of a page of their own. After a change
// ("204") the event "desk:changed" is sent to the document, so that the calendar can look again.
import { hear, look, sign } from "./lock.js";

const panel = document.getElementById("panel");
const said = document.getElementById("said");
let opener = null;
let looks = 0; // what was asked for last; an answer that comes after it opens and closes nothing

export function say(words, undo = "", isTrouble = false) {
  const isNew = !said.hasChildNodes();
  said.classList.toggle("trouble", isTrouble);
  const line = document.createElement("p");
  line.textContent = words;
  said.replaceChildren(line);
  if (undo) {
    const form = document.getElementById("undo").content.firstElementChild.cloneNode(true);
    form.action = undo;
    said.append(form);
  }
  if (isNew) uncovered(document.activeElement);
}

// The line is always in view: where it has just come, what has the focus must not lie under it.
function uncovered(focused) {
  const [line, box] = [said, focused].map((one) => one.getBoundingClientRect());
  const isBeside = box.right < line.left || box.left > line.right || said.contains(focused);
  const isUnder = box.bottom > line.top && box.top < line.bottom && box.height < innerHeight / 2;
  if (isUnder && !isBeside) focused.scrollIntoView({ block: "nearest" });
}

export function closePanel() {
  looks += 1;
  if (panel.hidden) return false;
  panel.hidden = true;
  panel.replaceChildren();
  const back = opener && document.contains(opener) ? opener : null;
  (back || document.querySelector("[data-home]") || document.getElementById("main")).focus();
  opener = null;
  return true;
}

function openPanel(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  panel.replaceChildren(...page.body.childNodes);
  panel.hidden = false;
  const wanted = ["[role='alert']", "[autofocus]", "h1"].map((one) => panel.querySelector(one));
  const first = wanted.find(Boolean);
  if (!first) return;
  if (!first.matches("input, select, textarea, button, a")) first.tabIndex = -1;
  first.focus();
}

const NO_LOOK = "There is no connection. Nothing was changed. Try again in a moment.";
const REFUSED = "What you sent before you opened this was refused. Nothing was changed.";
const NO_ANSWER = "No answer came. It may have been changed all the same: look at it again, then go on.";

// Ask the server for a panel or for a change; returns whether it was done, null without an answer.
export async function ask(address, body = null, isAgain = false) {
  if (body) sign(body);
  else looks += 1;
  const turn = looks;
  const options = { headers: { "X-Desk-Panel": "1" }, method: body ? "POST" : "GET", body };
  const answer = await fetch(address, options).catch(() => null);
  if (!answer) {
    say(body ? NO_ANSWER : NO_LOOK, "", true);
    if (body) document.dispatchEvent(new CustomEvent("desk:changed"));
    return null;
  }
  if (hear(answer)) return null;
  if (answer.redirected) {
    location.assign(answer.url);
    return false;
  }
  if (answer.status === 400 && body && !isAgain) {
    await look(); // signed in again meanwhile: the form's token is an old one
    return ask(address, body, true);
  }
  if (answer.status === 204) {
    const next = answer.headers.get("X-Desk-Next");
    const isHere = turn === looks;
    if (!next && isHere) closePanel();
    say(decodeURIComponent(answer.headers.get("X-Desk-Said") || ""), answer.headers.get("X-Desk-Undo") || "");
    document.dispatchEvent(new CustomEvent("desk:changed"));
    if (next && isHere) await ask(next);
    return true;
  }
  const page = await answer.text();
  if (turn !== looks) {
    if (body && !answer.ok) say(REFUSED, "", true);
    return answer.ok;
  }
  if (!answer.ok) said.replaceChildren(); // its Undo would take back something else
  openPanel(page);
  return answer.ok;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-panel]");
  if (event.target.closest("[data-close]")) closePanel();
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const isInside = panel.contains(link);
  if (!isInside && link.closest("form")) return;
  event.preventDefault();
  if (!isInside) opener = link;
  ask(link.href);
});

// A form of a page of its own leaves only while somebody is signed in and the server answers:
// else the page, and what was typed in it, stays.
let isAsking = false;
let isSure = false;
window.addEventListener("submit", async (event) => {
  const form = event.target;
  const goesOn = isSure;
  isSure = false;
  if (goesOn || event.defaultPrevented || form.method !== "post") return;
  event.preventDefault();
  if (isAsking) return;
  isAsking = true;
  const isOut = await look();
  isAsking = false;
  if (isOut === null) say(NO_LOOK, "", true);
  isSure = isOut === false;
  if (isSure) form.requestSubmit(event.submitter);
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form[data-panel]") || !(panel.contains(form) || said.contains(form))) return;
  event.preventDefault();
  if (form.dataset.leaving) return; // pressed twice
  form.dataset.leaving = "yes";
  const fields = new URLSearchParams(new FormData(form, event.submitter));
  const address = event.submitter?.hasAttribute("formaction") ? event.submitter.formAction : form.action;
  if (form.method === "post") await ask(address, fields);
  else await ask(`${address.split("?")[0]}?${fields}`);
  delete form.dataset.leaving;
});

function isTyping(target) {
  return target.matches("input:not([type='checkbox'], [type='radio']), select, textarea, [contenteditable]");
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    if (closePanel()) event.preventDefault();
    return;
  }
  if (isTyping(event.target)) return;
  const wanted = [...document.querySelectorAll("[aria-keyshortcuts]")].find(
    (one) => one.getAttribute("aria-keyshortcuts") === event.key && !panel.contains(one),
  );
  if (!wanted) return;
  event.preventDefault();
  if (wanted.matches("input")) wanted.focus();
  else wanted.click();
});
