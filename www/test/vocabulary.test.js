// No file of the front end names a concept of a protocol: all such words come with the vocabulary and the view.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const www = new URL('../', import.meta.url);
const files = ['', 'panels/'].flatMap((folder) =>
  readdirSync(new URL(folder || './', www))
    .filter((name) => name.endsWith('.js'))
    .map((name) => folder + name),
);
// Words of Raft, Paxos and their papers. `leader`, `log` and `committed` are neutral words of the view.
const WORDS = new RegExp(
  [
    'appendentries|requestvote|nextindex|matchindex|commitindex|lastapplied|votedfor|currentterm',
    'candidate|follower|ballot|acceptor|proposer|learner|heartbeat|\\belections?\\b|\\bterms?\\b|\\bvot(e[sdr]?|ing)\\b',
    '\\bprepare\\b|promise[ds]?\\b(?!<)|phase ?[12]|quorum',
  ].join('|'),
  'i',
);
/** Comments may give examples. */
const COMMENT = /^\s*(\/\/|\/?\*)/;
/** The fields of the view that these words name are fields of src/observe.rs, and `Promise` is JavaScript's. */
const ALLOWED = /node\.vote\b|Promise\b|main_timer|\bquorums\b|\blearners\b/g;

test('no protocol’s words in the front end', () => {
  assert.ok(files.length > 30, String(files.length));
  const found = files.flatMap((file) =>
    readFileSync(new URL(file, www), 'utf8')
      .split('\n')
      .flatMap((line, i) =>
        !COMMENT.test(line) && WORDS.test(line.replace(ALLOWED, '')) ? [`www/${file}:${i + 1}: ${line.trim()}`] : [],
      ),
  );
  assert.deepEqual(found, []);
});

test('only engine.js and the worker import the wasm packages', () => {
  const importing = files.filter((file) =>
    /^import .*'[./]*\/pkg\/|\bawait import\('[./]*\/pkg\//m.test(readFileSync(new URL(file, www), 'utf8')),
  );
  assert.deepEqual(importing, ['engine.js', 'worker.js']);
});
