// A voice and a recogniser served from this computer (`make run-voice`). Where there are none, `found` says how to get them.

let about = { on: false, note: "" };
let turn = 0; // each new thing said makes the one before it stop
let player = null;
let playing = null;
const quietened = [];

/** What the rehearsal says about its voice: {on, note} or {on, languages, ...}. Never fails. */
export const found = fetch("/api/voice").then((answer) => (answer.ok ? answer.json() : about)).catch(() => about)
  .then((said) => { about = said; return said; });

export const covers = (lang) => Boolean(about.on && about.languages.includes((lang || "").split("-")[0]));
export const on = () => about.on;
export const speaking = () => Boolean(playing);

/** Call back each time the voice falls silent: with true when everything was said, false when it was stopped. */
export const whenQuiet = (callback) => quietened.push(callback);

/** Write down a recording, {pcm: Int16Array, hz}; gives the words, or "". Throws an Error in words a person understands. */
export async function hear({ pcm, hz }) {
  let answer;
  try {
    answer = await fetch(`/api/voice/hear?hz=${hz}`, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: pcm });
  } catch {
    throw new Error("The rehearsal does not answer. Is it still running in its terminal window?");
  }
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.error || "That could not be heard. You can type instead.");
  return said.heard;
}

export function hush() {
  turn += 1;
  if (playing) playing.stop();
}

/** Say pieces ({say, rate} and {rest}); true when all was said, false when it was stopped or could not be. */
export async function speak(pieces) {
  hush();
  const mine = turn;
  if (!pieces.length) return true;
  let good = false;
  try {
    const answer = await fetch("/api/voice/speak", {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ aloud: pieces }),
    });
    if (!answer.ok) return false;
    player ||= new AudioContext();
    const sound = await player.decodeAudioData(await answer.arrayBuffer());
    // Before anything on the page was pressed, a browser keeps it silent, and would for ever.
    if (player.state !== "running") await Promise.race([player.resume(), new Promise((late) => setTimeout(late, 500))]);
    if (mine !== turn || player.state !== "running") return false;
    good = await play(sound) && mine === turn;
    return good;
  } catch {
    return false;
  } finally {
    for (const callback of quietened) callback(good);
  }
}

function play(sound) {
  return new Promise((done) => {
    const source = player.createBufferSource();
    source.buffer = sound;
    source.connect(player.destination);
    source.onended = () => {
      if (playing === source) playing = null;
      done(true);
    };
    playing = source;
    source.start();
  });
}
