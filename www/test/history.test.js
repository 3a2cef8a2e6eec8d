// Where requests stand when a history is drawn, and what is said of it: no browser, no judge.
import assert from 'node:assert/strict';
import test from 'node:test';
import { MOST, answerOf, drawingOf, effects, nowIn, opensAt, ordinal, toldOf, verdictOf } from '../history.js';

/** @typedef {import('../../src/wasm.js').Asked} Asked */
/** @typedef {import('../../src/wasm.js').Judged} Judged */

/** @param {number} number */
const place = (number) => ({ steps: number * 10, at: number * 1000 });

/**
 * @param {string} client
 * @param {string} text
 * @param {number} call
 * @param {number} [returned]
 * @param {string} [answer]
 * @returns {Asked}
 */
const asked = (client, text, call, returned, answer) => ({
  ...{ client, text, answer, ok: returned === undefined ? undefined : answer === 'OK', call, returned },
  ...{ asked: place(call), ended: returned === undefined ? undefined : place(returned) },
});

/** @param {Partial<Judged>} more @returns {Judged} */
const judged = (more) => ({ key: 'a', requests: [0], verdict: 'linearizable', order: [], stretch: [], ...more });

/** @param {Asked[]} requests */
const judgement = (requests) => ({ now: place(99), requests, keys: [] });

/** A slow put, a get in its midst that finds it, and a get that nobody answers. */
const overlapping = [asked('c1', 'put a 1', 1, 5, 'OK'), asked('c2', 'get a', 2, 3, '"1"'), asked('c3', 'get a', 4)];

test('each takes effect between its call and its answer, in the order that was found', () => {
  const at = effects(overlapping, [0, 1], 6);
  assert.deepEqual(at, [2, 2.5], 'the put before the get that finds it, though it is answered later');
  assert.deepEqual(effects(overlapping, [1, 0, 2], 6), [2.5, 3.5, 5], 'what has no answer may take until the end');
});

test('bars stand in the order of events, wide enough for their texts, and a lane for each client', () => {
  const found = judged({ requests: [0, 1, 2], order: [0, 1] });
  const { bars, lanes, width, height, times } = drawingOf(judgement(overlapping), found);
  assert.deepEqual(
    lanes.map(({ label }) => label),
    ['c1', 'c2', 'c3'],
  );
  const [put, get, open] = bars;
  assert.ok(put.x < get.x && get.x + get.width < open.x && open.x < put.x + put.width, 'as the events follow');
  for (const bar of bars) {
    assert.ok(bar.width >= bar.label.length * 8, bar.label);
    assert.ok(bar.x >= 0 && bar.x + bar.width <= width && bar.y + 26 <= height);
  }
  const [one, two] = [put.effect, get.effect];
  assert.ok(one && two && one.number === 1 && two.number === 2 && one.x < two.x);
  assert.ok(one.x > get.x && two.x < get.x + get.width, 'the put takes effect while the get runs, or sooner');
  assert.deepEqual([open.open, open.effect, put.open], [true, undefined, false]);
  assert.equal(times[0].text, '0.001 s');
  const gaps = times.slice(1).map(({ x }, at) => x - times[at].x);
  assert.ok(gaps.every((gap) => gap >= 80));
});

test('what a client asks after an unknown outcome has a row of its own where the bars would lie on each other', () => {
  const requests = [asked('c1', 'put a 1', 1), asked('c1', 'put a 2', 2, 3, 'OK'), asked('c1', 'get a', 9, 10, '"2"')];
  const { bars, lanes } = drawingOf(judgement(requests), judged({ requests: [0, 1, 2], order: [1, 2] }));
  assert.equal(lanes.length, 1);
  assert.ok(bars[1].y > bars[0].y);
  for (const one of bars)
    for (const other of bars)
      assert.ok(one === other || one.y !== other.y || one.x + one.width < other.x || other.x + other.width < one.x);
});

test('what contradicts is marked, and nothing else is said to have an order', () => {
  const requests = [
    asked('c1', 'put a 1', 1, 2, 'OK'),
    asked('c2', 'get a', 3, 4, 'key not found: a'),
    asked('c2', 'get a', 5, 6, '"1"'),
  ];
  const found = judged({ requests: [0, 1, 2], verdict: 'refused', stretch: [0, 1], why: 'It was there.' });
  const { bars } = drawingOf(judgement(requests), found);
  assert.deepEqual(
    bars.map(({ kind, effect }) => [kind, effect]),
    [
      ['wrong', undefined],
      ['wrong', undefined],
      ['plain', undefined],
    ],
  );
  assert.equal(verdictOf(found), 'Not linearizable: It was there.');
});

test('of many requests a page is drawn: the last one, or the one with what contradicts', () => {
  const requests = Array.from({ length: 3 * MOST }, (_, n) => asked('c1', 'get a', 2 * n + 1, 2 * n + 2, 'OK'));
  const all = requests.map((_, n) => n);
  const fine = judged({ requests: all, order: all });
  assert.equal(opensAt(fine), 2 * MOST);
  const { bars } = drawingOf(judgement(requests), fine, opensAt(fine));
  assert.equal(bars.length, MOST);
  assert.equal(bars[0].effect?.number, 2 * MOST + 1, 'numbers count from the start');
  const wrong = judged({ requests: all, verdict: 'refused', stretch: [50, 51] });
  const from = opensAt(wrong);
  assert.ok(from <= 50 && from + MOST > 51);
  assert.ok(opensAt(judged({ requests: all, verdict: 'refused', stretch: [0, 1] })) === 0);
  assert.equal(opensAt(judged({ requests: [0], verdict: 'refused', stretch: [0] })), 0);
});

test('the line of this moment stands between what has happened and what has not', () => {
  const drawing = drawingOf(judgement(overlapping), judged({ requests: [0, 1, 2], order: [0, 1] }));
  const [put, get] = drawing.bars;
  const now = nowIn(drawing, 15);
  assert.ok(now !== undefined && now > put.x && now < get.x);
  assert.equal(nowIn(drawing, 0), 0);
  assert.equal(nowIn(drawing, 1000), undefined);
});

test('what is said of a request, an answer and a key', () => {
  const [put, , open] = overlapping;
  const fine = judged({ requests: [0, 1, 2], order: [0, 1] });
  assert.equal(toldOf(put, 1, fine), 'c1 put a 1: asked at 0.001 s, answered OK at 0.005 s, took effect as the 1st');
  assert.match(toldOf(open, undefined, fine), /not answered yet, its outcome unknown, never took effect$/);
  assert.equal(answerOf(asked('c1', 'get a', 1, 2, 'key not found: a')), 'not found');
  assert.equal(answerOf(asked('c1', 'put a 1', 1, 2, 'key already exists: a')), 'already exists');
  assert.equal(answerOf(open), '?');
  assert.deepEqual([1, 2, 3, 4, 11, 12, 13, 21, 112].map(ordinal), [
    ...['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '112th'],
  ]);
  assert.match(verdictOf(fine), /^Linearizable: .* the same 2 answers, and 1 of unknown outcome never took effect\.$/);
  assert.match(verdictOf(judged({ verdict: 'undecided' })), /^Undecided/);
});
