// An exploration as the page has it: in words, and with a worker that is a pair of functions.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Exploring, ROOMS, boundsInWords, memoryInWords, outcome, progressInWords, usual } from '../exploring.js';

/** @type {import('../../src/wasm.js').Limit[]} */
const LIMITS = [
  { name: 'epochs', label: 'more rounds', sentence: 'So many.', most: 9, value: 1 },
  { name: 'crashes', label: 'crashes', sentence: 'So often.', most: 9, value: 0 },
];

/** @param {Partial<import('../exploring.js').Standing>} [some] @returns {import('../exploring.js').Standing} */
const standing = (some) => ({
  ...{ status: 'running', states: 1, most: 1_000_000, moves: 9, depth: 3, waiting: 4, namings: 6, memory: 3_145_728 },
  ...some,
});

/** @type {import('../../src/wasm.js').Counterexample} */
const FOUND = { property: 'one-at-a-time', sentence: '', section: '', text: '', moves: 7, steps: 9, scenario: '' };

test('the bounds are as usual until somebody chooses, and are told in a line', () => {
  const reach = usual(LIMITS);
  assert.deepEqual(
    [reach.epochs, reach.crashes, reach.states, reach.search],
    ['1', '0', String(ROOMS[1][0]), 'breadth'],
  );
  assert.equal(boundsInWords(LIMITS, reach), 'more rounds: 1');
  const chosen = { ...reach, crashes: '2', in_order: 'true', late: 'false', depth: '12', may: 'heal' };
  assert.equal(
    boundsInWords(LIMITS, chosen),
    'more rounds: 1, crashes: 2, links in order, nothing late, at most 12 moves, and once each: heal',
  );
  assert.equal(boundsInWords(LIMITS, { ...reach, epochs: '0' }), 'nothing but messages that are on their way');
});

test('what came of it is said in a sentence, with how much was looked at', () => {
  const reach = usual(LIMITS);
  const said = (/** @type {Partial<import('../exploring.js').Standing>} */ some, going = false, asked = reach) =>
    outcome(standing(some), going, asked);
  assert.match(said({ status: 'exhausted', states: 1 }), /^Nothing was found: all 1 state within these bounds/);
  assert.match(said({ status: 'exhausted', states: 1491 }), /all 1,491 states within these bounds were looked at/);
  assert.match(
    said({ status: 'exhausted' }, false, { ...reach, search: 'depth', depth: '9' }),
    /may have left some out/,
  );
  assert.match(said({ status: 'exhausted' }, false, { ...reach, depth: '9' }), /^Nothing was found: all/);
  assert.match(said({ status: 'full', states: 100_004 }), /^Stopped at the bound: 100,004 states were seen/);
  assert.equal(said({ status: 'found', found: FOUND }), 'one at a time falls after 7 moves.');
  assert.equal(said({}, true), 'Looking…');
  assert.match(said({}), /^Stopped\. Nothing was found so far/);
});

test('how far it has come is told part by part', () => {
  const parts = Object.fromEntries(progressInWords(standing({ states: 12_345 }), 34_567));
  assert.equal(parts.states, '12,345 of at most 1,000,000');
  assert.equal(parts['a second'], '35,000');
  assert.equal(parts.memory, '3 MB');
  assert.equal(parts.deep, '3 moves');
  assert.equal(Object.fromEntries(progressInWords(standing(), undefined))['a second'], '–');
  assert.equal(memoryInWords(1), '1 MB');
  assert.equal(memoryInWords(1_250_000_000), '1,250 MB');
});

test('each exploration has a worker of its own, and what the last one still says is not heard', () => {
  /** @type {any[]} */
  const workers = [];
  const exploring = new Exploring(
    () => {},
    () => {
      /** @type {any} */
      const worker = { orders: [], ended: false };
      worker.postMessage = (/** @type {any} */ order) => worker.orders.push(order);
      worker.terminate = () => (worker.ended = true);
      workers.push(worker);
      return worker;
    },
  );
  exploring.begin([['seed', '1', false]], { epochs: '1' });
  assert.deepEqual(workers[0].orders, [
    { do: 'begin', kind: 'explore', entries: [['seed', '1', false]], reach: { epochs: '1' } },
  ]);
  assert.equal(exploring.rate, undefined);
  workers[0].onmessage({ data: { standing: standing({ states: 300 }), going: true, busy: 1500 } });
  assert.deepEqual([exploring.going, exploring.rate], [true, 200]);
  exploring.begin([], {});
  assert.deepEqual([workers.length, workers[0].ended, exploring.standing], [2, true, undefined]);
  workers[0].onmessage({ data: { refused: 'too late' } });
  workers[0].onerror({ message: 'too late' });
  assert.deepEqual([exploring.refused, exploring.going], ['', true]);
  workers[1].onmessage({ data: { standing: standing({ status: 'full' }), going: false, busy: 10 } });
  exploring.pass();
  assert.equal(exploring.standing?.status, 'full', 'what was seen so far stands until there is more');
  assert.deepEqual(workers[1].orders.at(-1), { do: 'pass' });
});
