// Scenes of the sample views: what is drawn, how often, and where the moving things are at a moment.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STAGES } from '../geometry.js';
import { neighbour } from '../ring.js';
import { lastKey } from '../reading.js';
import { FADE, posesOf, sceneOf } from '../scene.js';
import { client, flight, node, paxosWords, samples, view, words } from './sample-views.js';

/** @typedef {import('../scene.js').Scene} Scene */
/** @typedef {import('../scene.js').Figure} Figure */

/** @param {any} shown @param {any} [look] */
const draw = (shown, look) => sceneOf(shown, { stage: STAGES.wide, words: /** @type {any} */ (words), ...look });
/** @param {Figure[]} figures @param {string} name */
const withClass = (figures, name) =>
  figures.filter(({ classes }) => classes.split(' ').includes(name)).map(({ key }) => key);
/** All texts of a figure. @param {Figure | undefined} figure */
const texts = (figure) => figure?.parts().flatMap(([, , text]) => text ?? []) ?? [];
/** @param {Scene} scene @param {string} key */
const find = (scene, key) =>
  [scene.nodes, scene.messages, scene.clients, scene.links].flat().find((figure) => figure.key === key);
/** @param {Figure | undefined} figure @param {string} name */
const has = (figure, name) => figure?.parts().some(([, attributes]) => attributes.class === name);

test('every sample view can be drawn on both stages, with numbers for places and unique keys', () => {
  for (const [name, sample] of Object.entries(samples)) {
    for (const stage of Object.values(STAGES)) {
      const scene = draw(sample, { stage, words: name === 'paxos' ? paxosWords : words });
      const figures = [scene.groups, scene.links, scene.cuts, scene.nodes, scene.clients, scene.messages].flat();
      assert.equal(new Set(figures.map(({ key }) => key)).size, figures.length, name);
      assert.doesNotMatch(
        JSON.stringify([figures.map(({ parts }) => parts()), posesOf(scene, sample.now, false)]),
        /NaN|null/,
      );
      for (const figure of figures.filter(({ thing }) => thing)) assert.notEqual(figure.label, '');
    }
  }
});

test('a quiet cluster: one crown, a tag for each request and answer, hollow replies', () => {
  const scene = draw(samples.quiet);
  assert.deepEqual(withClass(scene.nodes, 'crown'), ['node n1']);
  assert.ok(has(find(scene, 'node n1'), 'crown-mark'));
  assert.deepEqual(withClass(scene.messages, 'reply').length, 3);
  assert.deepEqual(texts(find(scene, 'node n2')), ['n2', 'term 1', 'a=val_7', 'follower ✓n1']);
  assert.equal(scene.dials.length, 4, 'whoever leads has no such timer');
  assert.ok(scene.roomy);
});

test('the value of the key that was touched last stands in the disc', () => {
  assert.equal(lastKey(samples.quiet), 'a', 'the answer came after the next request was made');
  const asked = view({ ...samples.quiet, clients: [client('c2', { last: samples.quiet.clients[1].last })] });
  assert.ok(texts(find(draw(asked), 'node n3')).includes('a=val_7'));
  assert.equal(lastKey(view()), undefined);
});

test('who seeks has dashes, and a mark for every answer', () => {
  const seeking = find(draw(samples.tallying), 'node n3');
  const marks = seeking
    ?.parts()
    .flatMap(([, attributes]) => (/^count-/.test(String(attributes.class)) ? attributes.class : []));
  assert.deepEqual(marks, ['count-no', 'count-open', 'count-yes', 'count-yes', 'count-open']);
  assert.ok(texts(seeking).includes('needs 3'));
  assert.match(seeking?.classes ?? '', /\bseeking\b.*\bepoch-1\b/);
});

test('a partition shades its groups; only a cut inside a group is drawn loudly', () => {
  const scene = draw(samples.partitioned);
  assert.deepEqual(
    scene.groups.map(({ label }) => label),
    ['n1, n2 can reach only each other', 'n3, n4, n5 can reach only each other'],
  );
  assert.equal(scene.cuts.length, 7);
  assert.equal(withClass(scene.cuts, 'between').length, 6);
});

test('down, paused and isolated are told by word and by shape', () => {
  const scene = draw(samples.troubled);
  assert.ok(has(find(scene, 'node n2'), 'down-cross') && texts(find(scene, 'node n2')).includes('crashed'));
  assert.ok(has(find(scene, 'node n3'), 'hatch') && texts(find(scene, 'node n3')).includes('paused follower'));
  assert.ok(has(find(scene, 'node n4'), 'fence') && texts(find(scene, 'node n4')).includes('follower · cut off · +5%'));
  assert.match(find(scene, 'node n4')?.label ?? '', /cut off from all others.*2 writes not on its disk.*clock \+5%/);
  assert.deepEqual(withClass(scene.links, 'special'), ['link n1 n5']);
  assert.ok(texts(find(scene, 'link n1 n5')).includes('50ms..80ms'));
});

test('a scene of nine nodes and 200 messages leaves the words to what is pointed at', () => {
  const scene = draw(samples.busy);
  assert.equal(scene.messages.length, 200);
  assert.equal(scene.roomy, false);
  assert.equal(scene.links.length, 36);
});

test('names that are more than the id stand beneath the disc', () => {
  const scene = draw(samples.paxos, { words: paxosWords });
  assert.deepEqual(texts(find(scene, 'node n2')), ['n2', 'ballot 2.1', 'acceptor 2']);
  assert.match(find(scene, 'node n2')?.label ?? '', /^acceptor 2 \(n2\), acceptor, ballot 2\.1/);
});

test('a message is where its times say', () => {
  const one = view({
    nodes: [node('n1'), node('n2')],
    messages: [flight('n1->n2#1', { sent: 0, arrives: 100 })],
    now: 0,
  });
  const scene = draw(one);
  const y = (/** @type {number} */ now, still = false) => posesOf(scene, now, still).messages[0].y;
  const { from, to } = scene.paths[0].way;
  assert.equal(y(0), Math.round(from.y * 10) / 10);
  assert.ok(Math.abs(y(50) - (from.y + to.y) / 2) < 0.1);
  assert.equal(y(100), Math.round(to.y * 10) / 10);
  assert.equal(y(100), y(500), 'it goes no farther than its receiver');
  const stations = new Set(Array.from({ length: 101 }, (_, now) => y(now, true)));
  assert.equal(stations.size, 3, 'under reduced motion there are three stations');
});

test('a lost message fades where it was lost, and is gone after that', () => {
  const lost = flight('n1->n2#1', { sent: 0, arrives: 100, lost: 50 });
  const scene = draw(view({ nodes: [node('n1'), node('n2')], messages: [lost], now: 50 }));
  const [early, late] = [50, 50 + FADE / 2].map((now) => posesOf(scene, now, false).messages[0]);
  assert.deepEqual([early.y, early.opacity, late.opacity], [late.y, 1, 0.5]);
  assert.ok(has(scene.messages[0], 'lost-mark'));
  assert.equal(draw(view({ messages: [lost], now: 50 + FADE })).messages.length, 0);
});

test('what is held waits at the edge of its receiver, one behind the other', () => {
  const scene = draw(samples.troubled);
  const [first, second] = posesOf(scene, samples.troubled.now, false).messages;
  const end = scene.paths[0].way.to;
  assert.deepEqual(
    [first.x, first.y],
    [end.x, end.y].map((n) => Math.round(n * 10) / 10),
  );
  assert.ok(second.y < first.y - 10);
});

test('a copy travels beside what it is a copy of', () => {
  const [, , a, b] = draw(samples.troubled).paths;
  assert.ok(Math.hypot(a.way.from.x - b.way.from.x, a.way.from.y - b.way.from.y) > 10);
});

test('an arc empties from when its timer was armed until it is due', () => {
  const timed = node('n1', {}, { timers: [{ name: 'election', armed: 100, due: 200 }] });
  const scene = draw(view({ nodes: [timed] }));
  const left = (/** @type {number} */ now) => posesOf(scene, now, false).dials[0].left;
  assert.deepEqual([100, 150, 200, 300].map(left), [1, 0.5, 0, 0]);
});

test('arrow keys lead through nodes, then messages by arrival, then clients, then links', () => {
  const scene = draw(samples.quiet);
  const go = (/** @type {string} */ from, /** @type {string} */ key) => neighbour(scene, from, key)?.key;
  assert.equal(go('node n1', 'ArrowRight'), 'node n2');
  assert.equal(go('node n1', 'ArrowLeft'), 'node n5');
  assert.equal(go('node n3', 'ArrowDown'), scene.messages[0].key);
  assert.equal(go(scene.messages[0].key, 'ArrowDown'), scene.messages[1].key);
  assert.equal(go(scene.messages[5].key, 'ArrowDown'), 'client c1');
  assert.equal(go('client c1', 'ArrowUp'), scene.messages[5].key);
  assert.equal(go(scene.messages[0].key, 'ArrowUp'), 'node n1');
  assert.equal(go('client c3', 'ArrowDown'), 'link n1 n2');
  assert.equal(go('link n1 n2', 'ArrowRight'), 'link n1 n3');
  assert.equal(go('link n1 n2', 'ArrowUp'), 'client c3');
  assert.equal(go('node n1', 'x'), undefined);
});

test('while the members change there is a line around those before and one around those after, and what each needs', () => {
  const scene = draw(samples.changing);
  assert.deepEqual(
    scene.halves.map(({ label }) => label),
    [
      'before: 2 of n1, n2, n3 must agree',
      'after: 2 of n3, n4, n5 must agree',
      'both must agree: 2 of 3 before, and 2 of 3 after',
    ],
  );
  assert.deepEqual(texts(scene.halves[2]), ['both must agree', 'before: 2 of 3', 'after: 2 of 3']);
  assert.deepEqual(texts(draw(samples.changing, { stage: STAGES.tight }).halves[2]), ['2 of 3', '2 of 3']);
  assert.deepEqual(draw(samples.quiet).halves, []);
});

test('who leads half way has a mark for each of both sets, and a plus between them', () => {
  const leading = find(draw(samples.changing), 'node n1');
  const marks = leading?.parts().flatMap(([, { class: kind }]) => (/^count-/.test(String(kind)) ? kind : []));
  const [yes, open, and] = ['count-yes', 'count-open', 'count-and'];
  assert.deepEqual(marks, [yes, yes, open, and, open, yes, open]);
  assert.ok(texts(leading).includes('needs 2 + 2'));
  assert.match(leading?.label ?? '', /has 2 of 3 before and 1 of 3 after the change, needs 2 and 2/);
});

test('writes on their way to a disk are seen at the node', () => {
  const scene = draw(samples.troubled);
  assert.ok(has(find(scene, 'node n4'), 'disk') && texts(find(scene, 'node n4')).includes('2'));
  assert.ok(!has(find(scene, 'node n5'), 'disk'));
});

test('a client that was turned away says so', () => {
  const running = { seq: 1, text: 'put a b', attempts: 2, since: 0, retry: 1, busy: true };
  const scene = draw(view({ nodes: [node('n1')], clients: [client('c1', { running })] }));
  assert.ok(texts(find(scene, 'client c1')).includes('turned away: busy'));
  assert.match(find(scene, 'client c1')?.label ?? '', /turned away, since there is too much to do/);
});
