// The two wasm packages: what the first can do alone, when the second is loaded, and that both run the same.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Desk } from '../desk.js';
import { Engine } from '../engine.js';
import * as whole from '../pkg/all_protocols/all_protocols.js';
import * as first from '../pkg/raft/raft.js';
import { Player } from '../player.js';
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

test('a run that breaks a rule on purpose runs in the second package, be it a link or a file that asks for it', async () => {
  const { engine: both, fetched } = engine();
  const session = new Session(both, {});
  assert.equal(session.broken, undefined, 'the first package breaks nothing');
  assert.match(String(session.apply('set bug forget_vote')), /`bug` cannot be chosen while Raft runs/);
  assert.equal(await session.open('bug = "none"\nscript = "at 1s crash n1"\n'), undefined);
  assert.equal(fetched(), 0);
  assert.equal(await session.start({ seed: 3, bug: 'forget_vote' }), undefined);
  assert.deepEqual([session.broken, fetched()], [['forget_vote'], 1]);
  assert.equal(session.apply('set bug none'), undefined);
  assert.deepEqual(session.broken, []);
  assert.equal(session.undo(), undefined);
  assert.deepEqual(session.broken, ['forget_vote']);
  assert.equal(await session.start({}), undefined);
  assert.equal(session.broken, undefined);
  for (const text of [
    'bug = "local_read commit_falls"\n',
    "script = '''\nat 1s crash n1\nat 2s set bug forget_vote\n'''\n",
  ]) {
    assert.equal(await session.open(text), undefined);
    assert.ok(session.broken, text);
  }
  assert.match(
    String(await session.open('bug = "forget_votes"\n')),
    /`bug = forget_votes` cannot be: expected none, or/,
  );
});

test('what is shared and kept of a broken run opens as it was', async () => {
  const session = new Session(engine().engine, { seed: 3 });
  await session.start({ seed: 3, bug: 'half_quorum' });
  session.reach(400_000);
  const { hash } = session.view;
  const text = session.script();
  assert.match(text, /^bug = "half_quorum"$/m);
  await session.start({});
  assert.equal(await session.open(text), undefined);
  assert.deepEqual([session.view.hash, session.settings.bug], [hash, 'half_quorum']);
});

test('a run goes on, with its branches, where rules can be broken', async () => {
  const session = new Session(engine().engine, { seed: 4 });
  const table = new Desk(session, new Player(session));
  session.reach(900_000);
  session.apply('crash n1');
  session.seekTime(500_000);
  session.apply('crash n2');
  session.reach(700_000);
  const { now, hash } = session.view;
  const bugs = await session.bugs();
  const bug = bugs.find(({ name }) => name === 'read_index_before_own_term_commit');
  assert.ok(bug);
  assert.equal(await table.break(bug.name, bug.with), true);
  assert.deepEqual(session.broken, [bug.name]);
  assert.equal(session.view.past.branches, 2);
  assert.equal(session.choices().find(({ name }) => name === 'reads')?.value, 'index');
  for (let steps = bug.with.length; steps >= 0; steps -= 1) assert.equal(session.undo(), undefined);
  assert.deepEqual([session.view.now, session.view.hash], [now, hash]);
  const apart = bugs.find(({ name }) => name === 'term_and_vote_apart');
  assert.equal(await table.break('term_and_vote_apart', apart?.with), true, 'slow disks, too');
  assert.equal(await table.break('nothing'), false);
  assert.match(table.said('bugs'), /`bug = nothing` cannot be/);
});
