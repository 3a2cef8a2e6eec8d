// How the page is told to open: what is right is taken, what is wrong becomes a sentence.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PANELS, openingFrom } from '../settings.js';
import { fakeEngine } from './fake-engine.js';

const [first] = fakeEngine().engine.cards;
const cards = [first, { ...first, protocol: 'other', title: 'Other', counts: [] }];
/** @param {string} query */
const opening = (query) => {
  const params = new URLSearchParams(query);
  return openingFrom((name) => params.get(name), cards);
};

test('without a word it opens with the first protocol, seed 1, 1/20 of real time and everything shown', () => {
  assert.deepEqual(opening(''), {
    settings: { protocol: 'raft', seed: '1', traffic: false, num_nodes: 5, num_clients: 3 },
    speed: 0.05,
    theme: undefined,
    panels: PANELS,
    beside: [],
    complaints: [],
  });
});

test('protocols that stand beside are named, and only others', () => {
  assert.deepEqual(opening('beside=other').beside, ['other']);
  const wrong = opening('beside=raft,paxos');
  assert.deepEqual(wrong.beside, []);
  assert.match(wrong.complaints[0], /“raft”, “paxos” cannot stand beside/);
});

test('a link says all of it', () => {
  const { settings, speed, theme, panels, complaints } = opening(
    'protocol=raft&seed=7&nodes=3&num_clients=1&speed=1/5&theme=dark&panels=log,events&traffic=on',
  );
  assert.deepEqual(settings, { protocol: 'raft', seed: '7', traffic: true, num_nodes: 3, num_clients: 1 });
  assert.deepEqual([speed, theme, panels, complaints], [0.2, 'dark', ['log', 'events'], []]);
  assert.equal(opening('protocol=other').settings.protocol, 'other');
  assert.deepEqual(opening('panels=none').panels, []);
  assert.equal(opening('bug=forget_vote').settings.bug, 'forget_vote', 'the core says whether there is such a one');
});

test('a seed keeps all its digits', () => {
  assert.equal(opening('seed=18446744073709551615').settings.seed, '18446744073709551615');
});

test('each wrong value is one sentence, and its default is used', () => {
  const wrong = {
    'seed=banana': /not a seed/,
    'seed=-1': /not a seed/,
    'seed=1e3': /not a seed/,
    'nodes=0': /nodes from 1 to 9/,
    'nodes=five': /nodes from 1 to 9/,
    'speed=fast': /not a speed/,
    'speed=100': /not a speed/,
    'speed=1/0': /not a speed/,
    'theme=pink': /not a theme/,
    'panels=logs': /no panel “logs”/,
    'protocol=zab': /not a protocol/,
    'traffic=maybe': /on or off/,
  };
  for (const [query, sentence] of Object.entries(wrong)) {
    const { complaints, settings, speed, theme } = opening(query);
    assert.equal(complaints.length, 1, query);
    assert.match(complaints[0], sentence);
    assert.deepEqual([settings, speed, theme], [opening('').settings, 0.05, undefined], query);
  }
});
