// "Why?": a run is asked by a copy of it in the package that answers, and what is shown of the answer.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Engine } from '../engine.js';
import { causesOf, questionsOf } from '../panels/why.js';
import { Playground, initSync, protocols } from '../pkg/all_protocols/all_protocols.js';
import { Session } from '../session.js';
import { Asker } from '../why.js';
import { view } from './sample-views.js';

initSync({ module: readFileSync(new URL('../pkg/all_protocols/all_protocols_bg.wasm', import.meta.url)) });
const all = /** @type {any} */ ({ protocols, Playground });

/** A session and what asks of it; how often a copy was made is counted. */
function asked() {
  const counts = { opened: 0 };
  class Counted {
    /** @param {any} entries */
    static open(entries) {
      counts.opened += 1;
      return Playground.open(entries);
    }
  }
  const engine = new Engine(all, () => Promise.resolve({ ...all, Playground: Counted }));
  const session = new Session(engine, { seed: 1 });
  return { session, asker: new Asker(session), counts };
}

test('what is asked is answered for the moment at which the run is', async () => {
  const { session, asker } = asked();
  assert.match((await asker.ask('leader')).reasons[0].text, /^Nobody has asked for votes yet/);
  session.reach(500_000);
  const answer = await asker.ask('leader');
  assert.equal(answer.reasons[0].text, 'n5 is leader of term 1, with 3 of 5 votes.');
  assert.equal(answer.moment, `500ms#${session.view.steps}`);
  assert.ok(answer.chain.length > 2 && answer.chain.every(({ steps }) => steps <= session.view.steps));
  asker.close();
});

test('what somebody did, and going back, is in the copy', async () => {
  const { session, asker } = asked();
  session.reach(500_000);
  assert.equal(session.apply('isolate n5'), undefined);
  session.reach(600_000);
  const { hash } = session.view;
  const told = (await asker.ask('leader')).reasons.map(({ text }) => text).join(' ');
  assert.match(told, /Nothing that n5 sends reaches n1, n2, n3 and n4/);
  assert.equal(session.view.hash, hash, 'the run itself is left alone');
  session.seek(3);
  assert.equal((await asker.ask('leader')).moment.split('#')[1], '3');
  asker.close();
});

test('as long as nothing changes the same copy is asked', async () => {
  const { session, asker, counts } = asked();
  session.reach(400_000);
  await asker.ask('leader');
  await asker.ask('node n1');
  await assert.rejects(asker.ask('node n9'), /there is no n9: expected n1 to n5/);
  await assert.rejects(asker.ask('so what'), /is not a question/);
  await asker.ask('client c1');
  assert.equal(counts.opened, 1);
  session.step();
  await asker.ask('client c1');
  assert.equal(counts.opened, 2);
  asker.close();
});

test('where the package cannot be loaded a sentence says so, and the next time it is tried anew', async () => {
  let tries = 0;
  const engine = new Engine(
    all,
    () => ((tries += 1), tries === 1 ? Promise.reject(new Error('offline')) : Promise.resolve(all)),
  );
  const asker = new Asker(new Session(engine, {}));
  await assert.rejects(asker.ask('leader'), /^Error: What answers could not be loaded: offline$/);
  assert.ok((await asker.ask('leader')).reasons.length > 0);
  asker.close();
});

test('there are questions for each kind of thing', () => {
  const sample = view();
  const of = (/** @type {any} */ thing, more = {}) =>
    questionsOf(thing, { ...sample, ...more }).map(([question]) => question);
  assert.deepEqual(of({ kind: 'node', id: 'n2' }), ['node n2', 'refusal n2', 'leader']);
  assert.deepEqual(of({ kind: 'client', id: 'c1' }), ['client c1', 'leader']);
  assert.deepEqual(of({ kind: 'message', id: 'n1->n2#4' }), ['message n1->n2#4']);
  const violation = /** @type {any} */ ({ property: 'x' });
  assert.deepEqual(of(undefined, { violation }), ['leader', 'violation']);
});

test('what is highlighted are the events that were told of the chain, and their times', () => {
  const link = (/** @type {[number, number]} */ told, /** @type {number} */ at) => /** @type {any} */ ({ told, at });
  const { numbers, times } = causesOf([link([3, 5], 10), link([0, 0], 10), link([9, 9], 20)]);
  assert.deepEqual([...numbers], [3, 4, 5, 9]);
  assert.deepEqual(times, [10, 20]);
});
