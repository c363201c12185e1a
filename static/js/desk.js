// The desk's own script: panels beside the calendar, one status line, a few keys. Every link
// and form here works without it; what it adds is that nothing else on the page moves. Elements
// with data-panel open in the panel, unless they are part of a page of their own. After a change ("204") the event "desk:changed" is sent to
// the document, so that the calendar can look again.

const panel = document.getElementById("panel");
const said = document.getElementById("said");
let opener = null;

export function say(words, undo = "", isTrouble = false) {
  said.classList.toggle("trouble", isTrouble);
  const line = document.createElement("p");
  line.textContent = words;
  said.replaceChildren(line);
  if (!undo) return;
  const form = document.getElementById("undo").content.firstElementChild.cloneNode(true);
  form.action = undo;
  said.append(form);
}

export function closePanel() {
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

const NO_ANSWER = "There is no connection. Nothing was changed. Try again in a moment.";

// Every answer says who is signed in and which form token counts now. Without a session the page
// is covered, nothing of it is lost, and it opens again once the same person has signed in.
let token = "";

export function hear(answer) {
  const who = answer.headers.get("X-Desk-Who");
  token = answer.headers.get("X-Desk-Token") || token;
  if (who && who !== document.body.dataset.who) location.reload();
  if (who) document.body.classList.remove("locked");
  const isOut = !who && (answer.status === 401 || answer.redirected);
  if (isOut && document.body.classList.contains("locked") === false) {
    document.body.classList.add("locked");
    document.getElementById("lock").querySelector("a").focus();
    const again = setInterval(async () => {
      await look();
      if (!document.body.classList.contains("locked")) clearInterval(again);
    }, 3000);
  }
  return isOut;
}

const look = async () => {
  const answer = await fetch("/desk/keys", { headers: { "X-Desk-Panel": "1" } }).catch(() => null);
  if (answer) hear(answer);
};

// Ask the server for a panel or for a change; returns whether it was done, null without an answer.
export async function ask(address, body = null, isAgain = false) {
  if (body && token) body.set("csrf_token", token);
  const options = { headers: { "X-Desk-Panel": "1" }, method: body ? "POST" : "GET", body };
  const answer = await fetch(address, options).catch(() => null);
  if (!answer) {
    say(NO_ANSWER, "", true);
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
    if (!next) closePanel();
    say(decodeURIComponent(answer.headers.get("X-Desk-Said") || ""), answer.headers.get("X-Desk-Undo") || "");
    document.dispatchEvent(new CustomEvent("desk:changed"));
    if (next) await ask(next);
    return true;
  }
  openPanel(await answer.text());
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

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-panel]") || !(panel.contains(form) || said.contains(form))) return;
  event.preventDefault();
  const fields = new URLSearchParams(new FormData(form, event.submitter));
  const address = event.submitter?.hasAttribute("formaction") ? event.submitter.formAction : form.action;
  if (form.method === "post") ask(address, fields);
  else ask(`${address.split("?")[0]}?${fields}`);
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
