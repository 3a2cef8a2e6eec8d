// The run as a line: which epoch was the highest when, where the turning points are, and where the person is.
//
// Everything here is arithmetic on times and on shares of the line's width, from 0 to 1. The line shows more time than
// is known, in steps that are rare: a run that grows moves the playhead, not the ground under it. This file knows
// neither the DOM nor a protocol; what an epoch is called is handed in, and it does not know how a mark is drawn.

import { epochClass } from './palette.js';

/** @typedef {import('../src/wasm.js').Strip} Strip */
/** @typedef {import('../src/wasm.js').Mark} Mark */
/** @typedef {import('../src/wasm.js').Stretch} Stretch */
/** @typedef {import('../src/wasm.js').Landmark} Landmark */

/** @typedef {{ from: number, to: number, colour: string, label: string }} Band  `label` is empty where it has no room. */
/** @typedef {{ at: number, kind: Landmark, time: number, title: string }} Spike  `time` is when, `at` where. */
/** @typedef {{ at: number, text: string }} Tick */
/** @typedef {{ length: number, bands: Band[], spikes: Spike[], ticks: Tick[], end: number, head: number }} Shapes */

/**
 * How large things are that this file cannot measure, in pixels.
 * @typedef {{ width: number, letter: number }} Room  `letter`: how wide a digit is
 */

/** No line shows less than this, in microseconds: the first events of a run would tear across it. */
export const LEAST = 500_000;

/** What is free behind the end at least, and when the line has just grown, as shares of what is known. */
const HEAD_ROOM = { least: 1.04, fresh: 1.2 };
/** A line that is this many times longer than what is known, after a change of the branch say, is shortened. */
const TOO_LONG = 4;
/** The lengths that a line may have, in each decade. */
const LENGTHS = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];
/** Around a label, in letters. */
const PADDING = 1.2;

/** What lies under what: where two marks meet, the rarer one is seen. @type {Landmark[]} */
export const LAYERS = ['commit', 'network', 'crash', 'leader', 'violation'];

/** How marks are told, one alone and many. @type {Record<Landmark, [one: string, many: string]>} */
const WORDS = {
  leader: ['a leader', 'leaders'],
  commit: ['a commit', 'commits'],
  crash: ['a crash or restart', 'crashes or restarts'],
  network: ['a change of the network', 'changes of the network'],
  violation: ['a violation', 'violations'],
};

/**
 * How much time the line shows.
 *
 * @param {number} end up to which time anything is known
 * @param {number} [held] how much it has shown so far: this is kept as long as it fits
 */
export function lengthFor(end, held = 0) {
  if (held >= Math.max(LEAST, end * HEAD_ROOM.least) && held <= Math.max(LEAST, end * TOO_LONG)) return held;
  const wanted = Math.max(LEAST, end * HEAD_ROOM.fresh);
  const decade = 10 ** Math.floor(Math.log10(wanted));
  // A hair's breadth of tolerance, since a decade such as 0.1 is not exact.
  return Math.round((LENGTHS.find((each) => each * decade >= wanted * 0.999999) ?? 10) * decade);
}

/**
 * Times at distances of 1, 2 or 5 that are far enough apart to be written.
 *
 * @param {number} length of the line, in microseconds
 * @param {Room} room
 * @returns {Tick[]}
 */
export function ticksOf(length, { width, letter }) {
  // The longest text: as many digits as the end of the line has, and what is behind the point.
  const least = (length / Math.max(width, 1)) * letter * (String(Math.floor(length / 1e6)).length + 7);
  const decade = 10 ** Math.floor(Math.log10(least));
  const apart = Math.max(1, ([1, 2, 5].find((each) => each * decade >= least) ?? 10) * decade);
  const digits = Math.min(6, Math.max(0, 6 - Math.floor(Math.log10(apart) + 1e-9)));
  const count = Math.floor(length / apart + 1e-9) + 1;
  return Array.from({ length: count }, (_, i) => {
    const text = i === 0 ? '0' : `${((i * apart) / 1e6).toFixed(digits)} s`;
    return { at: (i * apart) / length, text };
  }).filter(({ at, text }) => at * width + (text.length + 0.5) * letter <= width);
}

/**
 * A time as it can be told apart on a line of this length: `1.20 s`.
 *
 * @param {number} micros
 * @param {number} length
 */
export function timeOn(micros, length) {
  const digits = Math.min(3, Math.max(0, Math.ceil(Math.log10(500e6 / length) - 1e-9)));
  return `${(micros / 1e6).toFixed(digits)} s`;
}

/** Where a time is on the line, from 0 to 1. @param {number} micros @param {number} length */
export const placeOf = (micros, length) => Math.min(1, Math.max(0, micros / length));

/** The time at a place of the line, whatever lies beyond its ends being its ends. @param {number} at @param {number} length */
export const timeAt = (at, length) => Math.round(Math.min(1, Math.max(0, at)) * length);

/**
 * Everything that is drawn.
 *
 * @param {Strip} strip
 * @param {number} now what time the person sees
 * @param {number} length how much time the line shows
 * @param {Room} room
 * @param {string} epoch what an epoch is called
 * @returns {Shapes}
 */
export function shapesOf(strip, now, length, room, epoch) {
  const end = placeOf(Math.max(strip.end, now), length);
  const starts = [{ at: 0, epoch: undefined }, ...strip.stretches];
  const bands = starts
    .map(({ at, epoch: which }, i) => {
      const from = placeOf(at, length);
      const to = i + 1 < starts.length ? placeOf(starts[i + 1].at, length) : end;
      return {
        from,
        to,
        colour: epochClass(which),
        label: labelOf(which?.text ?? '', epoch, (to - from) * room.width, room),
      };
    })
    .filter(({ from, to }) => to > from);
  const spikes = [...strip.marks]
    .sort((a, b) => LAYERS.indexOf(a.kind) - LAYERS.indexOf(b.kind))
    .map((mark) => ({ at: placeOf(mark.at, length), kind: mark.kind, time: mark.at, title: titleOf(mark, length) }));
  return { length, bands, spikes, ticks: ticksOf(length, room), end, head: placeOf(now, length) };
}

/**
 * What is written on a stretch: the epoch with its word, or alone, or nothing.
 *
 * @param {string} text
 * @param {string} word what an epoch is called
 * @param {number} width in pixels
 * @param {Room} room
 */
function labelOf(text, word, width, { letter }) {
  if (text === '') return '';
  const fits = (/** @type {string} */ label) => (label.length + PADDING) * letter <= width;
  return [`${word} ${text}`.trim(), text].find(fits) ?? '';
}

/**
 * A mark in words: `a leader at 1.20 s`, `12 commits near 3.40 s`.
 *
 * @param {Mark} mark
 * @param {number} length
 */
export function titleOf({ at, kind, count }, length) {
  const [one, many] = WORDS[kind];
  const when = timeOn(at, length);
  return count === 1 ? `${one} at ${when}` : `${count.toLocaleString('en')} ${many} near ${when}`;
}

/**
 * The mark that is meant by a place of the line, if there is one within reach: the rarer, and of equals the nearer one.
 *
 * @param {Spike[]} spikes
 * @param {number} at
 * @param {number} reach a share of the line
 */
export function spikeNear(spikes, at, reach) {
  const far = (/** @type {Spike} */ spike) => Math.abs(spike.at - at);
  const rare = (/** @type {Spike} */ spike) => LAYERS.indexOf(spike.kind);
  const near = spikes.filter((spike) => far(spike) <= reach);
  return near.sort((a, b) => rare(b) - rare(a) || far(a) - far(b)).at(0);
}

/** The epoch that is the highest at a time. @param {Stretch[]} stretches @param {number} now */
export const epochAt = (stretches, now) => stretches.filter(({ at }) => at <= now).at(-1)?.epoch;

/**
 * Where the person is, in words, for whoever hears the line rather than sees it.
 *
 * @param {Strip} strip
 * @param {number} now
 * @param {number} length
 * @param {string} word what an epoch is called
 * @param {boolean} live whether this is the end of what is known
 * @param {string} [mark] a mark that is here, in words
 */
export function valueText(strip, now, length, word, live, mark) {
  const epoch = epochAt(strip.stretches, now);
  const parts = [`${timeOn(now, length)} of ${timeOn(Math.max(strip.end, now), length)}`];
  if (epoch) parts.push(`${word} ${epoch.text}`.trim());
  if (mark) parts.push(mark);
  if (!live) parts.push('in the past');
  return parts.join(', ');
}

/**
 * Where a key of a slider goes to; nothing where it is not one of its keys.
 *
 * @param {string} key as `KeyboardEvent.key` names it
 * @param {number} now
 * @param {number} end up to which time anything is known
 * @param {number} length
 * @returns {number | undefined}
 */
export function timeOfKey(key, now, end, length) {
  const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 };
  if (key === 'Home') return 0;
  // The end is where the run has come to: what is beyond is not there to be looked at.
  if (key === 'End') return Math.max(end, now);
  if (!Object.hasOwn(steps, key)) return undefined;
  const by = steps[/** @type {keyof typeof steps} */ (key)];
  return timeAt(now / length + by / 100, length);
}
