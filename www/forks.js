// The branches of a run, and what two of them have not in common, in words and as a tree.
//
// Pure: it is handed what the core tells of the branches. It knows neither the DOM nor what happens on a branch; steps
// come as their texts.

import { counted, moment } from './format.js';

/** @typedef {import('../src/wasm.js').Branch} Branch */
/** @typedef {import('../src/wasm.js').Difference} Difference */
/** @typedef {import('../src/wasm.js').Parting} Parting */
/** @typedef {{ branch: Branch, forks: Fork[] }} Fork  a branch with what was forked from it */

/**
 * The branches as a tree; whose parent is gone is a root.
 *
 * @param {Branch[]} branches
 * @returns {Fork[]}
 */
export function treeOf(branches) {
  const forks = new Map(branches.map((branch) => [branch.id, { branch, forks: /** @type {Fork[]} */ ([]) }]));
  const roots = [...forks.values()].filter((fork) => {
    const parent = fork.branch.parent === undefined ? undefined : forks.get(fork.branch.parent);
    parent?.forks.push(fork);
    return !parent;
  });
  return roots;
}

/**
 * What each branch is called here: two of one name can be told apart by their numbers.
 *
 * @param {Branch[]} branches
 * @returns {Map<number, string>}
 */
export function titlesOf(branches) {
  const alike = (/** @type {string} */ name) => branches.filter((other) => other.name === name).length > 1;
  return new Map(branches.map(({ id, name }) => [id, alike(name) ? `${name} (${id})` : name]));
}

/**
 * A branch in words: where it comes from, how long it is, how much of it is the person's doing.
 *
 * @param {Branch} branch
 */
export function factsOf({ parent, fork, fork_steps: before, end, acts }) {
  const whole = before === 0 && parent === undefined;
  const from = parent === undefined ? `forked at ${moment(fork)} from one that is gone` : `forked at ${moment(fork)}`;
  return [whole ? 'from the start' : from, `${moment(end)} long`, counted(acts, 'act')].join('\u00a0· ');
}

/**
 * Where two branches part, in words; the rest is `partingsOf`.
 *
 * @param {Difference} difference
 * @param {string} left the name of the one
 * @param {string} right the name of the other
 */
export function commonOf({ number, left: one, right: other }, left, right) {
  const same = number - 1;
  if (!one && !other) return `“${left}” and “${right}” are the same as far as they go: ${counted(same, 'event')}.`;
  if (!one || !other) return `The same as far as “${one ? right : left}” goes: ${counted(same, 'event')}.`;
  if (same === 0) return 'They differ from the first event on.';
  return same === 1 ? 'The first event is the same.' : `The first ${same.toLocaleString('en')} events are the same.`;
}

/**
 * What happens where they part: on which of them, and what.
 *
 * @param {Difference} difference
 * @param {string} left
 * @param {string} right
 * @returns {(Parting & { on: string })[]}
 */
export function partingsOf({ left: one, right: other }, left, right) {
  return [...(one ? [{ ...one, on: left }] : []), ...(other ? [{ ...other, on: right }] : [])];
}
