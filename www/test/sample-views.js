// Views made by hand, one for each situation that the ring must be able to show, and a vocabulary to go with them.
// A small language of helpers: each sample says only what is special about it.

/** @typedef {import('../../src/wasm.js').View} View */

const MS = 1000;

export const words = {
  protocol: 'raft',
  title: 'Raft',
  sentence: 'One node leads; the others follow its log.',
  epoch: 'term',
  slots: 'log',
  slot: 'index',
  committed: 'commitIndex',
  applied: 'lastApplied',
  next: 'nextIndex',
  matched: 'matchIndex',
  main_timer: 'election',
  bids: 'elections',
  roles: [
    { name: 'leader', mark: 'crown', sentence: 'Decides.' },
    { name: 'candidate', mark: 'seeking', sentence: 'Asks for votes.' },
    { name: 'follower', mark: 'plain', sentence: 'Follows.' },
  ],
  messages: [
    { name: 'RequestVote', shape: 'triangle', reply: false, sentence: 'Asks for a vote.' },
    { name: 'RequestVoteReply', shape: 'triangle', reply: true, sentence: 'Answers.' },
    { name: 'AppendEntries', shape: 'square', reply: false, sentence: 'Carries entries.' },
    { name: 'AppendEntriesReply', shape: 'square', reply: true, sentence: 'Answers.' },
    { name: 'ClientRequest', shape: 'tag', reply: false, sentence: 'Asks.' },
    { name: 'ClientReply', shape: 'tag', reply: true, sentence: 'Answers.' },
  ],
  orders: [
    order('transfer', 'member', true, 'Hand over the lead'),
    order('campaign', 'nobody', false, 'Campaign now'),
    order('forget', 'nobody', false, 'Forget the leader'),
    order('compact', 'nobody', false, 'Take a snapshot'),
    order('add', 'other', true, 'Let it vote'),
    order('learn', 'other', true, 'Let it learn'),
    order('remove', 'member', true, 'Remove it'),
    order('members', 'all', true, 'Change the members'),
    order('leave', 'nobody', true, 'End the change'),
  ],
  reads: ['log', 'index'],
  grows: true,
  standings: ['votes', 'learns', 'takes no part'],
};

/** @param {string} verb @param {string} names @param {boolean} led @param {string} label */
function order(verb, names, led, label) {
  return { verb, names, led, label, sentence: `${label}.`, section: '§1' };
}

export const paxosWords = {
  ...words,
  protocol: 'multi_paxos',
  title: 'Multi-Paxos',
  epoch: 'ballot',
  main_timer: 'retry',
  bids: 'tries',
  ...{ orders: [], reads: [], grows: false, standings: [] },
  roles: [
    { name: 'acceptor', mark: 'plain', sentence: 'Accepts.' },
    { name: 'leader', mark: 'crown', sentence: 'Proposes.' },
    { name: 'replica', mark: 'passive', sentence: 'Applies.' },
  ],
};

/** @param {number} number */
export const epoch = (number, text = String(number)) => ({ number, text });

/** @param {string} id */
export function node(id, special = {}, card = {}) {
  const view = {
    role: 'follower',
    mark: 'plain',
    epoch: epoch(1),
    leader: 'n1',
    slots: [],
    first_slot: 1,
    last_slot: 2,
    committed: 2,
    applied: 2,
    quorums: [],
    learners: [],
    peers: [],
    store: [['a', 'val_7']],
    facts: [],
    ...special,
  };
  const timers = view.mark === 'crown' ? [{ name: 'heartbeat', armed: 90 * MS, due: 140 * MS }] : election(id);
  return {
    id,
    name: id,
    up: true,
    paused: false,
    isolated: false,
    door: true,
    unflushed: 0,
    timers,
    node: view,
    ...card,
  };
}

/** @param {string} id */
function election(id) {
  return [{ name: 'election', armed: 80 * MS, due: (200 + 17 * Number(id.slice(1))) * MS }];
}

/** @param {string} id */
export function flight(id, special = {}) {
  const [, from, to] = /^([nc]\d+)->([nc]\d+)/.exec(id) ?? [];
  return {
    id,
    from,
    to,
    sent: 95 * MS,
    arrives: 110 * MS,
    held: false,
    kind: 'AppendEntries',
    shape: 'square',
    reply: false,
    epoch: epoch(1),
    label: '',
    ...special,
  };
}

/** @param {string} id */
export function client(id, special = {}) {
  return { id, queued: 0, answered: 0, ...special };
}

const usual = { latency: '10ms..20ms', loss: '0%', duplication: '0%', reordering: '0%' };

/** @param {string} text `n1->n3` or `n1--n3`, several parted by blanks */
export function cuts(text) {
  return text.split(' ').flatMap((link) => {
    const [from, to] = link.split(/->|--/);
    const one = [{ from, to, cut: true, ...usual }];
    return link.includes('--') ? [...one, { from: to, to: from, cut: true, ...usual }] : one;
  });
}

/** @returns {View} */
export function view(special = {}) {
  return /** @type {any} */ ({
    now: 100 * MS,
    due: 104 * MS,
    seed: '1',
    steps: 10,
    told: 20,
    hash: 'abc',
    traffic: false,
    nodes: [],
    messages: [],
    links: [],
    network: usual,
    clients: [client('c1'), client('c2'), client('c3')],
    last_slot: 2,
    ...special,
  });
}

/** What a leader knows of another node. @param {string} id @param {number} matched */
export const peer = (id, matched, special = {}) => ({
  ...{ node: id, next: matched + 1, matched, state: 'replicate', in_flight: 0, bytes: 0 },
  ...special,
});

/** @param {number} count */
const names = (count) => Array.from({ length: count }, (_, i) => `n${i + 1}`);
const leader = { role: 'leader', mark: 'crown', leader: 'n1', vote: 'n1' };
const five = () => names(5).map((id) => node(id, id === 'n1' ? leader : { vote: 'n1' }));

export const quiet = view({
  nodes: five(),
  messages: [
    flight('n1->n2#4', { shape: 'dot', label: '' }),
    flight('n1->n3#4', { label: 'put b' }),
    flight('n4->n1#3', { kind: 'AppendEntriesReply', reply: true, sign: 'plus', sent: 92 * MS }),
    flight('n5->n1#3', { kind: 'AppendEntriesReply', reply: true, sign: 'minus', sent: 92 * MS }),
    flight('c1->n1#2', { kind: 'ClientRequest', shape: 'tag', label: 'put b', epoch: undefined }),
    flight('n1->c2#2', { kind: 'ClientReply', shape: 'tag', reply: true, sign: 'plus', label: 'OK' }),
  ],
  clients: [
    client('c1', { running: { seq: 2, text: 'put b val_8', to: 'n1', attempts: 1, since: 95 * MS, retry: 500 * MS } }),
    client('c2', { last: { seq: 1, text: 'put a val_7', answer: 'OK', ok: true, at: 96 * MS } }),
    client('c3', { last: { seq: 1, text: 'get q', answer: 'key not found: q', ok: false, at: 40 * MS } }),
  ],
});

export const tallying = view({
  nodes: names(5).map((id) => {
    if (id === 'n3') {
      const tally = { voters: names(5), granted: ['n3', 'n4'], refused: ['n1'], needed: 3 };
      return node(id, { role: 'candidate', mark: 'seeking', epoch: epoch(2), vote: 'n3', leader: undefined, tally });
    }
    if (id === 'n5') return node(id, {}, { up: false, timers: [] });
    return node(id, { epoch: epoch(id === 'n2' ? 1 : 2), vote: id === 'n4' ? 'n3' : undefined, leader: undefined });
  }),
  messages: [
    flight('n3->n2#1', { kind: 'RequestVote', shape: 'triangle', epoch: epoch(2) }),
    flight('n4->n3#1', { kind: 'RequestVoteReply', shape: 'triangle', reply: true, sign: 'plus', epoch: epoch(2) }),
    flight('n1->n3#1', { kind: 'RequestVoteReply', shape: 'triangle', reply: true, sign: 'minus', epoch: epoch(2) }),
    flight('n3->n5#1', { kind: 'RequestVote', shape: 'triangle', epoch: epoch(2), lost: 99 * MS, arrives: 99 * MS }),
  ],
});

export const partitioned = view({
  nodes: five(),
  links: cuts('n1--n3 n1--n4 n1--n5 n2--n3 n2--n4 n2--n5 n3->n4'),
  messages: [flight('n1->n3#9', { lost: 90 * MS, sent: 85 * MS, arrives: 100 * MS })],
});

export const troubled = view({
  nodes: [
    node('n1', leader),
    node('n2', {}, { up: false, timers: [] }),
    node('n3', {}, { paused: true }),
    node('n4', { vote: 'n1' }, { isolated: true, drift: '+5%', unflushed: 2 }),
    node('n5'),
  ],
  links: [
    ...cuts('n4--n1 n4--n2 n4--n3 n4--n5'),
    { from: 'n1', to: 'n5', cut: false, ...usual, latency: '50ms..80ms' },
    { from: 'n5', to: 'n1', cut: false, ...usual, latency: '50ms..80ms' },
  ],
  messages: [
    flight('n1->n3#7', { held: true, sent: 60 * MS, arrives: 75 * MS }),
    flight('n1->n3#8', { held: true, sent: 70 * MS, arrives: 85 * MS }),
    flight('n1->n5#8'),
    flight('n1->n5#8.2', { arrives: 112 * MS }),
    flight('n1->n4#8', { lost: 85 * MS, sent: 80 * MS, arrives: 95 * MS }),
  ],
});

export const busy = view({
  nodes: names(9).map((id) => node(id, id === 'n1' ? leader : {})),
  messages: Array.from({ length: 200 }, (_, i) => {
    const from = (i % 9) + 1;
    const to = ((i + 1 + (i % 7)) % 9) + 1;
    const kinds = /** @type {const} */ (['square', 'triangle', 'dot', 'diamond']);
    const id = `n${from}->n${to === from ? (to % 9) + 1 : to}#${i}`;
    return flight(id, { shape: kinds[i % 4], reply: i % 3 === 0, sent: (80 + (i % 20)) * MS, epoch: epoch(i % 9) });
  }),
});

export const paxos = view({
  nodes: [
    ...['n1', 'n2', 'n3'].map((id, i) => paxosNode(id, `acceptor ${i + 1}`, 'acceptor', 'plain')),
    paxosNode('n4', 'leader 1', 'leader', 'crown'),
    paxosNode('n5', 'leader 2', 'leader', 'seeking'),
    paxosNode('n6', 'replica 1', 'replica', 'passive'),
  ],
  messages: [
    flight('n4->n1#1', { kind: 'P2a', shape: 'square', label: '1.1' }),
    flight('n6->n4#1', { kind: 'Decide', shape: 'diamond' }),
  ],
});

/** @param {string} id @param {string} name @param {string} role @param {string} mark */
function paxosNode(id, name, role, mark) {
  const store = role === 'replica' ? [] : undefined;
  const tally =
    mark === 'seeking' ? { voters: ['n1', 'n2', 'n3'], granted: ['n1'], refused: [], needed: 2 } : undefined;
  const ballot = role === 'replica' ? undefined : epoch(18, '2.1');
  return node(
    id,
    { role, mark, epoch: ballot, leader: undefined, store, tally },
    { name, door: role === 'replica', timers: [] },
  );
}

export const single = view({
  nodes: [node('n1', { role: 'server', mark: 'crown', leader: undefined, epoch: undefined })],
});

/** From n1, n2, n3 to n3, n4, n5, half way: n1 leads, n4 has copied slot 3 and n5 lags; n6 only follows along. */
export const changing = view({
  nodes: names(7).map((id) => {
    const known = {
      quorums: [
        ['n3', 'n4', 'n5'],
        ['n1', 'n2', 'n3'],
      ],
      learners: ['n6'],
      last_slot: 3,
    };
    const peers = [peer('n2', 3), peer('n3', 2), peer('n4', 3), peer('n5', 0), peer('n6', 1)];
    if (id === 'n1') return node(id, { ...leader, ...known, peers, durable: 3 });
    if (id === 'n6') return node(id, { ...known, role: 'learner', mark: 'passive', vote: undefined });
    return id === 'n7' ? node(id, { role: 'outsider', mark: 'absent', leader: undefined }) : node(id, known);
  }),
  last_slot: 3,
});

export const samples = { quiet, tallying, partitioned, troubled, busy, paxos, single, changing };
