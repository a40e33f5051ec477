// The page as a smart speaker, where `make run-voice` serves a voice: hold a button or a key and speak, or go hands-free.

import { $, el } from "./dom.js";
import * as local from "./local-voice.js";
import { Microphone, Utterance, possible } from "./microphone.js";

const KEY = "F2";
const TAP_MS = 400; // pressed for less than this, the button need not be held
const PAUSES = { 1000: "1 second", 2000: "2 seconds", 3500: "3 and a half seconds" };
const ANSWER_MS = 8000; // how long a speaker waits for an answer to its question
const NOBODY_MS = 8000;
const KEEP_MS = 60_000; // opening the microphone takes a moment that would cost the first word
const NOTHING = "Nothing was heard. Try again a little closer, or type.";

const microphone = new Microphone();
let page = null; // what the page lets us do: say, tell, hush, locale, isOpen
let utterance = null; // what is being collected
let pressed = 0; // when the button or the key went down
let waiting = 0; // timers
let idle = 0;
let nobody = 0;

/** Offer to talk where there is a voice, else say how to get it. */
export async function setUp(given) {
  page = given;
  const about = await local.found;
  const tools = document.querySelector(".tools");
  if (!about.on) {
    if (about.note) tools.append(el("p", { class: "quiet", id: "talk-note" }, about.note));
    return;
  }
  if (!possible()) {
    tools.append(el("p", { class: "quiet", id: "talk-note" }, "This browser gives the page no microphone, so questions are typed."));
    return;
  }
  $("speak").replaceWith(el("button", { type: "button", id: "speak", class: "second", "aria-pressed": "false", "aria-describedby": "talk-how" }, "Hold to talk"));
  $("speak-note").hidden = true;
  $("aloud").checked = wantsItAloud();
  document.head.append(el("link", { rel: "stylesheet", href: "/static/talk.css" }));
  $("form").after(el("div", { class: "talking", role: "group", "aria-label": "Talking" },
    el("p", { id: "talk-how", class: "quiet" }, `Hold the button, or the ${KEY} key, while you speak; or press it once, speak, and stop. `
      + "What you say is written down on this computer and then forgotten."),
    el("label", { class: "check" }, el("input", { type: "checkbox", id: "hands-free", onchange: handsFree }), " Hands-free: the microphone stays open"),
    el("label", { class: "pause" }, "A pause that ends your turn ",
      el("select", { id: "pause" }, ...Object.entries(PAUSES).map(([ms, words]) => el("option", { value: ms }, words))))));
  $("pause").value = "1000";
  listenToButton($("speak"));
  addEventListener("keydown", (event) => { if (event.key === KEY && !event.repeat) { event.preventDefault(); down(); } });
  addEventListener("keyup", (event) => { if (event.key === KEY) up(); });
  addEventListener("blur", up);
  local.whenQuiet(waitForAnswer);
}

/** Whoever started the page with a voice wants to hear it, unless they said otherwise. */
function wantsItAloud() {
  try {
    return localStorage.getItem("aloud") !== "no";
  } catch {
    return true;
  }
}

// ---- the button -------------------------------------------------------------------------------------------------

function listenToButton(button) {
  let handled = false; // a click that follows a press says nothing new; one that comes alone is a screen reader's
  button.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    handled = true;
    button.setPointerCapture(event.pointerId);
    down();
  });
  button.addEventListener("pointerup", up);
  button.addEventListener("pointercancel", up);
  button.addEventListener("contextmenu", (event) => event.preventDefault()); // a long touch
  button.addEventListener("keydown", (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    if (!event.repeat) down();
  });
  button.addEventListener("keyup", (event) => { if (event.key === " " || event.key === "Enter") { event.preventDefault(); up(); } });
  button.addEventListener("click", () => {
    if (!handled) { down(); up(); }
    handled = false;
  });
}

async function down() {
  if (utterance?.fromStart) { // it was tapped before: this press ends the turn
    pressed = 0;
    finish();
    return;
  }
  page.hush(); // whoever talks to a speaker makes it stop
  clearTimeout(waiting);
  if (!local.covers(page.locale())) {
    page.tell("The voice on this computer knows English only. You can type instead.");
    return;
  }
  pressed = Date.now();
  show(true);
  try {
    await microphone.open();
  } catch (error) {
    pressed = 0;
    show(false);
    page.tell(error.message);
    return;
  }
  clearTimeout(idle);
  collect(true);
  page.tell("Listening: speak now.");
  nobody = setTimeout(() => { if (utterance?.fromStart && !utterance.spoke && !pressed) finish(); }, NOBODY_MS);
}

function up() {
  if (!pressed) return;
  const held = Date.now() - pressed >= TAP_MS;
  pressed = 0;
  if (held && utterance?.fromStart) finish();
}

// ---- collecting an utterance ------------------------------------------------------------------------------------

function collect(fromStart) {
  utterance = new Utterance({ pauseMs: Number($("pause").value), mostMs: 15_000, fromStart });
  microphone.listener = (frame) => {
    const came = utterance.take(frame, local.speaking());
    if (came === "began") {
      clearTimeout(waiting);
      if (!fromStart) {
        page.hush();
        page.tell("Listening.");
      }
    } else if (came === "full" || (came === "ended" && !pressed)) finish();
  };
}

async function finish() {
  clearTimeout(nobody);
  const nothing = !utterance.spoke && !utterance.fromStart; // what was held is worth a try however faint it is
  const sound = utterance.sound(microphone.hz);
  show(false);
  microphone.listener = null;
  utterance = null;
  if ($("hands-free").checked) collect(false);
  else idle = setTimeout(() => microphone.close(), KEEP_MS);
  page.tell("One moment.");
  try {
    const words = nothing ? "" : await local.hear(sound);
    page.tell(words ? "" : NOTHING);
    if (words) page.say(words, true);
    else waitForAnswer(true);
  } catch (error) {
    page.tell(error.message);
  }
}

// ---- hands-free -------------------------------------------------------------------------------------------------

async function handsFree() {
  clearTimeout(waiting);
  if (!$("hands-free").checked) {
    microphone.close();
    utterance = null;
    show(false);
    page.tell("The microphone is closed.");
    return;
  }
  try {
    await microphone.open();
    clearTimeout(idle);
    collect(false);
    page.tell("The microphone is open: just talk. Talking stops the voice.");
  } catch (error) {
    $("hands-free").checked = false;
    page.tell(error.message);
  }
}

/** After its question a speaker waits a while, and then asks once more: so does this one. */
function waitForAnswer(finished) {
  clearTimeout(waiting);
  if (!finished || !page.isOpen() || !$("hands-free").checked) return;
  waiting = setTimeout(() => { if (page.isOpen() && $("hands-free").checked && !utterance?.spoke) page.say("(silence)", true); }, ANSWER_MS);
}

function show(listening) {
  $("speak").setAttribute("aria-pressed", String(listening));
}
