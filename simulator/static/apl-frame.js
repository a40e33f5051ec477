// Draws APL documents with the real renderer, alone in a sandboxed frame: the renderer evaluates strings, so nothing
// else may share its page. The frame and the page around it talk by postMessage:
//
//   frame -> page   {kind: "ready"}                                 the renderer is up
//                   {kind: "rendered", token, words: [...], ms}     drawn, with the words on it from top to bottom
//                   {kind: "event", token, arguments, source}       something was touched
//                   {kind: "error", token, message}                 nothing was drawn, and why
//   page -> frame   {kind: "render", token, document, datasources, viewport, theme}
//                       a RenderDocument directive and the Viewport of the request's context: pixelWidth, pixelHeight,
//                       dpi, shape "ROUND" or "RECTANGLE", mode "HUB", "TV" or "MOBILE"; theme "dark" or "light"
//                   {kind: "commands", commands: [...]}             what an ExecuteCommands directive holds
//                   {kind: "clear"}                                 the screen goes dark
//
// What is sent before "ready" is drawn once the renderer is up; the last render wins.
// The frame's origin is opaque, so messages go to "*" and each side checks where they come from and their kind.
"use strict";

const page = window.parent;
let glass = document.getElementById("screen");
let renderer = null;
let queue = Promise.resolve();

const tell = (message) => page.postMessage(message, "*");

// The renderer brings @font-face rules that point at a CDN. Each is turned to the local face nearest in width before
// the browser sees it, so that nothing leaves the machine and the text is not drawn in a serif.
const LOCAL = {
  bold: "local('Liberation Sans Bold'), local('LiberationSans-Bold'), local('Arial Bold'), local('Arial-BoldMT')",
  plain: "local('Liberation Sans'), local('LiberationSans'), local('Arial'), local('ArialMT')",
};
const createTextNode = document.createTextNode.bind(document);
document.createTextNode = (text) =>
  createTextNode(
    String(text).replace(/@font-face\s*\{[^}]*cloudfront[^}]*\}/g, (rule) => {
      const bold = /font-weight:\s*(?:[6-9]00|bold)/.test(rule);
      return rule.replace(/src:[^;}]*/, `src: ${bold ? LOCAL.bold : LOCAL.plain}`);
    }),
  );

const clear = () => {
  if (renderer) renderer.destroy();
  renderer = null;
  // A new element each time: the old one keeps the renderer's listeners and the focus.
  const next = glass.cloneNode(false);
  next.removeAttribute("style");
  next.removeAttribute("tabindex");
  glass.replaceWith(next);
  glass = next;
};

// The words as the person sees them: one entry for each text component, top to bottom.
const words = () => {
  const texts = [];
  const walker = document.createTreeWalker(glass, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const holder = walker.currentNode.parentElement.closest("[id]") ?? walker.currentNode.parentElement;
    const last = texts.at(-1);
    if (last && last.holder === holder) last.text += walker.currentNode.data;
    else texts.push({ holder, text: walker.currentNode.data });
  }
  return texts.map(({ text }) => text.replace(/\s+/g, " ").trim()).filter(Boolean);
};

const painted = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));

const render = async ({ token, document: aplDocument, datasources, viewport, theme }) => {
  const began = performance.now();
  clear();
  const content = AplRenderer.Content.create(JSON.stringify(aplDocument));
  for (const name of aplDocument?.mainTemplate?.parameters ?? []) {
    content.addData(name, JSON.stringify(name === "payload" ? (datasources ?? {}) : (datasources?.[name] ?? {})));
  }
  const { pixelWidth: width, pixelHeight: height, dpi, shape, mode } = viewport;
  renderer = AplRenderer.default.create({
    content,
    view: glass,
    environment: { agentName: "rehearsal", agentVersion: "1.0", disallowVideo: true, allowOpenUrl: false },
    viewport: { width, height, dpi, isRound: shape === "ROUND" },
    theme: theme ?? "dark",
    mode: mode ?? "HUB",
    utcTime: Date.now(),
    localTimeAdjustment: -new Date().getTimezoneOffset() * 60_000,
    notLoadFonts: true,
    logLevel: "warn",
    onSendEvent: (event) =>
      tell({ kind: "event", token, arguments: [...(event.arguments ?? [])], source: { ...event.source } }),
  });
  await renderer.init();
  // The renderer drops mouse presses for half a second after a touch, and thinks that it was made by one.
  renderer.lastPointerEventTimestamp = 0;
  await document.fonts.ready;
  await painted();
  tell({ kind: "rendered", token, words: words(), ms: Math.round(performance.now() - began) });
};

const heard = {
  render,
  commands: async ({ commands }) => renderer?.executeCommands(JSON.stringify(commands)),
  clear: async () => clear(),
};

window.addEventListener("message", (event) => {
  const message = event.data;
  if (event.source !== page || !Object.hasOwn(heard, message?.kind)) return;
  // One after the other: a document must be gone before the next is drawn.
  queue = queue
    .then(() => heard[message.kind](message))
    .catch((error) => tell({ kind: "error", token: message.token, message: String(error?.message ?? error) }));
});

queue = new Promise((done, failed) => {
  const script = document.createElement("script");
  script.src = "/apl-frame/renderer.js";
  script.onload = () => AplRenderer.initEngine().then(done, failed);
  script.onerror = () => failed(new Error("the APL renderer is not installed: start the page with make run"));
  document.head.append(script);
}).then(() => tell({ kind: "ready" }));
queue.catch((error) => tell({ kind: "error", message: error.message }));
