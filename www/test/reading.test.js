// Questions to a view: who leads, what differs, which slots have room, which step cuts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { counted, listed, moment, span } from '../format.js';
import { clashOf, differences, leaderOf, oddOnes, partitionStep, windowOf } from '../reading.js';
import * as samples from './sample-views.js';

const { epoch } = samples;
/** @type {(id: string, special?: object, card?: object) => any} */
const node = samples.node;
/** @type {(special: object) => any} */
const view = samples.view;

const crown = (/** @type {string} */ id, /** @type {number} */ number, card = {}) =>
  node(id, { mark: 'crown', epoch: epoch(number) }, card);

test('of two that think they lead, the one in the higher epoch does; one that is down does not', () => {
  assert.equal(leaderOf(view({ nodes: [crown('n1', 1), crown('n2', 3), node('n3')] }))?.id, 'n2');
  assert.equal(leaderOf(view({ nodes: [crown('n1', 1), crown('n2', 3, { up: false })] }))?.id, 'n1');
  assert.equal(leaderOf(view({ nodes: [node('n1')] })), undefined);
});

test('what contradicts is told of a node and of a slot, and of nobody where nothing is broken', () => {
  const claims = [
    { node: 'n1', slot: 3, value: 'put a 1' },
    { node: 'n1', value: 'leads' },
    { node: 'n2', slot: 3, value: 'nothing' },
    { slot: 4, value: 'something else, before' },
  ];
  const broken = view({ violation: { claims } });
  assert.equal(clashOf(broken, 'n1'), '3: put a 1; leads');
  assert.equal(clashOf(broken, 'n1', 3), 'put a 1');
  assert.deepEqual([clashOf(broken, 'n2', 4), clashOf(broken, 'n3'), clashOf(view({}), 'n1')], ['', '', '']);
});

test('the minority is odd; where there is no majority, everybody is', () => {
  const odd = (/** @type {string[]} */ ...values) => [...oddOnes(values)].sort();
  assert.deepEqual(odd(), []);
  assert.deepEqual(odd('a', 'a', 'a'), []);
  assert.deepEqual(odd('a', 'b', 'a'), ['b']);
  assert.deepEqual(odd('a', 'b', 'a', 'b'), ['a', 'b']);
  assert.deepEqual(odd('a', 'b', 'c', 'a'), ['b', 'c']);
});

test('logs differ where digests do, index by index; a missing slot is no difference', () => {
  const slots = (/** @type {string} */ digests) =>
    [...digests].map((digest, i) => ({ index: i + 1, epoch: epoch(1), text: '', digest }));
  const nodes = ['abc', 'abd', 'ab', 'abc'].map((digests, i) => node(`n${i + 1}`, { slots: slots(digests) }));
  assert.deepEqual([...differences(nodes)], [[3, new Set(['d'])]]);
});

test('a window follows the end with one free place, and does not leave the log', () => {
  assert.equal(windowOf(0, 8, undefined), 1);
  assert.equal(windowOf(7, 8, undefined), 1);
  assert.equal(windowOf(8, 8, undefined), 2);
  assert.equal(windowOf(100, 8, 40), 40);
  assert.equal(windowOf(100, 8, 1000), 94);
  assert.equal(windowOf(100, 8, -5), 1);
});

test('a partition has two sides', () => {
  const five = view({ nodes: ['n1', 'n2', 'n3', 'n4', 'n5'].map((id) => node(id)) });
  assert.equal(partitionStep(five, ['n4', 'n2']), 'partition n2 n4 | n1 n3 n5');
  assert.equal(partitionStep(five, []), undefined);
  assert.equal(partitionStep(five, ['n1', 'n2', 'n3', 'n4', 'n5']), undefined);
});

test('numbers are written as short as they can be said', () => {
  assert.deepEqual([0, 999, 12_345, 150_000, 1_500_000].map(span), ['0 µs', '999 µs', '12.3 ms', '150 ms', '1.5 s']);
  assert.equal(moment(1_234_567), '1.235 s');
  assert.equal(counted(1, 'event'), '1 event');
  assert.equal(counted(1200, 'event'), '1,200 events');
  assert.equal(listed(['n1', 'n2', 'n3']), 'n1, n2 and n3');
});
