// What an operator can tell a node: the entries of its menu, and who takes part as a form has it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actionsFor } from '../actions.js';
import {
  briefMembers,
  countedNodes,
  halvesOf,
  singleSteps,
  slotAtStake,
  standingsOf,
  talliesOf,
  wholeStep,
} from '../members.js';
import { ALONG, FULL, NOT, nextNode } from '../orders.js';
import { node, paxosWords, peer, samples, view, words } from './sample-views.js';

/** @param {string} id @param {any} shown @param {any} [vocabulary] */
const menu = (id, shown, vocabulary = words) => actionsFor({ kind: 'node', id }, shown, vocabulary);
/** @param {string} id @param {any} shown @param {string} label */
const entry = (id, shown, label) => menu(id, shown).find((action) => action.label === label);
/** @param {any} shown @param {string} id */
const card = (shown, id) => shown.nodes.find((/** @type {any} */ each) => each.id === id);

const settled = view({
  nodes: [
    node('n1', {
      ...{ role: 'leader', mark: 'crown', quorums: [['n1', 'n2', 'n3']], learners: ['n4'] },
      peers: [peer('n2', 2)],
    }),
    node('n2', { quorums: [['n1', 'n2', 'n3']], learners: ['n4'] }),
    node('n3', { quorums: [['n1', 'n2', 'n3']], learners: ['n4'] }, { up: false }),
    node('n4', { role: 'learner', mark: 'passive', quorums: [['n1', 'n2', 'n3']], learners: ['n4'] }),
    node('n5', { role: 'outsider', mark: 'absent' }),
  ],
});

test('what only a leader is told goes to the leader, and names whose menu it is', () => {
  assert.equal(entry('n2', settled, 'Hand over the lead to n2')?.step, 'tell n1 transfer n2');
  assert.equal(entry('n5', settled, 'Let it learn')?.step, 'tell n1 learn n5');
  assert.equal(entry('n4', settled, 'Let it vote')?.step, 'tell n1 add n4');
  assert.equal(entry('n2', settled, 'Remove it')?.step, 'tell n1 remove n2');
});

test('a leader asks to whom it is to hand over: to those who take part in full', () => {
  const action = entry('n1', settled, 'Hand over the lead…');
  assert.deepEqual([action?.ask, action?.step, action?.choices], ['order', 'tell n1 transfer', ['n2', 'n3']]);
});

test('what makes no sense is offered with its reason', () => {
  const why = (/** @type {string} */ id, /** @type {string} */ label) => entry(id, settled, label)?.disabled;
  assert.equal(why('n2', 'Let it vote'), 'n2 votes already');
  assert.equal(why('n4', 'Let it learn'), 'n4 learns already');
  assert.equal(why('n4', 'Hand over the lead to n4'), 'n4 learns');
  assert.equal(why('n5', 'Remove it'), 'n5 takes no part already');
  assert.equal(why('n4', 'Campaign now'), 'n4 learns');
  assert.equal(why('n1', 'Campaign now'), 'n1 leads');
  assert.equal(why('n1', 'Forget the leader'), 'n1 leads');
  assert.equal(why('n3', 'Take a snapshot'), 'n3 is crashed');
  assert.equal(why('n1', 'End the change'), 'no change is half done');
  assert.equal(why('n2', 'Take a snapshot'), undefined);
  const folded = view({ nodes: [node('n1', { snapshot: { slot: 2, epoch: { number: 1, text: '1' }, bytes: 9 } })] });
  assert.equal(entry('n1', folded, 'Take a snapshot')?.disabled, 'n1 has applied nothing new');
  assert.equal(entry('n1', folded, 'Remove it')?.disabled, 'nobody leads');
});

test('who does not lead is not told to end a change, and who leads is while there is one', () => {
  assert.equal(entry('n2', samples.changing, 'End the change'), undefined);
  const end = entry('n1', samples.changing, 'End the change');
  assert.deepEqual([end?.step, end?.disabled], ['tell n1 leave', undefined]);
});

test('each order says what it does and where that is described', () => {
  for (const { label } of words.orders) {
    const found = menu('n1', settled).find((action) => action.label.startsWith(label));
    if (found) assert.deepEqual([found.hint, found.section], [`${label}.`, '§1']);
  }
});

test('a node is started with the next number, until there are as many as can be', () => {
  assert.equal(entry('n2', settled, 'Start a new node, n6')?.step, 'start n6');
  const most = view({ nodes: Array.from({ length: 16 }, (_, i) => node(`n${i + 1}`)) });
  assert.equal(nextNode(most), undefined);
  assert.equal(entry('n1', most, 'Start a new node')?.disabled, 'there are 16 already');
});

test('a write is torn where one is on its way', () => {
  assert.equal(entry('n1', samples.troubled, 'Stop in mid-write')?.disabled, 'nothing is on its way to its disk');
  const writing = entry('n4', samples.troubled, 'Stop in mid-write');
  assert.deepEqual([writing?.step, writing?.disabled], ['tear n4', undefined]);
});

test('a protocol that takes no orders has none, and no new nodes', () => {
  const labels = menu('n4', samples.paxos, paxosWords).map(({ label }) => label);
  assert.ok(!labels.some((label) => /lead to|Start|Members|snapshot/.test(label)), labels.join());
});

test('how everybody takes part, by the account of one of them', () => {
  assert.deepEqual([...standingsOf(settled, card(settled, 'n1')).values()], [FULL, FULL, FULL, ALONG, NOT]);
});

test('all at once is one step; one by one those who come are first and the leader goes last', () => {
  const now = standingsOf(settled, card(settled, 'n1'));
  const wanted = new Map([...now, ['n1', NOT], ['n2', NOT], ['n4', FULL], ['n5', ALONG]]);
  assert.equal(wholeStep('n1', wanted, false), 'tell n1 members n3 n4 learners n5');
  assert.equal(wholeStep('n1', new Map([...wanted, ['n5', NOT]]), true), 'tell n1 members n3 n4 stay');
  assert.deepEqual(singleSteps('n1', now, wanted), [
    'tell n1 add n4',
    'tell n1 learn n5',
    'tell n1 remove n2',
    'tell n1 remove n1',
  ]);
  assert.deepEqual(singleSteps('n1', now, now), []);
});

test('half way there are two sets, and of each so many are needed', () => {
  const halves = halvesOf(samples.changing);
  assert.equal(halves?.seer.id, 'n1');
  assert.deepEqual(halves?.before, { ids: ['n1', 'n2', 'n3'], needed: 2 });
  assert.deepEqual(halves?.after, { ids: ['n3', 'n4', 'n5'], needed: 2 });
  assert.equal(halvesOf(settled), undefined);
});

test('who is a member and has not heard so is joining, by the account of the leader', () => {
  const away = (/** @type {string} */ id) => node(id, { role: 'outsider', mark: 'absent' });
  const leader = node('n1', { role: 'leader', mark: 'crown', quorums: [['n1', 'n2']], learners: ['n3'] });
  const told = countedNodes(view({ nodes: [leader, away('n2'), away('n3'), away('n4')] }));
  assert.deepEqual(
    told.map((card) => `${card.node.role} ${card.node.mark}`),
    ['leader crown', 'joining plain', 'joining passive', 'outsider absent'],
  );
});

test('members are told in few letters', () => {
  for (const [text, short] of [
    ['n1 n2 n3', 'n1–n3'],
    ['n1 n2 n3 n4 n5, learner n6', 'n1–n5 +n6'],
    ['n1 n2 n4, learners n5 n6 n7', 'n1 n2 n4 +n5–n7'],
    ['nobody', 'nobody'],
  ])
    assert.equal(briefMembers(text), short);
});

test('who leads counts for both sets who holds what is to be committed next, itself once its disk has it', () => {
  const leader = card(samples.changing, 'n1');
  assert.equal(slotAtStake(leader), 3);
  const granted = (/** @type {any} */ one) => talliesOf(one).map((tally) => tally.granted);
  assert.deepEqual(granted(leader), [['n1', 'n2'], ['n4']]);
  assert.deepEqual(granted({ ...leader, node: { ...leader.node, durable: 2 } }), [['n2'], ['n4']]);
  assert.deepEqual(talliesOf(card(samples.changing, 'n3')), []);
});

test('who seeks to lead counts for both sets who backs it', () => {
  const seeking = card(samples.changing, 'n3');
  const tally = { voters: ['n1', 'n2', 'n3', 'n4', 'n5'], granted: ['n3', 'n4'], refused: ['n1'], needed: 3 };
  const tallies = talliesOf({ ...seeking, node: { ...seeking.node, mark: 'seeking', tally } });
  assert.deepEqual(
    tallies.map(({ granted, refused, needed }) => [granted, refused, needed]),
    [
      [['n3'], ['n1'], 2],
      [['n3', 'n4'], [], 2],
    ],
  );
});
