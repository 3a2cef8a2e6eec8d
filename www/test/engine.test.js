// The two wasm packages: what the first can do alone, when the second is loaded, and that both run the same.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Engine } from '../engine.js';
import * as whole from '../pkg/all_protocols/all_protocols.js';
import * as first from '../pkg/raft/raft.js';
import { Session } from '../session.js';

/** @param {string} name */
const bytes = (name) => readFileSync(new URL(`../pkg/${name}/${name}_bg.wasm`, import.meta.url));
first.initSync({ module: bytes('raft') });
whole.initSync({ module: bytes('all_protocols') });

/** An engine as the page has it. @param {() => Promise<typeof whole>} [fetch] */
function engine(fetch = async () => whole) {
  let fetched = 0;
  const made = new Engine(first, () => {
    fetched += 1;
    return fetch();
  });
  return { engine: made, fetched: () => fetched };
}

const SCENARIO = 'protocol = "multi_paxos"\nscript = "at 1s crash n1"\n';

test('the first package is the smaller one, runs one protocol, and tells the same of all', () => {
  assert.ok(bytes('raft').length < 0.85 * bytes('all_protocols').length);
  const [small, large] = [first.protocols(), whole.protocols()];
  assert.deepEqual(
    small.map(({ here }) => here),
    [true, false, false],
  );
  assert.ok(large.every(({ here }) => here));
  assert.deepEqual(
    small.map((card) => ({ ...card, here: true })),
    large,
  );
});

test('the first package refuses what it cannot run with a sentence, and stays usable', () => {
  for (const begin of [
    () => new first.Playground({ protocol: 'single_server' }),
    () => first.Playground.open([['protocol', 'multi_paxos', true]]),
  ]) {
    assert.throws(begin, /^Error: this build does not run (Multi-Paxos|Single server)/);
  }
  const unknown = /^Error: `zab` is not a protocol: expected raft, multi_paxos, single_server$/;
  assert.throws(() => new first.Playground({ protocol: 'zab' }), unknown);
  new first.Playground({ protocol: 'raft' }).free();
});

test('a run is the same in both, to the bit', () => {
  const [small, large] = [first, whole].map(({ Playground }) => {
    const run = new Playground({ seed: 11, traffic: true });
    run.tick(3_000_000);
    return [run.view(), run.script()];
  });
  assert.deepEqual(small, large);
});

test('the second package is loaded once, and only when a run of another protocol is opened', async () => {
  const { engine: both, fetched } = engine();
  const session = new Session(both, {});
  assert.equal(await session.start({ protocol: 'raft', seed: 2 }), undefined);
  assert.match(String(await session.start({ protocol: 'zab' })), /not a protocol/);
  assert.equal(await session.open('script = "at 1s crash n1"'), undefined);
  assert.equal(fetched(), 0);
  assert.equal(await session.start({ protocol: 'single_server' }), undefined);
  assert.equal(session.words.protocol, 'single_server');
  assert.equal(await session.open(SCENARIO), undefined);
  assert.equal(session.words.protocol, 'multi_paxos');
  assert.equal(await session.start({}), undefined);
  assert.equal(session.words.protocol, 'raft');
  assert.equal(fetched(), 1);
});

test('where it cannot be loaded a sentence says so, what runs goes on, and it is tried anew', async () => {
  let offline = true;
  const { engine: both } = engine(async () => {
    if (offline) throw new TypeError('Failed to fetch');
    return whole;
  });
  const session = new Session(both, { seed: 5 });
  const { runs, view } = session;
  const told = 'Multi-Paxos could not be loaded: Failed to fetch';
  assert.equal(await session.start({ protocol: 'multi_paxos' }), told);
  assert.equal(await session.open(SCENARIO), told);
  assert.deepEqual([session.runs, session.view], [runs, view]);
  offline = false;
  assert.equal(await session.start({ protocol: 'multi_paxos' }), undefined);
});

test('who asks for something else while it is loaded gets that', async () => {
  /** @type {(all: typeof whole) => void} */
  let arrive = () => {};
  const { engine: both } = engine(() => new Promise((done) => (arrive = done)));
  const session = new Session(both, {});
  const [slow, quick] = [session.start({ protocol: 'multi_paxos' }), session.start({ protocol: 'raft', seed: 9 })];
  assert.equal(await quick, undefined);
  arrive(whole);
  assert.equal(await slow, '');
  assert.deepEqual([session.words.protocol, String(session.view.seed)], ['raft', '9']);
  const late = session.start({ protocol: 'multi_paxos' });
  session.close();
  assert.equal(await late, '');
});
