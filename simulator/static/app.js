// The rehearsal page: what is said goes to a room of this page's own, and what comes back is shown.

import { $, el, withNumbers } from "./dom.js";
import * as screen from "./screen.js";
import { fromLink, linkTo, saveFile } from "./share.js";
import * as talk from "./talk.js";
import * as voice from "./voice.js";

const SWITCHES = {
  permission: "Permission to see the mobile number is",
  consent: "When Alexa asks for it, the person says",
  account: "The number on the Alexa account is",
  speaker: "The speaker’s voice is",
  outcome: "The texting service",
  locale: "Language",
};
const WHOSE = { account: "the phone on this Alexa account", speaker: "the speaker’s own phone", other: "a phone named aloud" };
const ANSWERED = { accepted: "yes", denied: "no", not_answered: "nothing" };
const KEPT = "rehearsal";

let room = "";
let world = null;
let state = null;
let turns = [];
let last = Promise.resolve(); // what was asked of the room goes one after the other

// ---- the room ---------------------------------------------------------------------------------------------------

async function post(path, body) {
  let answer;
  try {
    answer = await fetch(path, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
  } catch {
    throw new Error("The rehearsal does not answer. Is it still running in its terminal window?");
  }
  const found = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(found.error || "Something went wrong."), { status: answer.status });
  return found;
}

async function inRoom(action, body) {
  try {
    return await post(`/api/rooms/${room}/${action}`, body);
  } catch (error) {
    if (error.status !== 410) throw error;
    // The rehearsal was started anew, or this room made way for others: do again what was done here.
    const found = await post("/api/rooms", { given: state.given, steps: state.steps });
    room = found.room;
    return post(`/api/rooms/${room}/${action}`, body);
  }
}

/** Do one thing after whatever is still being done; trouble is told in words. */
function next(job) {
  last = last.then(async () => {
    tell("");
    try {
      await job();
    } catch (error) {
      tell(error.message);
    }
  });
  return last;
}

async function enter(kept) {
  const found = await post("/api/rooms", kept);
  room = found.room;
  turns = [];
  $("log").replaceChildren();
  $("log").dataset.turns = "0";
  $("card").replaceChildren(el("p", { class: "empty" }, "Cards appear here when an answer has one."));
  $("inside-body").replaceChildren(el("p", { class: "quiet" }, "Nothing was said yet."));
  if (!world) {
    world = found.world;
    screen.setUp({ renderer: world.renderer, onTouch: touch });
    offerSwitches();
  }
  screen.clear();
  take(found);
  if (!turns.length) $("log").append(el("p", { class: "empty" }, "Nothing was said yet. Ask a question below, or choose one of those offered."));
}

/** Take in what came back: turns first, for they are waited for. */
function take(found, mine) {
  state = found.state;
  const fresh = found.turns;
  for (const turn of fresh) {
    turns.push(turn);
    addTurn(turn, turn === fresh[0] ? mine : null);
  }
  showState();
  keepBoxInSight();
  for (const turn of fresh) screen.show(turn);
  if (fresh.length) lookInside(turns.length - 1);
  $("log").dataset.turns = String(turns.length);
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ given: state.given, steps: state.steps }));
  } catch { /* a private window may forbid it; the conversation is then lost on reload */ }
}

// ---- talking ----------------------------------------------------------------------------------------------------

function say(text, byVoice = false) {
  const words = text.trim();
  if (!words) {
    tell("Type something to say, or press “Stay silent”.");
    return;
  }
  voice.hush();
  const mine = words === "(silence)" ? el("p", { class: "you note" }, "You stay silent.") : youSaid(words);
  const show = () => {
    $("log").querySelector(".empty")?.remove();
    $("log").append(mine);
    toEnd();
    keepBoxInSight();
  };
  if (room) show(); // at once, unless the room is still being made
  next(async () => {
    if (!mine.isConnected) show();
    try {
      const found = await inRoom("say", { text: words });
      take(found, mine);
      if (byVoice || $("aloud").checked) await aloud(found.turns);
    } catch (error) {
      mine.remove();
      throw error;
    }
  });
}

const touch = (args, source) => next(async () => {
  const found = await inRoom("touch", { arguments: args, source });
  take(found);
  if ($("aloud").checked) await aloud(found.turns);
});

function aloud(spoken) {
  // Not awaited by what is said next: a new sentence stops the voice.
  if (!voice.canSpeak()) return;
  $("hush").hidden = false;
  voice.speak(spoken.flatMap((turn) => turn.aloud), state.situation.locale).then(() => { $("hush").hidden = true; });
}

const youSaid = (words) => el("p", { class: "you" }, el("span", { class: "who" }, "You"), words);

function addTurn(turn, mine) {
  const log = $("log");
  log.querySelector(".empty")?.remove();
  if (turn.kind === "alexa") {
    const answer = ANSWERED[(turn.request.request?.cause?.result?.permissionScopes?.[0]?.status || "").toLowerCase()];
    log.append(el("p", { class: "note" }, `Alexa itself asks for permission to see the mobile number. The person says ${answer || "nothing"}.`));
  } else if (!mine) {
    log.append(turn.kind === "silence" ? el("p", { class: "you note" }, "You stay silent.")
      : turn.kind === "touched" ? el("p", { class: "you note" }, "You touch the screen.") : youSaid(turn.said));
  }
  const place = turns.length - 1;
  if (turn.speech) {
    log.append(el("div", { class: "guide", lang: turn.request.request?.locale },
      el("span", { class: "who" }, "Guide"), el("p", {}, ...withNumbers(turn.speech)),
      el("div", { class: "under", "aria-live": "off" },
        el("span", {}, `${turn.seconds} seconds of speech`),
        el("button", { type: "button", class: "plain hear", hidden: !voice.canSpeak(), onclick: () => aloud([turn]) }, "Hear it"),
        el("button", { type: "button", class: "plain", onclick: () => { lookInside(place); $("inside").open = true; $("inside").querySelector("summary").focus(); } }, "Look inside"))));
  }
  for (const text of turn.texts) log.append(el("p", { class: "note text" }, ...withNumbers(`A text arrives on ${WHOSE[text.whose]}, ${text.shown}.`)));
  if (!turn.open && !turn.asks_alexa) log.append(el("p", { class: "note" }, "The conversation is over. Whatever you say next begins a new one."));
  showCard(turn.card);
  toEnd();
}

/** Scroll to the end, but never past the beginning of the newest reply. */
function toEnd() {
  const log = $("log");
  const newest = [...log.querySelectorAll(":scope > .guide")].at(-1);
  const waiting = log.lastElementChild?.classList.contains("you");
  log.scrollTop = newest && !waiting ? newest.offsetTop - 8 : log.scrollHeight;
}

/** The log grows and pushes the box down: keep the box in sight where the reply stays in sight with it. */
function keepBoxInSight() {
  if (document.activeElement === $("say") && innerHeight > 600) $("say").scrollIntoView({ block: "nearest" });
}

function tell(words) {
  $("status").textContent = words;
}

// ---- beside the conversation ------------------------------------------------------------------------------------

function showState() {
  const { situation, open, suggestions, texts } = state;
  $("ear").dataset.state = open ? "open" : turns.length ? "over" : "idle";
  $("ear-words").textContent = open ? "The microphone is open: it is your turn."
    : turns.length ? "The microphone is closed." : "Ready when you are.";
  $("suggestions").replaceChildren(...suggestions.map((words) =>
    el("li", {}, el("button", { type: "button", class: "chip", onclick: () => { say(words); $("say").focus(); } }, words))));
  showTexts(texts);
  for (const select of document.querySelectorAll("select[data-set]")) select.value = situation[select.dataset.set];
  const found = world.screens[situation.device];
  screen.setDevice(found ? { id: situation.device, ...found } : null);
  const changed = Object.keys(SWITCHES).filter((name) => situation[name] !== world.defaults[name]).length;
  $("situation-now").textContent = changed ? `(${changed} changed)` : "";
  $("ahead").textContent = state.hours_ahead ? `The skill’s clock is ${state.hours_ahead} hours ahead.` : "";
  $("link").value = linkTo({ given: state.given, steps: state.steps });
  $("speak").lang = situation.locale;
}

function showTexts(texts) {
  const box = $("messages");
  if (!texts.length) {
    box.replaceChildren(el("p", { class: "empty" }, "No text yet. When the guide offers one, say yes. Or ask for it: text me the number."));
    return;
  }
  const rows = [];
  let to = "";
  for (const text of texts) {
    if (text.to !== to) rows.push(el("p", { class: "to" }, ...withNumbers(`${text.shown}, ${WHOSE[text.whose]}`)));
    to = text.to;
    rows.push(el("p", { class: "message" }, ...withNumbers(text.body)));
  }
  box.replaceChildren(...rows);
  box.scrollTop = box.scrollHeight;
}

function showCard(card) {
  if (!card) return;
  const asks = card.type === "AskForPermissionsConsent";
  $("card").replaceChildren(
    el("h3", {}, asks ? "Second Opinion Guide asks for permission" : card.title || ""),
    ...(asks ? ["It would like to see your mobile number, to text it the helpline’s number."] : (card.content || card.text || "").split(/\n+/))
      .map((line) => el("p", {}, ...withNumbers(line))));
  if (asks) $("card").append(el("button", { type: "button", class: "second", onclick: () => set({ permission: "granted" }, "Permission is given now.") }, "Allow"));
}

function lookInside(place) {
  const turn = turns[place];
  const { understood, listening } = turn;
  const rows = [
    ["Said", turn.said],
    ["Understood as", [understood.name, understood.topic && `(${understood.topic})`, understood.intent && `by ${understood.intent}, ${understood.how}`].filter(Boolean).join(" ")],
    ...Object.entries(understood.slots).map(([name, value]) => [`Slot ${name}`, value]),
  ];
  if (listening) {
    const made = { sure: `sure of ${listening.name} (${listening.label})`, unsure: `unsure between ${listening.choices.join(", ")}`, none: "nothing of ours" };
    rows.push([listening.free ? "Our own listening decided" : "Our own listening would have said",
      `“${listening.words}”: ${made[listening.outcome] || listening.outcome}`
      // Scores, not chances: what counts is by how much the best is ahead.
      + `. The best guess is ${Math.abs(listening.confidence)} ${listening.confidence < 0 ? "behind" : "ahead of"} “not ours”`
      + (listening.runner_up ? ` and ${listening.lead} ahead of the runner-up, ${listening.runner_up}.` : "."),
    ]);
  }
  rows.push(["Entries of content", turn.keys.join(", ") || "none"]);
  if (turn.reprompt) rows.push(["After a silence", turn.reprompt]);
  rows.push(["Speech", `${turn.seconds} seconds, by our estimate`]);
  const json = (title, value) => el("details", {}, el("summary", {}, title),
    el("pre", { tabindex: "0", role: "group", "aria-label": title }, JSON.stringify(value, null, 1)));
  $("inside-body").replaceChildren(
    el("dl", {}, ...rows.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])),
    json("The request Alexa sends", turn.request), json("The response of the skill", turn.response));
}

// ---- settings ---------------------------------------------------------------------------------------------------

const set = (wanted, words) => next(async () => {
  if ("locale" in wanted) {
    await enter({ given: { ...state.situation, ...wanted } });
    return;
  }
  take(await inRoom("set", wanted));
  if (words) tell(words);
});

const options = (list) => list.map(({ id, name }) => el("option", { value: id }, name));

function offerSwitches() {
  const { choices, usual } = world;
  $("device").append(
    el("optgroup", { label: "Usual" }, ...options(choices.device.filter(({ id }) => usual.includes(id)))),
    el("optgroup", { label: "Others" }, ...options(choices.device.filter(({ id }) => !usual.includes(id)))));
  for (const [name, words] of Object.entries(SWITCHES)) {
    if (choices[name].length < 2) continue;
    $("switches").append(el("div", { class: "switch" }, el("label", { for: `set-${name}` }, words),
      el("select", { id: `set-${name}`, "data-set": name }, ...options(choices[name]))));
  }
  for (const select of document.querySelectorAll("select[data-set]")) {
    select.addEventListener("change", () => set({ [select.dataset.set]: select.value }));
  }
}

// ---- voice ------------------------------------------------------------------------------------------------------

function offerVoice() {
  const can = voice.canSpeak();
  $("aloud").disabled = !can;
  $("voice-note").hidden = can;
  $("voice-note").textContent = can ? "" : "This browser has no voice, so replies are read, not heard.";
  for (const button of document.querySelectorAll(".hear")) button.hidden = !can;
}

function offerHearing() {
  if (!voice.canHear()) return;
  $("speak").hidden = false;
  $("speak-note").hidden = false;
  $("speak-note").textContent = "If you speak, your browser turns the sound into words, and may use its maker’s service for it. What you type stays here.";
  $("speak").addEventListener("click", async () => {
    if ($("speak").getAttribute("aria-pressed") === "true") {
      voice.stopHearing();
      return;
    }
    voice.hush();
    tell("Listening: speak now.");
    $("speak").setAttribute("aria-pressed", "true");
    try {
      const words = await voice.hear(state.situation.locale);
      tell("");
      say(words, true);
    } catch (error) {
      tell(error.message);
    } finally {
      $("speak").setAttribute("aria-pressed", "false");
    }
  });
}

// ---- beginning --------------------------------------------------------------------------------------------------

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const words = $("say").value;
  $("say").value = "";
  say(words);
});
$("silent").addEventListener("click", () => (state?.open ? say("(silence)")
  : tell("No conversation is open, so there is nothing to stay silent to.")));
$("hush").addEventListener("click", voice.hush);
$("again").addEventListener("click", () => next(async () => {
  voice.hush();
  await enter({ given: state.situation });
  tell("Started again.");
  $("say").focus();
}));
for (const button of document.querySelectorAll("[data-wait]")) {
  button.addEventListener("click", () => next(async () => {
    take(await inRoom("wait", { hours: Number(button.dataset.wait) }));
    tell(`${button.textContent} passes.`);
  }));
}
$("larger").addEventListener("click", () => {
  const large = $("larger").getAttribute("aria-pressed") !== "true";
  $("larger").setAttribute("aria-pressed", String(large));
  screen.enlarge(large);
});
$("copy").addEventListener("click", async () => {
  $("link").select();
  try {
    await navigator.clipboard.writeText($("link").value);
    tell("The link is copied.");
  } catch {
    tell("The link is marked: copy it with the keyboard.");
  }
});
$("save").addEventListener("click", () => next(async () => {
  const name = $("test-name").value.trim() || "from the rehearsal page";
  const { yaml } = await inRoom("dialog", { name });
  saveFile(`${name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || "conversation"}.yaml`, yaml);
  tell("The test file is saved.");
}));
addEventListener("keydown", (event) => {
  if (event.key === "Escape") voice.hush();
});
try {
  $("aloud").checked = localStorage.getItem("aloud") === "yes";
} catch { /* a private window may forbid it */ }
$("aloud").addEventListener("change", () => {
  if (!$("aloud").checked) voice.hush();
  try {
    localStorage.setItem("aloud", $("aloud").checked ? "yes" : "no");
  } catch { /* not kept then */ }
});
voice.whenVoicesChange(offerVoice);
offerVoice();
offerHearing();
talk.setUp({ say, tell, hush: voice.hush, locale: () => state?.situation.locale || "en-US", isOpen: () => Boolean(state?.open) });

/** Begin with what the link holds, else with what this tab kept, else anew. */
function begin() {
  return next(async () => {
    let kept = {};
    let trouble = "";
    try {
      kept = fromLink(location.hash) || JSON.parse(sessionStorage.getItem(KEPT)) || {};
    } catch {
      trouble = location.hash ? "The link is broken, so this is a new conversation." : "";
    }
    if (location.hash) history.replaceState(null, "", location.pathname);
    try {
      await enter(kept);
    } catch (error) {
      if (!error.status) throw error;
      trouble = error.message;
      await enter({});
    }
    tell(trouble);
    document.documentElement.dataset.ready = "yes";
  });
}
addEventListener("hashchange", () => { if (/^#(c|say)=./.test(location.hash)) begin(); }); // not the skip link's
begin();
