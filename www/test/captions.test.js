// Which sentence stands under the ring, and for how long.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STANDS, nextCaption, sentenceOf } from '../captions.js';
import { addressOf } from '../source.js';

/** Lines by their weights: d(etail), s(tory), t(urn). @param {string} weights */
const told = (weights) =>
  [...weights].map((letter, i) => ({
    number: i + 1,
    at: i,
    text: '',
    section: '',
    weight: /** @type {'detail' | 'story' | 'turn'} */ ({ d: 'detail', s: 'story', t: 'turn' }[letter]),
  }));
/** The number of the line that is shown after these frames. @param {[wall: number, weights: string][]} frames */
function shown(frames, playing = true) {
  /** @type {import('../captions.js').Caption | undefined} */
  let caption;
  for (const [wall, weights] of frames) caption = nextCaption(caption, told(weights), wall, playing);
  return caption?.line.number;
}

test('details are never shown, and nothing is shown before there is something', () => {
  assert.equal(shown([[0, 'ddd']]), undefined);
  assert.equal(shown([[0, 'dsd']]), 2);
});

test('a turning point is preferred to what came after it in the same frame', () => {
  assert.equal(shown([[0, 'sts']]), 2);
});

test('each sentence stands long enough to be read, a turning point the longest', () => {
  for (const first of /** @type {const} */ (['turn', 'story'])) {
    for (const next of /** @type {const} */ (['turn', 'story'])) {
      const stands = STANDS[first][next];
      const both = first[0] + next[0];
      const after = (/** @type {number} */ wall) =>
        shown([
          [0, first[0]],
          [wall, both],
        ]);
      assert.deepEqual([after(stands - 1), after(stands)], [1, 2], `${next} after ${first}`);
    }
  }
  assert.ok(STANDS.turn.story > STANDS.turn.turn && STANDS.story.story > STANDS.story.turn);
});

test('of what was told meanwhile the latest turning point follows, or else the latest of all', () => {
  const late = STANDS.turn.story;
  assert.equal(
    shown([
      [0, 't'],
      [late, 'tstsds'],
    ]),
    3,
  );
  assert.equal(
    shown([
      [0, 't'],
      [late, 'tsdsd'],
    ]),
    4,
  );
});

test('somebody who steps by hand sees every step at once', () => {
  assert.equal(
    shown(
      [
        [0, 't'],
        [1, 'ts'],
      ],
      false,
    ),
    2,
  );
});

test('a text goes on where its name ends, unless it begins anew', () => {
  const name = (/** @type {string} */ id) => (id === 'n4' ? 'leader 1' : id);
  const sentence = (/** @type {string | undefined} */ who, /** @type {string} */ text) =>
    sentenceOf({ who, text }, name);
  assert.equal(sentence('n5', 'leads from now on'), 'n5 leads from now on');
  assert.equal(sentence('n4', 'Phase 2 for slot 8: 2/3 accepted'), 'leader 1: Phase 2 for slot 8: 2/3 accepted');
  assert.equal(sentence('n4', 'Éclair'), 'leader 1: Éclair');
  assert.equal(sentence('n4', '3 of 5 agree'), 'leader 1 3 of 5 agree');
  assert.equal(sentence(undefined, 'Every link is healed'), 'Every link is healed');
});

test('a section is a link where its paper has an address', () => {
  assert.equal(addressOf('Raft §5.4.1'), 'https://raft.github.io/raft.pdf');
  assert.equal(addressOf('Paxos Made Simple §3'), undefined);
});
