// How long the time is still kept. The server says until when, in words; here only seconds
// are counted, so that no clock and no zone of this device matters. Nothing needs this file.
"use strict";
(() => {
  const SOON = 120;
  const box = () => document.getElementById("kept");
  const voice = document.createElement("p");
  voice.setAttribute("role", "status");
  voice.className = "voice";

  let began = performance.now();
  let told = "";
  let plainly = false;

  function look() {
    const seconds = Number(box().dataset.seconds);
    if (!box().dataset.seconds) return;
    const left = seconds - (performance.now() - began) / 1000;
    const stage = left <= 0 ? "gone" : left <= SOON ? "soon" : "";
    if (stage === told) return;
    told = stage;
    voice.textContent = stage ? box().dataset[stage] : "";
  }

  // "More time" without loading the page again: the same request, the same answer.
  async function keepOn(event) {
    const button = event.target.closest("button[formaction$='/hold/extend']");
    if (!button || plainly) return;
    event.preventDefault();
    const answer = await fetch(button.formAction, {
      method: "POST",
      body: new URLSearchParams(new FormData(button.form)),
    }).catch(() => null);
    const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page && page.getElementById("kept");
    if (!fresh) {
      plainly = true;
      button.click();
      return;
    }
    box().replaceWith(fresh);
    box().after(voice);
    began = performance.now();
    told = "";
    voice.textContent = box().querySelector("p").textContent;
    (box().querySelector("button") || box()).focus();
  }

  box().after(voice);
  box().closest("form").addEventListener("click", keepOn);
  setInterval(look, 5000);
})();
