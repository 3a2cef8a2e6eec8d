// Which lines the list of events shows.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filtered } from '../panels/events.js';

const lines = /** @type {import('../../src/wasm.js').EventLine[]} */ ([
  { number: 1, at: 1, who: 'n4', text: 'Phase 2 for slot 8', section: 'Paxos Made Simple §3', weight: 'story' },
  { number: 2, at: 2, who: 'c1', text: 'asks n4 to get a', section: '', weight: 'detail' },
  { number: 3, at: 3, text: 'Every link is healed', section: '', weight: 'turn' },
]);
const name = (/** @type {string} */ id) => (id === 'n4' ? 'leader 1' : id);
/** @param {boolean} all @param {string} [text] */
const shown = (all, text = '') => filtered(lines, all, text, name).map(({ number }) => number);

test('details are left out until they are wanted', () => {
  assert.deepEqual(shown(false), [1, 3]);
  assert.deepEqual(shown(true), [1, 2, 3]);
});

test('a line is found by what it says, by its section, and by whom it is about, under each of the names', () => {
  assert.deepEqual(shown(true, ' HEALED '), [3]);
  assert.deepEqual(shown(true, '§3'), [1]);
  assert.deepEqual(shown(true, 'leader 1'), [1]);
  assert.deepEqual(shown(true, 'n4'), [1, 2]);
  assert.deepEqual(shown(false, 'banana'), []);
});
