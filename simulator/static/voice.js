// Speaking and hearing with what the browser has. Both may be missing, and then typing and reading do everything.
// A voice served from this computer is better than the browser's own where there is one.

import * as local from "./local-voice.js";

const Recognition = window.SpeechRecognition || window.webkitSpeechRecognition;
const synthesis = window.speechSynthesis;

export const TROUBLE = {
  "not-allowed": "The browser may not use the microphone. You can type instead.",
  "service-not-allowed": "The browser may not use its speech service. You can type instead.",
  "audio-capture": "No microphone was found. You can type instead.",
  "no-speech": "Nothing was heard. Try again, or type.",
  "network": "The browser’s speech service cannot be reached. You can type instead.",
  "language-not-supported": "The browser does not understand this language. You can type instead.",
};

// ---- speaking ---------------------------------------------------------------------------------------------------

let turn = 0; // each new thing said makes the one before it stop

export const canSpeak = () => local.on() || Boolean(synthesis && window.SpeechSynthesisUtterance && synthesis.getVoices().length);

/** Call back whenever the browser's voices may have changed; they often arrive late. */
export function whenVoicesChange(callback) {
  if (synthesis && synthesis.addEventListener) synthesis.addEventListener("voiceschanged", callback);
  local.found.then(callback);
}

export function hush() {
  turn += 1;
  local.hush();
  if (synthesis) synthesis.cancel();
}

/** Say pieces ({say, rate} and {rest}) one after the other; true when all were said, false when stopped or broken. */
export async function speak(pieces, lang) {
  hush();
  if (local.covers(lang)) return local.speak(pieces);
  const mine = turn;
  for (const piece of pieces) {
    const good = "rest" in piece ? await rest(piece.rest) : await utter(piece, lang);
    if (mine !== turn || !good) return false;
  }
  return true;
}

const rest = (ms) => new Promise((done) => setTimeout(() => done(true), ms));

function utter({ say, rate }, lang) {
  return new Promise((done) => {
    const spoken = new SpeechSynthesisUtterance(say);
    spoken.lang = lang;
    spoken.rate = rate;
    // Some browsers never tell the end; nobody speaks slower than a word in two seconds.
    const late = setTimeout(() => done(true), 3000 + (say.split(" ").length * 2000) / rate);
    const end = (good) => { clearTimeout(late); done(good); };
    spoken.onend = () => end(true);
    spoken.onerror = () => end(false);
    synthesis.speak(spoken);
  });
}

// ---- hearing ----------------------------------------------------------------------------------------------------

export const canHear = () => Boolean(Recognition);

let hearing = null;

export function stopHearing() {
  if (hearing) hearing.abort();
}

/** Hear one sentence; gives its words. Throws an Error in words a person understands. */
export async function hear(lang) {
  const heard = new Recognition();
  heard.lang = lang;
  heard.interimResults = false;
  heard.maxAlternatives = 1;
  // Where the browser can do it on this machine, nothing leaves the machine.
  if (Recognition.available && (await Recognition.available({ langs: [lang], processLocally: true })
    .catch(() => "unavailable")) === "available") heard.processLocally = true;
  hearing = heard;
  try {
    return await new Promise((done, fail) => {
      heard.onresult = (event) => done(event.results[0][0].transcript);
      heard.onerror = (event) => fail(new Error(event.error === "aborted" ? ""
        : TROUBLE[event.error] || "The browser could not hear. You can type instead."));
      heard.onend = () => fail(new Error(TROUBLE["no-speech"]));
      heard.start();
    });
  } finally {
    hearing = null;
  }
}
