// The microphone, and telling speech from silence. Sound is kept until it is written down, and then forgotten.

const WORKLET = "/static/microphone-worklet.js";
const WANTED_HZ = 16_000;
const FRAME_MS = 20;
const BEFORE_FRAMES = 15; // kept from before speech is noticed, or the first sound of a word is lost

export const TROUBLE = {
  NotAllowedError: "The browser may not use the microphone. You can type instead.",
  NotFoundError: "No microphone was found. You can type instead.",
  NotReadableError: "Another program is using the microphone. You can type instead.",
};

export const possible = () => Boolean(navigator.mediaDevices && window.AudioWorkletNode);

/** The open microphone: gives each frame to whoever `listener` is at the time. */
export class Microphone {
  listener = null;
  hz = 0;

  /** Throws an Error in words a person understands. */
  async open() {
    if (!this.opening) this.opening = this.#open().catch((error) => {
      this.close();
      throw new Error(TROUBLE[error.name] || "The microphone could not be opened. You can type instead.");
    });
    return this.opening;
  }

  async #open() {
    // The voice of this very page must not be heard as somebody talking; quiet people must be.
    this.stream = await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: true, noiseSuppression: false, autoGainControl: true },
    });
    try {
      await this.#connect(new AudioContext({ sampleRate: WANTED_HZ }));
    } catch {
      await this.#connect(new AudioContext()); // some browsers only take the rate the microphone has
    }
  }

  async #connect(context) {
    this.context?.close();
    this.context = context;
    const source = context.createMediaStreamSource(this.stream);
    await context.audioWorklet.addModule(WORKLET);
    const frames = new AudioWorkletNode(context, "frames");
    frames.port.onmessage = ({ data }) => this.listener?.(data);
    source.connect(frames).connect(context.destination); // it writes nothing there, but is only run when connected
    this.hz = context.sampleRate;
  }

  close() {
    this.opening = null;
    this.listener = null;
    for (const track of this.stream?.getTracks() || []) track.stop();
    this.context?.close();
    this.stream = this.context = null;
  }
}

/** Collects one utterance from frames, and tells where it begins and ends. */
export class Utterance {
  /** `pauseMs`: how long a silence ends it. `fromStart`: keep everything, as when a button is held. */
  constructor({ pauseMs, mostMs, fromStart = false }) {
    this.pauseMs = pauseMs;
    this.mostMs = mostMs;
    this.fromStart = fromStart;
    this.frames = [];
    this.loud = []; // whether each of the last frames was
    this.floor = 0.002; // how loud this room is when nobody talks
    this.spoke = false;
    this.quietMs = 0;
  }

  /** Take a frame; gives "began", "ended", "full" or "". `guarded`: the page itself is talking, so be harder to rouse. */
  take(frame, guarded = false) {
    this.frames.push(frame);
    if (!this.fromStart && !this.spoke && this.frames.length > BEFORE_FRAMES) this.frames.shift();
    const level = Math.sqrt(frame.reduce((sum, sample) => sum + sample * sample, 0) / frame.length);
    const loud = level > Math.max(0.006, this.floor * 3) * (guarded ? 2 : 1);
    if (!loud) this.floor += (level - this.floor) * 0.05;
    this.loud.push(loud);
    if (this.loud.length > (guarded ? 12 : 8)) this.loud.shift();
    this.quietMs = loud ? 0 : this.quietMs + FRAME_MS;
    if (this.frames.length * FRAME_MS >= this.mostMs) return "full";
    if (!this.spoke && this.loud.filter(Boolean).length >= (guarded ? 9 : 5)) {
      this.spoke = true;
      return "began";
    }
    return this.spoke && this.quietMs >= this.pauseMs ? "ended" : "";
  }

  /** Give what was collected as 16-bit samples. */
  sound(hz) {
    const all = new Int16Array(this.frames.reduce((count, frame) => count + frame.length, 0));
    let place = 0;
    for (const frame of this.frames) {
      for (const sample of frame) {
        all[place] = Math.max(-1, Math.min(1, sample)) * 32767;
        place += 1;
      }
    }
    return { pcm: all, hz };
  }
}
