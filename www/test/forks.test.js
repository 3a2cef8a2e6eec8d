// The branches as a tree, and what two of them have not in common, in words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commonOf, factsOf, partingsOf, titlesOf, treeOf } from '../forks.js';

/** @typedef {import('../forks.js').Fork} Fork */

/** @param {number} id @param {number} [parent] */
const branch = (id, parent, special = {}) => ({
  ...{ id, parent, name: `b${id}`, fork: 0, fork_steps: 0, end: 3_400_000, end_steps: 700, acts: 2, current: id === 1 },
  ...special,
});

test('what was forked hangs under its parent, and what has none or has lost it is a root', () => {
  const tree = treeOf([branch(1), branch(2, 1), branch(5, 2), branch(6, 1), branch(7, 4)]);
  /** @param {Fork[]} forks @returns {string} */
  const drawn = (forks) => forks.map((fork) => `${fork.branch.id}(${drawn(fork.forks)})`).join(' ');
  assert.equal(drawn(tree), '1(2(5()) 6()) 7()');
});

test('two branches of one name are told apart', () => {
  const titles = titlesOf([branch(1), branch(2, 1, { name: 'crash n3' }), branch(3, 1, { name: 'crash n3' })]);
  assert.deepEqual([...titles.values()], ['b1', 'crash n3 (2)', 'crash n3 (3)']);
});

test('a branch says where it comes from', () => {
  // No line begins with the dot.
  const said = (/** @type {import('../../src/wasm.js').Branch} */ each) => factsOf(each).replaceAll('\u00a0·', ' ·');
  assert.equal(said(branch(1)), 'from the start · 3.400 s long · 2 acts');
  const fork = { fork: 1_200_000, fork_steps: 312, acts: 1 };
  assert.equal(said(branch(2, 1, fork)), 'forked at 1.200 s · 3.400 s long · 1 act');
  assert.match(said(branch(2, undefined, fork)), /^forked at 1\.200 s from one that is gone · /);
});

const left = { at: 1_200_000, step: 'crash n3', by_hand: true };
const right = { at: 1_210_000, step: 'deliver n1->n2#4', by_hand: false };
/** @param {Partial<import('../../src/wasm.js').Difference>} special */
const common = (special) => commonOf({ number: 313, contrasts: [], ...special }, 'A', 'B');

test('what two branches have in common', () => {
  assert.equal(common({ left, right }), 'The first 312 events are the same.');
  assert.equal(common({ left, right, number: 2 }), 'The first event is the same.');
  assert.equal(common({ left, right, number: 1 }), 'They differ from the first event on.');
  assert.equal(common({ left }), 'The same as far as “B” goes: 312 events.');
  assert.equal(common({ right }), 'The same as far as “A” goes: 312 events.');
  assert.equal(common({}), '“A” and “B” are the same as far as they go: 312 events.');
});

test('what each of them does next', () => {
  const on = (/** @type {Partial<import('../../src/wasm.js').Difference>} */ each) =>
    partingsOf({ number: 313, contrasts: [], ...each }, 'A', 'B').map((parting) => `${parting.on}: ${parting.step}`);
  assert.deepEqual(on({ left, right }), ['A: crash n3', 'B: deliver n1->n2#4']);
  assert.deepEqual(on({ right }), ['B: deliver n1->n2#4']);
  assert.deepEqual(on({}), []);
});
