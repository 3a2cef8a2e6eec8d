// The session, the player and the desk: with the real core for what it does, with a stand-in for what it must not do.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Desk } from '../desk.js';
import { Engine } from '../engine.js';
import { Playground, initSync, protocols } from '../pkg/all_protocols/all_protocols.js';
import { Player } from '../player.js';
import { leaderOf } from '../reading.js';
import { reportOf } from '../report.js';
import { Session } from '../session.js';
import { fakeEngine } from './fake-engine.js';

initSync({ module: readFileSync(new URL('../pkg/all_protocols/all_protocols_bg.wasm', import.meta.url)) });
const never = () => Promise.reject(new Error('everything is here'));
const core = new Engine({ protocols, Playground }, never);

/** A desk with everything on it. @param {import('../../src/wasm.js').Settings} settings @param {Engine} engine */
function desk(settings = {}, engine = core) {
  const session = new Session(engine, settings);
  return new Desk(session, new Player(session));
}

/** Plays so many virtual milliseconds, frame by frame. @param {Desk} desk @param {number} millis */
function play({ player, session }, millis) {
  player.clock.speed = 1;
  player.clock.playing = true;
  player.frame(0);
  for (let wall = 16; wall <= millis; wall += 16) player.frame(wall);
  session.reach(player.now);
}

test('a run opens ten milliseconds before its first event', () => {
  const { session, player } = desk();
  assert.equal(session.view.steps, 0);
  assert.ok(session.view.due !== undefined && session.view.due - player.now <= 10_000);
});

test('somebody leads soon, and a request by form is answered', () => {
  const table = desk();
  play(table, 500);
  assert.ok(leaderOf(table.session.view));
  assert.equal(table.submit({ client: 'c1', op: 'put', key: 'a', value: 'val_1' }), true);
  play(table, 500);
  assert.equal(table.session.view.clients[0].last?.answer, 'OK');
});

test('frames do not decide what happens: another rhythm, the same hash', () => {
  const [smooth, rough] = [desk(), desk()];
  for (const [{ player, session }, every] of /** @type {const} */ ([
    [smooth, 5],
    [rough, 40],
  ])) {
    player.clock.speed = 1;
    player.frame(0);
    for (let wall = every; wall <= 1000; wall += every) player.frame(wall);
    session.reach(player.now);
  }
  assert.equal(smooth.session.view.now, rough.session.view.now);
  assert.equal(smooth.session.view.hash, rough.session.view.hash);
});

test('the core is not asked in a frame by which nothing is due', () => {
  const { player, session } = desk();
  const before = session.view;
  player.clock.speed = 0.001;
  for (let wall = 0; wall < 1000; wall += 16) player.frame(wall);
  assert.equal(session.view, before);
});

test('a single step is one event, and pauses', () => {
  const { player, session } = desk();
  for (let steps = 1; steps <= 20; steps += 1) {
    assert.equal(player.step(), true);
    assert.equal(session.view.steps, steps);
  }
  assert.equal(player.playing, false);
});

test('skipping ends at an event of the story', () => {
  const { player, session } = desk();
  assert.equal(player.skip(), true);
  assert.notEqual(session.lines.at(-1)?.weight, undefined);
  assert.ok(session.lines.some((line) => line.weight !== 'detail'));
});

test('a refused step is a sentence for the place that asked, and changes nothing', () => {
  const table = desk();
  const { hash } = table.session.view;
  assert.equal(table.take('inspector', 'crash n99'), false);
  assert.match(table.said('inspector'), /n99/);
  assert.equal(table.said('keys'), '');
  assert.equal(table.session.view.hash, hash);
  assert.equal(table.take('inspector', 'crash n1'), true);
  assert.equal(table.said('inspector'), '');
});

test('wrong settings are a sentence, and what runs goes on', async () => {
  const table = desk();
  const { runs, view } = table.session;
  for (const settings of [{ seed: 'banana' }, { num_nodes: 0 }, { num_nodes: 2.5 }, { protocol: 'none' }]) {
    assert.equal(await table.start(settings), false);
    assert.match(table.said('start'), /^(?!Error).{15,}/);
  }
  assert.equal(table.session.runs, runs);
  assert.equal(table.session.view, view);
});

test('a first run with wrong settings opens with right ones and says why', () => {
  const session = new Session(core, { protocol: 'raft', seed: '99999999999999999999999' });
  assert.match(String(session.complaint), /seed/);
  assert.equal(session.runs, 1);
});

test('the keys’ commands act on the leader and on the selected node', () => {
  const table = desk();
  play(table, 500);
  const leader = leaderOf(table.session.view)?.id;
  table.command('crash-leader');
  assert.equal(table.session.view.nodes.find((card) => card.id === leader)?.up, false);
  table.command('mend');
  assert.ok(table.session.view.nodes.every((card) => card.up));
  table.command('crash');
  assert.match(table.said('keys'), /Select the node/);
  table.command('select', '2');
  const press = (/** @type {string} */ key) => table.take('keys', String(table.actionOf(key)?.action.step));
  press('x');
  assert.equal(table.session.view.nodes[1].up, false);
  press('x');
  assert.equal(table.session.view.nodes[1].up, true);
  press('p');
  assert.equal(table.session.view.nodes[1].isolated, true);
  press('p');
  assert.equal(table.session.view.nodes[1].isolated, false);
  table.command('select', '9');
  assert.match(table.said('keys'), /no node 9/);
});

test('every protocol starts, and is played from its own card', () => {
  for (const card of protocols()) {
    const table = desk({ protocol: card.protocol });
    play(table, 1000);
    table.submit({ client: 'c1', op: 'put', key: 'a', value: 'val_1' });
    play(table, 2000);
    assert.equal(table.session.view.clients[0].last?.answer, 'OK', card.title);
    assert.equal(table.session.words.protocol, card.protocol);
  }
});

test('old clusters are freed', async () => {
  const { engine, living } = fakeEngine();
  const table = desk({}, engine);
  for (let i = 0; i < 5; i += 1) await table.start({});
  assert.equal(living(), 1);
  table.session.close();
  assert.equal(living(), 0);
});

test('a panic leaves a report with the seed and the steps, and another run can be started', async () => {
  const table = desk({ seed: '7' }, fakeEngine().engine);
  table.take('keys', 'crash n1');
  table.take('keys', 'nonsense');
  play(table, 25);
  table.take('keys', 'panic');
  const { failure } = table.session;
  assert.ok(failure);
  assert.deepEqual(
    failure.taken.map(({ text }) => text),
    ['crash n1', 'panic'],
  );
  const report = reportOf(failure);
  for (const part of [/unreachable/, /seed=7/, /crash n1/, /panic/]) assert.match(report, part);
  assert.equal(table.take('keys', 'crash n2'), true, 'a dead core is not asked again');
  assert.equal(await table.start({ seed: '7' }), true);
  assert.equal(table.session.failure, undefined);
});

test('the report of a panic tells each moment as the core does, and the command that shows it again', () => {
  class Fragile extends Playground {
    /** @override @param {string} text */
    apply(text) {
      if (text === 'panic') throw new WebAssembly.RuntimeError('unreachable');
      super.apply(text);
    }
  }
  const table = desk({ seed: '1', num_nodes: 5 }, new Engine({ protocols, Playground: Fragile }, never));
  table.take('keys', 'align');
  // Five timers are due at one time; the crash comes after the fourth of them.
  for (let events = 0; events < 4; events += 1) table.command('step');
  table.take('keys', 'crash n5');
  table.submit({ client: 'c1', op: 'put', key: 'a', value: "it's" });
  const script = table.session.script();
  assert.match(script, /^at 183\.389ms#5 crash n5$/m);
  table.take('keys', 'panic');
  assert.ok(table.session.failure);
  const report = reportOf(table.session.failure);
  assert.match(report, /^ {2}183389us#5 crash n5$/m);
  const command = report.split('\n').find((line) => line.includes('cargo'));
  assert.equal(
    command?.trim(),
    "cargo run --release -- watch --set seed=1 --set num_nodes=5 --for 1183389us '173389us align' " +
      "'183389us#5 crash n5' '183389us put c1 a it'\\''s' '183389us panic'",
  );
});

test('a broken promise stops time, once, and another run plays on', async () => {
  const table = desk({}, fakeEngine().engine);
  play(table, 50);
  table.take('keys', 'break');
  play(table, 16);
  assert.equal(table.player.playing, false);
  table.command('play');
  play(table, 100);
  assert.equal(table.player.playing, true);
  await table.start({});
  play(table, 50);
  assert.equal(table.player.playing, true);
  assert.equal(table.session.view.violation, undefined);
});

test('time goes back and forth, and what is told goes with it', () => {
  const table = desk({ seed: 3 });
  const { session, player } = table;
  play(table, 600);
  const { steps, hash } = session.view;
  assert.equal(table.command('back'), true);
  assert.equal(session.view.steps, steps - 1);
  table.command('earlier');
  assert.ok(session.view.steps < steps);
  assert.ok((session.lines.at(-1)?.number ?? 0) <= session.view.told);
  assert.equal(session.seek(steps), undefined);
  assert.equal(session.view.hash, hash);
  player.reverse();
  player.clock.speed = 10;
  for (let wall = 0; player.playing; wall += 16) player.frame(wall);
  assert.deepEqual([session.view.steps, player.now], [0, 0]);
});

test('acting in the past forks; undo and redo go to and fro between what was and what was before', () => {
  const table = desk({ seed: 3 });
  const { session } = table;
  play(table, 600);
  assert.equal(table.take('keys', 'crash n1'), true);
  table.command('undo');
  assert.deepEqual([session.view.nodes[0].up, session.view.past.redo], [true, true]);
  table.command('redo');
  assert.equal(session.view.nodes[0].up, false);
  assert.equal(table.seek(200_000), true);
  assert.equal(table.take('keys', 'crash n2'), true);
  assert.deepEqual(
    session.branches().map(({ current }) => current),
    [false, true],
  );
  assert.equal(table.deleteBranch(session.view.past.branch), false);
  assert.match(table.said('branches'), /the branch that is shown/);
});

test('a scenario is played as time goes on: a line that waits for nobody stands a moment, one that waits is waited for', async () => {
  const table = desk();
  const { session, player } = table;
  assert.equal(await table.open('open', "script = '''\ntimeout n1\nat 2s crash n1\n'''"), true);
  assert.deepEqual([session.view.steps, session.place.by_hand], [0, true]);
  play(table, 1000);
  assert.equal(session.place.next, 1);
  assert.ok(session.view.now < 2_000_000);
  play(table, 2000);
  assert.equal(session.view.nodes[0].up, false);
  assert.equal(session.place.next, 2);
  assert.match(session.script(), /at 2s crash n1/);
  assert.equal(await table.open('open', 'num_nodes = 99'), false);
  assert.match(table.said('open'), /99/);
  assert.equal(session.view.nodes[0].up, false, 'what runs goes on');
  player.clock.playing = false;
});

test('sessions side by side are always at one time, and each does what it can', () => {
  const table = desk({ seed: 4, traffic: true });
  const other = new Session(core, { protocol: 'single_server', seed: 4, traffic: true });
  /** @type {string[]} */
  const said = [];
  table.player.join(other, (sentence) => said.push(sentence));
  play(table, 800);
  const { session, player } = table;
  table.command('step');
  assert.equal(session.view.now, other.view.now);
  table.take('keys', 'crash n1');
  assert.deepEqual([session.view.nodes[0].up, other.view.nodes[0].up, said.length], [false, false, 0]);
  table.take('keys', 'crash n3');
  assert.match(said.join(), /there is no n3/);
  table.command('undo');
  table.command('undo');
  assert.deepEqual([session.view.nodes[0].up, other.view.nodes[0].up], [true, true]);
  table.command('earlier');
  assert.equal(session.view.now, other.view.now);
  player.leave();
  const { now } = other.view;
  play(table, 100);
  assert.equal(other.view.now, now);
});
