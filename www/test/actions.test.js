// The entries of the menus: which steps they stand for, and why some cannot be taken now.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actionsFor } from '../actions.js';
import { KEYS } from '../keys.js';
import { cuts, flight, node, samples, view, words } from './sample-views.js';

/** @param {any} thing @param {any} shown */
const menu = (thing, shown) => actionsFor(thing, shown, /** @type {any} */ (words));
/** @param {import('../actions.js').Action[]} actions */
const steps = (actions) => actions.flatMap(({ step, disabled }) => (step && !disabled ? step : []));
/** @param {any} thing @param {any} shown @param {string} label */
const reason = (thing, shown, label) => menu(thing, shown).find((action) => action.label === label)?.disabled;
/** @param {string} id */
const n = (id) => ({ kind: 'node', id });

test('a running node', () => {
  assert.deepEqual(steps(menu(n('n2'), samples.quiet)).slice(0, 4), [
    'crash n2',
    'timeout n2',
    'pause n2',
    'isolate n2',
  ]);
  assert.ok(steps(menu(n('n2'), samples.quiet)).includes('cut n2--n5'));
  assert.equal(menu(n('n2'), samples.quiet).find(({ ask }) => ask === 'request')?.key, 'C');
});

test('a node that is down can be restarted, and says why it cannot do more', () => {
  assert.equal(menu(n('n2'), samples.troubled)[0].step, 'restart n2');
  assert.equal(reason(n('n2'), samples.troubled, 'Time out'), 'n2 is crashed');
  assert.equal(reason(n('n2'), samples.troubled, 'Pause'), 'n2 is crashed');
});

test('a timer that does not run cannot run out; another one that runs can', () => {
  assert.equal(reason(n('n1'), samples.quiet, 'Time out'), 'its election timer is not running');
  assert.ok(steps(menu(n('n1'), samples.quiet)).includes('timeout n1 heartbeat'));
});

test('paused is resumed, isolated is reconnected', () => {
  assert.ok(steps(menu(n('n3'), samples.troubled)).includes('resume n3'));
  const back = menu(n('n4'), samples.troubled).find(({ key }) => key === 'P');
  assert.deepEqual([back?.label, back?.step], ['Reconnect', 'heal']);
  const more = { ...samples.troubled, links: [...samples.troubled.links, ...cuts('n1->n3')] };
  assert.equal(menu(n('n4'), more).find(({ key }) => key === 'P')?.label, 'Reconnect: heal all links');
  assert.ok(steps(menu(n('n4'), samples.troubled)).includes('heal n4--n1'));
});

test('a node alone has nobody to be isolated from, one that is no door takes no request', () => {
  assert.equal(reason(n('n1'), samples.single, 'Isolate'), 'there is no other node');
  assert.equal(
    menu(n('n1'), samples.paxos).some(({ ask }) => ask === 'request'),
    false,
  );
});

test('a message on its way, held, lost and gone', () => {
  const message = (/** @type {string} */ id) => ({ kind: 'message', id });
  const shown = view({
    nodes: [node('n1'), node('n2')],
    messages: [flight('n1->n2#1'), flight('n1->n2#2', { lost: 1 }), flight('n1->n2#3', { held: true })],
  });
  assert.deepEqual(steps(menu(message('n1->n2#1'), shown)), [
    'deliver n1->n2#1',
    'drop n1->n2#1',
    'duplicate n1->n2#1',
    'delay n1->n2#1 20ms',
  ]);
  assert.ok(menu(message('n1->n2#2'), shown).every(({ disabled }) => disabled === 'it is lost'));
  assert.equal(reason(message('n1->n2#3'), shown, 'Deliver now'), 'n2 is paused');
  assert.deepEqual(steps(menu(message('n1->n2#3'), shown)), ['drop n1->n2#3']);
  assert.ok(menu(message('n1->n2#9'), shown).every(({ disabled }) => disabled === 'it has arrived'));
});

test('a link is cut one way or both, and healed where it is cut', () => {
  const link = { kind: 'link', from: 'n3', to: 'n4' };
  assert.deepEqual(steps(menu(link, samples.quiet)), ['cut n3--n4', 'cut n3->n4', 'cut n4->n3']);
  assert.deepEqual(steps(menu(link, samples.partitioned)), ['cut n3--n4', 'cut n4->n3', 'heal n3--n4']);
});

test('a client asks anew, or for the key that was touched last', () => {
  const actions = menu({ kind: 'client', id: 'c1' }, samples.quiet);
  assert.deepEqual(
    actions.flatMap(({ op }) => op ?? []),
    ['put', 'get', 'delete'],
  );
  assert.deepEqual(steps(actions), ['get c1 a', 'delete c1 a']);
});

const things = [
  n('n2'),
  n('n4'),
  { kind: 'message', id: 'n1->n3#7' },
  { kind: 'link', from: 'n1', to: 'n3' },
  { kind: 'client', id: 'c1' },
];

test('within a menu no two entries have the same key', () => {
  for (const thing of things) {
    const keys = menu(thing, samples.troubled).flatMap(({ key }) => key ?? []);
    assert.equal(new Set(keys).size, keys.length, keys.join(' '));
  }
});

test('a key of a menu that the page knows too means the like there', () => {
  // On the page these do to the selected thing what their menu says; all other keys of the page stay as they are.
  const shared = new Set(['crash', 'time-out', 'request', 'pause', 'part']);
  for (const thing of things) {
    for (const { key } of menu(thing, samples.troubled)) {
      const row = KEYS.find(({ keys }) => key && keys.includes(key.toLowerCase()));
      if (row) assert.ok(shared.has(row.command), `${key} of a ${thing.kind} is ${row.command}`);
    }
  }
});

test('a thing that has gone has no actions', () => {
  assert.deepEqual(menu(n('n77'), samples.quiet), []);
});
