// Who is signed in: every answer of the desk says so, and which form token counts now. Without a
// session the page is covered, nothing of it is lost, and it opens again, with the focus where it
// was, once the same person has signed in. A page that asks nothing else asks this by itself.
const QUIET = 10000;
const SOON = 3000;
const { classList, dataset } = document.body;
let token = "";
let isQuiet = false;
let held = null;

const isLocked = () => classList.contains("locked");

function cover() {
  if (isLocked()) return;
  held = document.activeElement;
  classList.add("locked");
  document.querySelector("#lock a").focus();
}

function uncover() {
  if (!isLocked()) return;
  classList.remove("locked");
  if (held?.isConnected) held.focus({ preventScroll: true });
}

// Read who an answer is for; returns whether whoever had this page is not signed in any more. Where
// it is somebody else now, their token is not taken: nothing of this page may be done in their name.
export function hear(answer) {
  const who = answer.headers.get("X-Desk-Who");
  const isOut = !who && (answer.status === 401 || answer.redirected);
  isQuiet = false;
  if (who && who !== dataset.who) {
    location.reload();
    return true;
  }
  token = answer.headers.get("X-Desk-Token") || token;
  if (token) for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = token;
  if (who) uncover();
  if (isOut) cover();
  return isOut;
}

// Ask who is signed in: as hear() says, or null where the program does not answer. It keeps no session alive.
export async function look() {
  const answer = await fetch("/desk/keys", { headers: { "X-Desk-Panel": "1" } }).catch(() => null);
  return answer && answer.status < 500 ? hear(answer) : null;
}

// Give what is sent the token that counts now.
export function sign(fields) {
  if (token) fields.set("csrf_token", token);
}

setInterval(() => isLocked() && look(), SOON);
setInterval(() => {
  if (isQuiet && !isLocked()) look();
  isQuiet = true;
}, QUIET);
document.addEventListener("visibilitychange", () => document.hidden || look());
window.addEventListener("pageshow", (event) => event.persisted && look());
window.addEventListener("keydown", (event) => isLocked() && event.stopPropagation(), true);
