// Passkeys: the form is shown where the browser can do it; the server checks what it makes.
const form = document.querySelector("form[data-passkey]");
const able = window.PublicKeyCredential?.parseRequestOptionsFromJSON;
const fault = form.querySelector("[role=alert]");
let site = ""; // the name that passkeys are bound to

const WHY = {
  SecurityError: () => `Passkeys work only where the address of this page begins with ${site}. Open it there.`,
  InvalidStateError: () => "This device has a passkey for this account already.",
};

async function made() {
  const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
  const answer = await fetch(form.dataset.options, { method: "POST", body });
  const options = await answer.json();
  site = options.rp?.id ?? options.rpId;
  if (form.dataset.passkey === "create") {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    return navigator.credentials.create({ publicKey });
  }
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
}

form.hidden = !able;
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  fault.textContent = "";
  try {
    form.elements.credential.value = JSON.stringify(await made());
  } catch (error) {
    fault.textContent = WHY[error.name]?.() ?? "Nothing happened: the passkey was not used. Try again, or go another way.";
    return;
  }
  form.submit();
});
