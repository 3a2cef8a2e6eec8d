// What the plots show, as numbers and sentences: no browser, no library that draws.
import assert from 'node:assert/strict';
import test from 'node:test';
import { brief, plotsOf, rates, readout, reignsOf, took } from '../plots.js';
import { view, words } from './sample-views.js';

const EVERY = 250_000;
const NONE = { count: 0, buckets: [] };

/** @param {Partial<import('../../src/wasm.js').Columns>} columns */
const past = (columns) => ({
  ...{ tried: [0, 0], won: [0, 0], sent: [0, 0], sent_bytes: [0, 0], received: [0, 0], received_bytes: [0, 0] },
  ...{ committed: [0, 0], led: [0, 0], ...columns },
});

/** Two nodes after half a second. @returns {any} */
const metrics = () => ({
  ...{ now: 500_000, every: EVERY, times: [250_000, 500_000], commit: NONE, answer: NONE, reigns: [] },
  nodes: [
    { id: 'n1', name: 'n1', totals: { led: 0 }, past: past({ sent: [10, 60], tried: [1, 1] }) },
    {
      id: 'n2',
      name: 'n2',
      totals: { led: 0 },
      past: past({ sent: [2, 4], tried: [0, 1], won: [0, 1], committed: [0, 3] }),
    },
  ],
});

test('a rate is what was added in a stretch, by the second, and stands in its middle', () => {
  const even = rates([250_000, 500_000, 750_000], [10, 60, 60], EVERY);
  assert.deepEqual(even, { xs: [0.125, 0.375, 0.625], ys: [40, 200, 0] });
});

test('a last stretch that has only begun is taken together with the one before', () => {
  const begun = rates([250_000, 500_000, 501_000], [10, 60, 61], EVERY);
  assert.deepEqual(begun.xs, [0.125, 0.3755]);
  assert.equal(Math.round(begun.ys[1]), 203, 'one message in a millisecond is no thousand a second');
  const further = rates([250_000, 500_000, 700_000], [10, 60, 61], EVERY);
  assert.deepEqual(further.ys, [40, 200, 5]);
});

test('at the very start there is nothing to draw, and after a moment there is a first rate', () => {
  assert.deepEqual(rates([0], [3], EVERY), { xs: [], ys: [] });
  assert.deepEqual(rates([100_000], [3], EVERY), { xs: [0.05], ys: [30] });
});

test('each plot says in words what there is to see', () => {
  const plots = plotsOf(metrics(), words);
  const said = Object.fromEntries(plots.map(({ id, summary }) => [id, summary]));
  assert.deepEqual(said, {
    messages: 'n1 sends most just now: 200 a second.',
    bytes: 'Nothing is sent just now.',
    commits: `Up to ${words.slot} 3.`,
    commit: 'Nothing that a leader took is committed yet.',
    answer: 'No client has been answered yet.',
    bids: '2 begun, 1 won.',
  });
  for (const { xs, lines } of plots) for (const { ys } of lines) assert.equal(ys.length, xs.length);
});

test('where nobody need try to lead there is no plot of that', () => {
  const ids = plotsOf(metrics(), { ...words, bids: '' }).map(({ id }) => id);
  assert.ok(!ids.includes('bids') && ids.includes('messages'));
});

test('a histogram has a bar for each bucket, and half and nearly all in words', () => {
  const buckets = [
    { from: 16_384, to: 20_479, count: 2 },
    { from: 20_480, to: 24_575, count: 0 },
    { from: 24_576, to: 28_671, count: 1 },
  ];
  const commit = { count: 3, median: 20_479, most: 25_000, longest: 25_000, buckets };
  const plot = plotsOf({ ...metrics(), commit }, words).find(({ id }) => id === 'commit');
  assert.deepEqual(plot?.bars, ['16.4 ms', '20.5 ms', '24.6 ms']);
  assert.deepEqual(plot?.lines[0].ys, [2, 0, 1]);
  assert.equal(plot?.summary, '3 times: half within 20.5 ms, 99% within 25 ms, the longest 25 ms.');
  assert.equal(took({ ...commit, count: 1 }, '').split(':')[0], '1 time');
  assert.equal(plot && readout(plot, 0), 'From 16.4 ms on: 2.');
});

test('what is pointed at is told for every node with its unit', () => {
  const [messages] = plotsOf(metrics(), words);
  assert.equal(readout(messages, 1), '375 ms: n1 200, n2 8 messages/s.');
});

test('a time of leading lies where it lies in all that is known, and goes on until now where nobody has ended it', () => {
  const epoch = { number: 2, text: '2' };
  const reigns = [
    { node: 'n1', epoch, from: 100_000, until: 300_000 },
    { node: 'n2', epoch, from: 400_000 },
  ];
  const shown = view();
  const known = { ...shown, past: { ...shown.past, end: 1_000_000 } };
  const led = metrics();
  [led.nodes[0].totals.led, led.nodes[1].totals.led] = [200_000, 100_000];
  const { rows, summary } = reignsOf({ ...led, reigns }, known);
  assert.deepEqual(
    rows.map(({ id, share, stretches }) => [id, share, ...stretches.map(({ from, to }) => [from, to])]),
    [
      ['n1', '40%', [0.1, 0.3]],
      ['n2', '20%', [0.4, 0.5]],
    ],
  );
  assert.equal(summary, 'n2 has led for 100 ms.');
  assert.equal(reignsOf(metrics(), known).summary, 'Nobody leads.');
});

test('numbers have as many digits as one reads', () => {
  assert.deepEqual([0.44, 9.96, 12.3, 1_250].map(brief), ['0.4', '10', '12', '1,250']);
});
