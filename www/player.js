// Plays a session: lets the clock drive the cluster, and does the things that move time by hand.
//
// Between two events the cluster stands still, so the wasm module is asked only in a frame by which something is due;
// where messages are meanwhile is arithmetic that the painter does from the clock's time. Before a person's step the
// cluster is brought to the very time that the person sees. It knows no DOM and draws nothing.
//
// Other sessions may play beside its own, in lockstep: they are always at the same time, and what a person does is done
// to each. What one of them cannot do it says, and the others do it all the same.

import { Clock, isDue } from './clock.js';

/** @typedef {import('./session.js').Session} Session */

/** How far before the first event a run opens, in virtual microseconds: enough to see it coming. */
const LEAD_IN = 10_000;
/** How many events "skip to what happens next" looks through: a second of a cluster that has nothing to do. */
const MANY = 200;

/** How long a line stands that takes no time of the cluster's: as long as this virtual time would last. */
const BEAT = 60_000;
/** But never shorter nor longer than so many milliseconds. */
const [SHORTEST, LONGEST] = [250, 2500];

/** @param {number} speed */
const restAt = (speed) => Math.min(LONGEST, Math.max(SHORTEST, BEAT / 1000 / speed));

/** The hand on the clock. */
export class Player {
  clock = new Clock();
  /** @type {number[]} when the promises were broken that time has been stopped for */
  #brokenAt = [];
  /** How long the picture stands until the next line is played that waits for the person, in milliseconds. */
  #rest = 0;
  /** @type {Session} */
  #session;
  /** @type {{ session: Session, onRefused(sentence: string): void }[]} what plays beside */
  #others = [];

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
   * Lets another session play beside.
   *
   * @param {Session} session
   * @param {(sentence: string) => void} onRefused called where it cannot do what a person does
   */
  join(session, onRefused) {
    this.#others.push({ session, onRefused });
    session.reach(this.clock.now);
  }

  /** From now on the player's own session plays alone. */
  leave() {
    this.#others = [];
  }

  get #all() {
    return [this.#session, ...this.#others.map(({ session }) => session)];
  }

  /** Brings those beside to the time of the player's own. */
  #align() {
    for (const { session } of this.#others) session.seekTime(this.clock.now);
  }

  /**
   * A frame: time goes on, and if anything was due it has happened afterwards.
   *
   * @param {number} wall
   */
  frame(wall) {
    const session = this.#session;
    this.clock.frame(wall);
    if (this.clock.playing && this.clock.backwards) this.#rewind();
    else if (this.clock.playing) this.#goOn();
    if (session.failure) this.clock.playing = false;
    this.#halt();
    return this.clock.now;
  }

  #goOn() {
    const session = this.#session;
    if (session.place.by_hand) {
      // Such a line takes no time of the cluster's, but whoever watches needs some to see what it did.
      this.clock.set(session.view.now);
      this.#rest -= this.clock.passed;
      if (this.#rest > 0) return;
      session.step();
      this.#rest = restAt(this.clock.speed);
      return;
    }
    for (const { session: other } of this.#others)
      if (isDue(other.view.due, this.clock.now)) other.reach(this.clock.now);
    const due = Math.min(session.view.due ?? Infinity, session.place.due ?? Infinity);
    if (!isDue(due, this.clock.now)) return;
    session.reach(this.clock.now);
    if (session.place.by_hand) this.#rest = restAt(this.clock.speed);
    if (session.place.by_hand) this.clock.set(session.view.now);
  }

  /** What has not happened yet at the time that is seen is taken back; at the start there is nothing left. */
  #rewind() {
    for (const session of this.#all) {
      if (this.clock.now < session.view.past.since) session.seekTime(this.clock.now);
    }
    if (this.clock.now <= 0) this.clock.playing = false;
  }

  /** A broken promise stops time, once: whoever wants to see what follows may play on. */
  #halt() {
    const at = this.#all.map(({ view }) => view.violation?.at).filter((each) => each !== undefined);
    const fresh = at.some((each) => !this.#brokenAt.includes(each));
    if (fresh) this.clock.playing = false;
    this.#brokenAt = at;
  }

  /** Plays, or pauses; who plays backwards goes on forwards. */
  toggle() {
    const forwards = this.clock.playing && !this.clock.backwards;
    this.#play(!forwards, false);
  }

  /** Plays backwards, or pauses. */
  reverse() {
    this.#play(!(this.clock.playing && this.clock.backwards), true);
  }

  /** @param {boolean} playing @param {boolean} backwards */
  #play(playing, backwards) {
    this.clock.playing = playing && !this.#session.failure;
    this.clock.backwards = backwards && this.clock.playing;
    this.#rest = 0;
  }

  /** Pauses, and lets one event happen. Whether there was one. */
  step() {
    this.#play(false, false);
    // Of all that play, the one with the next event has it.
    const due = (/** @type {Session} */ { view }) => view.due ?? Infinity;
    const next = this.#all.reduce((first, session) => (due(session) < due(first) ? session : first));
    const happened = next.step();
    this.#follow(next);
    return happened;
  }

  /** One event back. Whether there was one. */
  back() {
    this.#play(false, false);
    const last = this.#all.reduce((one, other) => (other.view.past.since > one.view.past.since ? other : one));
    const happened = last.back();
    this.clock.set(last.view.now);
    for (const session of this.#all) if (session !== last) session.seekTime(this.clock.now);
    return happened;
  }

  /** Takes the last step of the person back, wherever it was taken. @returns {string | undefined} why not */
  undo() {
    const { undo } = this.#session.view.past;
    return this.go((session) => {
      const refused = session.undo();
      const also = refused === undefined ? this.#others.filter(({ session: { view } }) => view.past.undo === undo) : [];
      for (const { session: other } of also) other.undo();
      return refused;
    });
  }

  /** Does again what was undone. @returns {string | undefined} why not */
  redo() {
    return this.go((session) => {
      const refused = session.redo();
      const also = refused === undefined ? this.#others.filter(({ session: { view } }) => view.past.redo) : [];
      for (const { session: other } of also) other.redo();
      return refused;
    });
  }

  /**
   * Pauses, and goes to another moment.
   *
   * @template T
   * @param {(session: Session) => T} where
   * @returns {T}
   */
  go(where) {
    this.#play(false, false);
    const answer = where(this.#session);
    this.clock.set(this.#session.view.now);
    this.#align();
    return answer;
  }

  /** Goes on to the next event that is part of the story. Whether one was found within reach. */
  skip() {
    const found = this.#session.stepToStory(MANY);
    this.#follow();
    return found;
  }

  /**
   * A question, at the time that the person sees.
   *
   * @template T
   * @param {(session: Session) => T} question
   * @returns {T}
   */
  see(question) {
    this.#session.reach(this.clock.now);
    return question(this.#session);
  }

  /**
   * A change by the person, at the time that the person sees.
   *
   * @template T
   * @param {(session: Session) => T} change what it answers is a sentence where it was refused
   * @param {Session} [own] the session that the person sees it done to
   * @returns {T}
   */
  act(change, own = this.#session) {
    // Whoever acts while time runs back wants to see what comes of it.
    this.clock.backwards = false;
    for (const session of this.#all) session.reach(this.clock.now);
    const answer = change(own);
    const isRefused = (/** @type {T} */ each) => typeof each === 'string' && each !== '';
    if (!isRefused(answer)) {
      if (own !== this.#session) change(this.#session);
      for (const { session, onRefused } of this.#others.filter((other) => other.session !== own)) {
        const refused = change(session);
        if (isRefused(refused)) onRefused(String(refused));
      }
    }
    this.#follow();
    return answer;
  }

  /** A cluster may have gone ahead of the clock, which never goes back; then the others go there, too. */
  #follow(ahead = this.#session) {
    this.clock.set(Math.max(this.clock.now, ahead.view.now));
    for (const session of this.#all) if (session !== ahead) session.reach(this.clock.now);
  }

  /** A new run opens shortly before its first event: nobody should watch a cluster wait. */
  open() {
    const session = this.#session;
    this.clock.backwards = false;
    this.#rest = 0;
    const begins = session.view.steps === 0 && session.story.lines.length === 0;
    if (begins && session.view.due !== undefined) session.reach(session.view.due - LEAD_IN);
    this.clock.set(session.view.now);
  }
}
