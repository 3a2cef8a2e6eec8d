// The run as a line: how long it is, what is where on it, and how it is told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  LEAST,
  epochAt,
  lengthFor,
  placeOf,
  shapesOf,
  spikeNear,
  ticksOf,
  timeAt,
  timeOfKey,
  timeOn,
  titleOf,
  valueText,
} from '../strip.js';
import { epoch } from './sample-views.js';

const MS = 1000;
const S = 1_000_000;
const ROOM = { width: 500, letter: 9 };

/** @param {number} ms @param {import('../../src/wasm.js').Landmark} kind @param {number} [count] */
const mark = (ms, kind, count = 1) => ({ at: ms * MS, steps: ms, kind, count });

const strip = {
  end: 3400 * MS,
  stretches: [
    { at: 150 * MS, epoch: epoch(1) },
    { at: 820 * MS, epoch: epoch(2) },
    { at: 850 * MS, epoch: epoch(3) },
    { at: 2200 * MS, epoch: epoch(9) },
  ],
  marks: [
    mark(180, 'leader'),
    mark(200, 'commit', 12),
    mark(780, 'crash'),
    mark(780, 'commit'),
    mark(3000, 'violation'),
  ],
};

/** @param {number} [now] @param {number} [width] */
const shapes = (now = strip.end, width = 500) => shapesOf(strip, now, 5 * S, { ...ROOM, width }, 'term');

test('a line is never shorter than its least length, and is some steps ahead of what is known', () => {
  const lengths = [0, 100 * MS, 410 * MS, 420 * MS, 3400 * MS, 59 * S, 900 * S].map((end) => lengthFor(end));
  assert.deepEqual(lengths, [LEAST, LEAST, LEAST, 600 * MS, 5 * S, 80 * S, 1500 * S]);
});

test('while a run grows, the line changes seldom, and each time there is room again', () => {
  let [length, changes] = [0, 0];
  for (let end = 0; end < 60 * S; end += 7919) {
    const next = lengthFor(end, length);
    assert.ok(next >= end * 1.03, `${next} for ${end}`);
    assert.ok(next <= Math.max(LEAST, end * 2), `${next} for ${end}`);
    if (next !== length) changes += 1;
    length = next;
  }
  assert.ok(changes < 20, String(changes));
});

test('a line that was long for another branch is shortened only where most of it would be empty', () => {
  assert.equal(lengthFor(3 * S, 6 * S), 6 * S);
  assert.equal(lengthFor(S, 6 * S), 1.5 * S);
});

test('the scale is written at distances of 1, 2 or 5, never too close and never over the end', () => {
  const texts = (/** @type {number} */ length, width = 500) =>
    ticksOf(length, { ...ROOM, width }).map(({ text }) => text);
  assert.deepEqual(texts(500 * MS), ['0', '0.1 s', '0.2 s', '0.3 s', '0.4 s']);
  assert.deepEqual(texts(500 * MS, 200), ['0', '0.2 s']);
  assert.deepEqual(texts(5 * S), ['0', '1 s', '2 s', '3 s', '4 s']);
  assert.deepEqual(texts(150 * S, 700), ['0', '20 s', '40 s', '60 s', '80 s', '100 s', '120 s']);
  for (let length = LEAST; length < 4000 * S; length *= 1.37) {
    for (const width of [200, 500, 1100]) {
      const ticks = ticksOf(length, { ...ROOM, width });
      assert.ok(ticks.length > 0 && ticks.length < 30, `${ticks.length} for ${length}`);
      ticks.forEach(({ at, text }, i) => {
        const end = at * width + text.length * ROOM.letter;
        assert.ok(end < (i + 1 < ticks.length ? ticks[i + 1].at * width : width + 1), `${text} at ${width}`);
      });
    }
  }
});

test('times have as many digits as can be told apart', () => {
  assert.equal(timeOn(240 * MS, LEAST), '0.240 s');
  assert.equal(timeOn(1204 * MS, 5 * S), '1.20 s');
  assert.equal(timeOn(31.26 * S, 80 * S), '31.3 s');
  assert.equal(timeOn(700 * S, 1500 * S), '700 s');
});

test('places and times are inverse, and end where the line does', () => {
  assert.equal(placeOf(S, 4 * S), 0.25);
  assert.equal(timeAt(0.25, 4 * S), S);
  assert.deepEqual([placeOf(9, 4), placeOf(-1, 4), timeAt(2, 4), timeAt(-1, 4)], [1, 0, 4, 0]);
});

test('the stretches cover what is known, each in the colour of its epoch', () => {
  const { bands, end, head } = shapes();
  assert.deepEqual(
    bands.map(({ colour }) => colour),
    ['epoch-none', 'epoch-0', 'epoch-1', 'epoch-2', 'epoch-0'],
  );
  bands.forEach(({ from, to }, i) => assert.ok(from === (i === 0 ? 0 : bands[i - 1].to) && to > from));
  assert.equal(bands.at(-1)?.to, 0.68);
  assert.deepEqual([end, head], [0.68, 0.68]);
});

test('a stretch is written on where there is room: with its word, or alone, or not at all', () => {
  const labels = (/** @type {number} */ width) => shapes(strip.end, width).bands.map(({ label }) => label);
  assert.deepEqual(labels(1000), ['', 'term 1', '', 'term 3', 'term 9']);
  assert.deepEqual(labels(250), ['', '1', '', 'term 3', '9']);
  assert.deepEqual(labels(60), ['', '', '', '', '']);
});

test('before the first epoch, and where there are none, the line has the colour of none', () => {
  const bare = { end: 0, stretches: [], marks: [] };
  assert.deepEqual(shapesOf(bare, 0, LEAST, ROOM, '').bands, []);
  assert.deepEqual(shapesOf({ ...bare, end: 250 * MS }, 0, LEAST, ROOM, '').bands, [
    { from: 0, to: 0.5, colour: 'epoch-none', label: '' },
  ]);
});

test('time that goes on without an event is known, too', () => {
  const { bands, end, head } = shapes(4000 * MS);
  assert.deepEqual([bands.at(-1)?.to, end, head], [0.8, 0.8, 0.8]);
  assert.equal(shapes(1000 * MS).end, 0.68);
});

test('the rarer mark lies above the others, and is the one that is meant', () => {
  const { spikes } = shapes();
  assert.deepEqual(
    spikes.map(({ kind }) => kind),
    ['commit', 'commit', 'crash', 'leader', 'violation'],
  );
  assert.equal(spikeNear(spikes, 0.156, 0.01)?.kind, 'crash');
  assert.equal(spikeNear(spikes, 0.042, 0.01)?.kind, 'leader');
  assert.equal(spikeNear(spikes, 0.04, 0.003)?.kind, 'commit');
  assert.equal(spikeNear(spikes, 0.3, 0.01), undefined);
});

test('marks are told in words, and many at once are told as being near', () => {
  const told = (/** @type {import('../../src/wasm.js').Mark} */ each) => titleOf(each, 5 * S);
  assert.equal(told(mark(1200, 'leader')), 'a leader at 1.20 s');
  assert.equal(told(mark(3400, 'commit', 12)), '12 commits near 3.40 s');
  assert.equal(told(mark(3400, 'commit', 1200)), '1,200 commits near 3.40 s');
  assert.equal(told(mark(100, 'crash')), 'a crash or restart at 0.10 s');
  assert.equal(told(mark(100, 'network', 2)), '2 changes of the network near 0.10 s');
  assert.equal(told(mark(100, 'violation')), 'a violation at 0.10 s');
});

test('where the person is can be heard', () => {
  const at = (/** @type {number} */ ms, live = false, here = '') =>
    valueText(strip, ms * MS, 5 * S, 'term', live, here);
  assert.equal(at(3400, true), '3.40 s of 3.40 s, term 9');
  assert.equal(at(1000), '1.00 s of 3.40 s, term 3, in the past');
  assert.equal(at(100), '0.10 s of 3.40 s, in the past');
  assert.equal(at(180, false, 'a leader at 0.18 s'), '0.18 s of 3.40 s, term 1, a leader at 0.18 s, in the past');
  assert.equal(at(3500, true), '3.50 s of 3.50 s, term 9');
  assert.equal(epochAt(strip.stretches, 150 * MS)?.number, 1);
  assert.equal(epochAt(strip.stretches, 149 * MS), undefined);
});

test('a slider’s keys: by a hundredth, by a tenth, to the start and to the end of what is known', () => {
  const to = (/** @type {string} */ key, now = S) => timeOfKey(key, now, 3.4 * S, 5 * S);
  assert.deepEqual(
    ['ArrowRight', 'ArrowUp', 'ArrowLeft', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End'].map((key) => to(key)),
    [1.05, 1.05, 0.95, 0.95, 1.5, 0.5, 0, 3.4].map((s) => Math.round(s * S)),
  );
  assert.equal(to('ArrowLeft', 0), 0);
  assert.equal(to('PageUp', 4.9 * S), 5 * S);
  assert.equal(to('End', 3.6 * S), 3.6 * S);
  assert.deepEqual(
    ['s', ' ', 'Enter', 'toString'].map((key) => to(key)),
    [undefined, undefined, undefined, undefined],
  );
});
