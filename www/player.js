// Plays a session: lets the clock drive the cluster, and does the things that move time by hand.
//
// Between two events the cluster stands still, so the wasm module is asked only in a frame by which something is due;
// where messages are meanwhile is arithmetic that the painter does from the clock's time. Before a person's step the
// cluster is brought to the very time that the person sees. It knows no DOM and draws nothing.

import { Clock, isDue } from './clock.js';

/** @typedef {import('./session.js').Session} Session */

/** How far before the first event a run opens, in virtual microseconds: enough to see it coming. */
const LEAD_IN = 10_000;
/** How many events "skip to what happens next" looks through: a second of a cluster that has nothing to do. */
const MANY = 200;

/** The hand on the clock. */
export class Player {
  clock = new Clock();
  /** @type {number | undefined} when the promise was broken that time has been stopped for */
  #brokenAt;
  /** @type {Session} */
  #session;

  /** @param {Session} session */
  constructor(session) {
    this.#session = session;
    this.clock.playing = true;
    this.open();
  }

  /** What time the person sees, in virtual microseconds. */
  get now() {
    return this.clock.now;
  }
  get playing() {
    return this.clock.playing;
  }

  /**
   * A frame: time goes on, and if anything was due it has happened afterwards.
   *
   * @param {number} wall
   */
  frame(wall) {
    const session = this.#session;
    const now = this.clock.frame(wall);
    if (this.clock.playing && isDue(session.view.due, now)) session.reach(now);
    if (session.failure) this.clock.playing = false;
    this.#halt();
    return now;
  }

  /** A broken promise stops time, once: whoever wants to see what follows may play on. */
  #halt() {
    const at = this.#session.view.violation?.at;
    if (at !== undefined && at !== this.#brokenAt) this.clock.playing = false;
    this.#brokenAt = at;
  }

  /** Plays, or pauses. */
  toggle() {
    this.clock.playing = !this.clock.playing && !this.#session.failure;
  }

  /** Pauses, and lets one event happen. Whether there was one. */
  step() {
    this.clock.playing = false;
    const happened = this.#session.step();
    this.#follow();
    return happened;
  }

  /** Goes on to the next event that is part of the story. Whether one was found within reach. */
  skip() {
    const found = this.#session.stepToStory(MANY);
    this.#follow();
    return found;
  }

  /**
   * A change by the person, at the time that the person sees.
   *
   * @template T
   * @param {(session: Session) => T} change
   * @returns {T}
   */
  act(change) {
    this.#session.reach(this.clock.now);
    const answer = change(this.#session);
    this.#follow();
    return answer;
  }

  /** The cluster may have gone ahead of the clock; the clock never goes back. */
  #follow() {
    this.clock.set(Math.max(this.clock.now, this.#session.view.now));
  }

  /** A new run opens shortly before its first event: nobody should watch a cluster wait. */
  open() {
    const session = this.#session;
    if (session.view.due !== undefined) session.reach(session.view.due - LEAD_IN);
    this.clock.set(session.view.now);
  }
}
