// The device: a speaker without a screen, or a screen drawn by the APL renderer in a frame of its own. Where the
// renderer is not installed, the screen's words stand there as text; they are in the list below it either way.

import { $, el, withNumbers } from "./dom.js";

const TALLEST = 560; // pixels a drawn screen may take on the page
const TALLEST_LARGE = 1000;

const dark = matchMedia("(prefers-color-scheme: dark)");

let onTouch = () => {};
let device = null; // {id, name, width, height, viewport}, or null for a speaker without a screen
let renderer = false;
let shown = null; // {apl} or {title, lines}
let frame = null;
let ready = false;
let waiting = [];
let large = false;

export function setUp(options) {
  onTouch = options.onTouch;
  renderer = options.renderer;
  addEventListener("message", fromFrame);
  new ResizeObserver(fit).observe($("stage"));
  dark.addEventListener("change", draw);
}

export function setDevice(next) {
  if (device && next && device.id === next.id) return;
  device = next;
  draw();
}

/** Show what a turn brought: its screen, or on a device with a screen its card, as Alexa does. */
export function show(turn) {
  if (turn.screen) shown = { apl: turn.screen };
  else if (turn.card && turn.card.content) shown = { title: turn.card.title, lines: turn.card.content.split(/\n+/) };
  else if (!turn.commands.length) return;
  if (turn.commands.length && shown && shown.apl) post(...turn.commands.map((d) => ({ kind: "commands", commands: d.commands })));
  if (!turn.commands.length) draw();
}

/** Give the device the whole width of the page, or its usual place. */
export function enlarge(wanted) {
  large = wanted;
  $("main").classList.toggle("large", large);
  fit();
}

export function clear() {
  shown = null;
  draw();
}

function draw() {
  const stage = $("stage");
  $("undrawn").hidden = !device || renderer;
  if (!device) {
    drop();
    stage.replaceChildren(el("div", { class: "speaker" }, el("span", { class: "cone", "aria-hidden": "true" }),
      el("p", {}, "A speaker without a screen. Everything is said aloud.")));
    list([]);
    return;
  }
  if (shown && shown.apl && renderer) {
    list(shown.apl.words);
    if (!frame) make();
    resize();
    post({ kind: "render", ...shown.apl, viewport: device.viewport, theme: dark.matches ? "dark" : "light" });
    return;
  }
  drop();
  const round = device.viewport.shape === "ROUND";
  const inner = el("div", { class: "words", tabindex: "0", role: "group", "aria-label": "On the screen" });
  if (!shown) inner.append(el("p", { class: "home" }, "The screen shows the answer here."));
  else if (shown.apl) inner.append(...shown.apl.words.map((line) => el("p", {}, ...withNumbers(line))));
  else inner.append(el("p", { class: "title" }, shown.title), ...shown.lines.map((line) => el("p", {}, ...withNumbers(line))));
  stage.replaceChildren(el("div", { class: round ? "bezel round" : "bezel" }, inner));
  list([]);
  fit();
}

// ---- the frame --------------------------------------------------------------------------------------------------

function make() {
  ready = false;
  waiting = [];
  frame = el("iframe", { src: "/apl-frame", sandbox: "allow-scripts", title: "The screen, drawn as the device would" });
  const round = device.viewport.shape === "ROUND";
  $("stage").replaceChildren(el("div", { class: round ? "bezel round" : "bezel" }, el("div", { class: "glass" }, frame)));
}

function resize() {
  $("stage").firstElementChild.className = device.viewport.shape === "ROUND" ? "bezel round" : "bezel";
  frame.width = device.width;
  frame.height = device.height;
  fit();
}

function drop() {
  frame = null;
  ready = false;
  waiting = [];
}

/** Make the device as large as its place on the page allows. */
function fit() {
  const bezel = $("stage").querySelector(".bezel");
  if (!bezel || !device) return;
  const scale = Math.min(($("stage").clientWidth - 28) / device.width, (large ? TALLEST_LARGE : TALLEST) / device.height, 1);
  const glass = bezel.firstElementChild;
  glass.style.width = `${Math.floor(device.width * scale)}px`;
  glass.style[glass.className === "words" && device.viewport.shape !== "ROUND" ? "minHeight" : "height"] =
    `${Math.floor(device.height * scale)}px`;
  if (frame) frame.style.transform = `scale(${scale})`;
}

function post(...messages) {
  if (!frame) return;
  if (!ready) waiting.push(...messages);
  else for (const message of messages) frame.contentWindow.postMessage(message, "*");
}

function fromFrame(message) {
  if (!frame || message.source !== frame.contentWindow || !message.data) return;
  const { kind, token } = message.data;
  if (kind === "ready") {
    ready = true;
    post(...waiting.splice(0));
  } else if (kind === "rendered") {
    list(message.data.words);
    $("stage").dataset.drawn = token;
  } else if (kind === "event") {
    onTouch(message.data.arguments, message.data.source);
  } else if (kind === "error") {
    console.warn(`screen: ${message.data.message}`);
    // What cannot be drawn can still be read.
    renderer = false;
    draw();
  }
}

function list(words) {
  $("screen-words").hidden = !words.length;
  $("screen-list").replaceChildren(...words.map((word) => el("li", {}, word)));
}
