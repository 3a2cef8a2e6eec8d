// Turns wall time into virtual time.
//
// The page lives in two times: the browser's, in which frames come, and the cluster's, in which messages travel.
// The clock is the only place where one becomes the other. It knows how fast and whether time goes on at all; it
// refuses to know what happens in that time: no wasm, no DOM, and it is told what the browser's time is.

/** The slowest speed, as a factor of real time. */
export const SLOWEST = 1 / 1000;
/** The fastest speed. */
export const FASTEST = 10;
/** The speed at which the page opens: what takes a cluster 100 ms can be followed with the eye. */
export const ORDINARY = 1 / 20;

/** Speeds that the keys go through: 1, 2, 5 in each decade, so that each can be said in words. */
const NOTCHES = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

/** The longest pause between two frames that counts, in milliseconds: a hidden tab must not come back with a leap. */
const LONGEST_PAUSE = 100;

/**
 * A speed that can be had: the nearest one within the limits.
 *
 * @param {number} speed
 */
export const within = (speed) => Math.min(FASTEST, Math.max(SLOWEST, speed));

/**
 * The next faster (`by` = 1) or slower (`by` = -1) notch.
 *
 * @param {number} speed
 * @param {1 | -1} by
 */
export function notch(speed, by) {
  // A hair's breadth of tolerance: a slider's 10 ** -1.3 is meant to be the notch 0.05.
  if (by > 0) return NOTCHES.find((each) => each > speed * 1.01) ?? FASTEST;
  return NOTCHES.filter((each) => each < speed * 0.99).at(-1) ?? SLOWEST;
}

/**
 * Where a speed stands on a slider that is even in its logarithm: from -3 to 1.
 *
 * @param {number} speed
 */
export const positionOf = (speed) => Math.log10(speed);

/**
 * The speed at a place of the slider; near a notch it is the notch.
 *
 * @param {number} position
 */
export function speedAt(position) {
  const speed = within(10 ** position);
  return NOTCHES.find((each) => Math.abs(Math.log10(each) - position) < 0.024) ?? speed;
}

/**
 * A speed as people say it, in short and the rest of it: `1/20` and `of real time`, `2 ×` and `real time`.
 *
 * @param {number} speed
 * @returns {[short: string, rest: string]}
 */
export function speedText(speed) {
  if (speed >= 0.995) return [`${Number(speed.toPrecision(2))} ×`, 'real time'];
  return [`1/${Number((1 / speed).toPrecision(2))}`, 'of real time'];
}

/** Virtual time that follows wall time. */
export class Clock {
  /** What virtual time it is, in microseconds; a fraction is kept, so that slow speeds do not stand still. */
  now = 0;
  /** Whether time goes on. */
  playing = false;
  /** Whether it goes back. */
  backwards = false;
  #speed = ORDINARY;
  /** How much wall time passed in the last frame, in milliseconds. */
  passed = 0;
  /** @type {number | undefined} the wall time of the last frame; unknown after a pause */
  #wall;

  /** How fast, as a factor of real time. */
  get speed() {
    return this.#speed;
  }
  set speed(factor) {
    this.#speed = Number.isFinite(factor) ? within(factor) : ORDINARY;
  }

  /**
   * A frame has come: lets virtual time go on by what passed since the last one, and says what time it is.
   *
   * @param {number} wall the browser's time, in milliseconds
   */
  frame(wall) {
    const passed = this.#wall === undefined ? 0 : Math.max(0, Math.min(LONGEST_PAUSE, wall - this.#wall));
    this.#wall = this.playing ? wall : undefined;
    this.passed = this.playing ? passed : 0;
    if (this.playing) this.now = Math.max(0, this.now + passed * 1000 * this.#speed * (this.backwards ? -1 : 1));
    return this.now;
  }

  /**
   * Virtual time is now this: after a step that was not the clock's doing.
   *
   * @param {number} now
   */
  set(now) {
    this.now = now;
  }
}

/**
 * Whether the cluster has anything to do by `now`. Where it has not, nobody need ask it.
 *
 * @param {number | undefined} due when the next event is due
 * @param {number} now
 */
export const isDue = (due, now) => due !== undefined && due <= now;
