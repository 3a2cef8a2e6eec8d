// Long work in slices, and the page's end of a hunt: in Node, with a worker that is a pair of functions.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Hunting } from '../hunting.js';
import { Works } from '../task.js';

/** A clock that goes on by 30 ms each time that somebody looks, and work that waits until it is let. */
function aClock() {
  let now = 0;
  /** @type {(() => void)[]} */
  const waiting = [];
  return {
    clock: { now: () => (now += 30), later: (/** @type {() => void} */ work) => void waiting.push(work) },
    /** Lets what waits happen; how much that was. */
    turn() {
      const work = waiting.splice(0);
      work.forEach((each) => each());
      return work.length;
    },
  };
}

/** A task that is done after so many slices. @param {number} slices */
function aTask(slices) {
  return {
    done: 0,
    freed: false,
    /** @param {number} steps */
    advance(steps) {
      assert.ok(steps > 0);
      this.done += 1;
      if (this.done === 5 && slices === -1) throw new Error('it cannot go on');
      return this.done !== slices;
    },
    standing() {
      return { seeds: this.done };
    },
    pass() {
      slices += 4;
    },
    free() {
      this.freed = true;
    },
  };
}

/** @param {Record<string, any>} tasks by kind */
function works(tasks) {
  /** @type {any[]} */
  const told = [];
  const { clock, turn } = aClock();
  const kinds = Object.fromEntries(Object.entries(tasks).map(([kind, task]) => [kind, () => task]));
  return { works: new Works(kinds, (each) => told.push(each), clock), told, turn };
}

test('a task goes on in slices until it is done, and tells how it stands after each', () => {
  const task = aTask(9);
  const { works: one, told, turn } = works({ hunt: task });
  one.take({ do: 'begin', kind: 'hunt' });
  let turns = 0;
  while (turn() > 0) turns += 1;
  assert.equal(task.done, 9);
  assert.ok(turns > 1, 'messages can come in between');
  assert.equal(told.length, turns);
  assert.deepEqual(
    told.map(({ going }) => going),
    [...Array(turns - 1).fill(true), false],
  );
  assert.ok(told[1].busy > told[0].busy);
  one.take({ do: 'pass' });
  while (turn() > 0);
  assert.equal(task.done, 13, 'it goes on behind what was found');
});

test('a stop holds until somebody wants it to go on, and another task takes its place', () => {
  const first = aTask(1000);
  const second = aTask(2);
  const { works: one, told, turn } = works({ hunt: first, other: second });
  one.take({ do: 'begin', kind: 'hunt' });
  turn();
  one.take({ do: 'stop' });
  const { done } = first;
  turn();
  assert.equal(turn(), 0);
  assert.equal(first.done, done);
  assert.equal(told.at(-1).going, false);
  one.take({ do: 'go' });
  one.take({ do: 'go' });
  assert.equal(turn(), 1, 'it does not go on twice');
  assert.ok(first.done > done);
  one.take({ do: 'begin', kind: 'other' });
  while (turn() > 0);
  assert.ok(first.freed);
  assert.equal(second.done, 2);
});

test('what cannot be done is told with a sentence', () => {
  const { works: one, told, turn } = works({ hunt: aTask(-1) });
  one.take({ do: 'begin', kind: 'hunt' });
  while (turn() > 0);
  assert.deepEqual(told.at(-1), { refused: 'it cannot go on' });
  const none = new Works(
    {
      hunt: () => {
        throw new Error('`bug = x` cannot be');
      },
    },
    (each) => told.push(each),
    aClock().clock,
  );
  none.take({ do: 'begin', kind: 'hunt' });
  assert.deepEqual(told.at(-1), { refused: '`bug = x` cannot be' });
});

/** A hunt with a worker that is told and tells. */
function aHunt() {
  /** @type {any[]} */
  const orders = [];
  /** @type {any} */
  const worker = { postMessage: (/** @type {any} */ order) => orders.push(order), ended: 0 };
  worker.terminate = () => (worker.ended += 1);
  let changes = 0;
  let made = 0;
  const hunting = new Hunting(
    () => (changes += 1),
    () => {
      made += 1;
      return worker;
    },
  );
  const tell = (/** @type {any} */ data) => worker.onmessage({ data });
  return { hunting, orders, worker, tell, counts: () => ({ changes, made }) };
}

test('a hunt keeps what it was told last, with one worker', () => {
  const { hunting, orders, tell, counts } = aHunt();
  assert.equal(counts().made, 0, 'no worker before it is needed');
  hunting.begin({ protocol: 'raft', bug: 'x' }, 7);
  assert.deepEqual(orders, [{ do: 'begin', kind: 'hunt', settings: { protocol: 'raft', bug: 'x' }, seed: 7 }]);
  assert.equal(hunting.rate, undefined);
  tell({ standing: { seeds: 30 }, going: true, busy: 1500 });
  assert.deepEqual([hunting.going, hunting.rate], [true, 20]);
  hunting.stop();
  assert.equal(hunting.going, false);
  hunting.go();
  tell({ standing: { seeds: 31, found: { seed: 37 } }, going: false, busy: 1600 });
  hunting.pass();
  assert.equal(hunting.standing?.found, undefined);
  assert.deepEqual(orders.slice(1), [{ do: 'stop' }, { do: 'go' }, { do: 'pass' }]);
  assert.equal(counts().made, 1);
  assert.ok(counts().changes >= 6);
});

test('a refusal and a worker that fails are told, and the next hunt has another worker', () => {
  const { hunting, worker, tell, counts } = aHunt();
  hunting.begin({}, 1);
  tell({ refused: 'it cannot be' });
  assert.deepEqual([hunting.going, hunting.refused], [false, 'it cannot be']);
  hunting.begin({}, 1);
  assert.equal(hunting.refused, '');
  worker.onerror({ message: 'unreachable' });
  assert.match(hunting.refused, /has stopped: unreachable/);
  assert.equal(worker.ended, 1);
  hunting.begin({}, 1);
  assert.equal(counts().made, 2);
  const nowhere = new Hunting(
    () => {},
    () => {
      throw new Error('of another origin');
    },
  );
  nowhere.begin({}, 1);
  assert.match(nowhere.refused, /cannot be started here: of another origin/);
  assert.equal(nowhere.going, false);
});
