// Chooses the one sentence under the ring.
//
// A cluster tells more than anybody can read. The caption shows the last event of the story, and lets each stand long
// enough to be read before another takes its place: a turning point longer than the rest, and the rest not so long that a
// turning point would be missed. Pure: it is handed what was told and the wall time, and keeps nothing; whoever asks
// keeps the answer for the next time.

/** @typedef {import('../src/wasm.js').EventLine} EventLine */

/**
 * How long a sentence stands before another may follow, in milliseconds of wall time: what stands, and what follows.
 * A turning point gives way to the next one sooner than to anything lesser, or the second would be told too late.
 */
export const STANDS = {
  turn: { turn: 700, story: 2500, detail: Infinity },
  story: { turn: 300, story: 1000, detail: Infinity },
  detail: { turn: 0, story: 0, detail: Infinity },
};
/** How often a screen reader is told while time goes on. */
export const SPOKEN_EVERY = 2000;

/** @typedef {{ line: EventLine, since: number }} Caption what is shown, and since when */

/**
 * A line as one sentence. Most texts go on where the name ends: `n5` and `leads from now on`. One that begins anew, with
 * a capital, is set apart from the name: `leader 1: Phase 2 for slot 8`.
 *
 * @param {{ who?: string, text: string }} line
 * @param {(id: string) => string} nameOf what a person calls a process
 */
export function sentenceOf({ who, text }, nameOf) {
  if (!who) return text;
  return `${nameOf(who)}${/^\p{Lu}/u.test(text) ? ':' : ''} ${text}`;
}

/**
 * @param {Caption | undefined} shown
 * @param {EventLine[]} lines everything that was told, oldest first
 * @param {number} wall
 * @param {boolean} playing a person who steps by hand wants to see each step at once
 * @returns {Caption | undefined} the same object where nothing changes
 */
export function nextCaption(shown, lines, wall, playing) {
  const last = shown?.line.number ?? 0;
  const fresh = lines.filter((line) => line.number > last && line.weight !== 'detail');
  const next = fresh.filter((line) => line.weight === 'turn').at(-1) ?? fresh.at(-1);
  if (!next) return shown;
  if (!shown || !playing) return { line: playing ? next : /** @type {EventLine} */ (fresh.at(-1)), since: wall };
  return wall - shown.since >= STANDS[shown.line.weight][next.weight] ? { line: next, since: wall } : shown;
}
