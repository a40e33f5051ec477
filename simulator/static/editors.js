// The editors' page works without this script; with it, answers can be searched and heard.

import { $ } from "./dom.js";
import * as voice from "./voice.js";

const lang = new URLSearchParams(location.search).get("locale") || "en-US";
const answers = [...document.querySelectorAll(".answer")].map((node) => ({ node, words: node.textContent.toLowerCase(),
  states: new Set([...node.querySelectorAll(".state")].map((state) => state.dataset.state)) }));

function find() {
  const wanted = $("find").value.toLowerCase().split(/\s+/).filter(Boolean);
  const state = $("only").value;
  let shown = 0;
  for (const { node, words, states } of answers) {
    const fits = wanted.every((word) => words.includes(word)) && (!state || states.has(state));
    node.hidden = !fits;
    shown += fits;
  }
  $("count").textContent = shown === 1 ? "1 answer" : `${shown} answers`;
}

async function hear(button) {
  const query = new URLSearchParams({ locale: lang, who: button.dataset.who });
  const answer = await fetch(`/api/hear/${encodeURIComponent(button.dataset.key)}?${query}`);
  if (!answer.ok) return;
  const { aloud } = await answer.json();
  await voice.speak(aloud, lang);
}

function offerVoice() {
  const can = voice.canSpeak();
  $("voice-note").hidden = can;
  for (const button of document.querySelectorAll(".hear")) button.hidden = !can;
}

$("find").addEventListener("input", find);
$("only").addEventListener("change", find);
$("answers").addEventListener("click", (event) => {
  const button = event.target.closest(".hear");
  if (button) hear(button);
});
addEventListener("keydown", (event) => { if (event.key === "Escape") voice.hush(); });
voice.whenVoicesChange(offerVoice);
offerVoice();
