// Chooses the one sentence under the ring.
//
// A cluster tells more than anybody can read. The caption shows the last event of the story, and lets a turning point
// stand long enough to be read before something lesser takes its place. Pure: it is handed what was told and the wall
// time, and keeps nothing; whoever asks keeps the answer for the next time.

/** @typedef {import('../src/wasm.js').EventLine} EventLine */

/** How long a turning point stands before a lesser event may follow, in milliseconds of wall time. */
export const TURN_STANDS = 1500;
/** How long it stands before another turning point may follow. */
export const TURN_STANDS_TURN = 500;
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
  const stands = shown.line.weight !== 'turn' ? 0 : next.weight === 'turn' ? TURN_STANDS_TURN : TURN_STANDS;
  return wall - shown.since >= stands ? { line: next, since: wall } : shown;
}
