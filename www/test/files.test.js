// Files that a person chooses or drops: the names that they get, and one sentence for each that is not opened.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileName, textDropped, textOf } from '../files.js';
import { LARGEST, linkTo } from '../link.js';

const TEXT = 'num_nodes = 3\n# → ü\n';
/** @param {BlobPart} part @param {string} [name] */
const file = (part, name = 'mine.toml') => new File([part], name);
/** @param {{ files?: File[], text?: string }} what */
const transfer = ({ files = [], text = '' }) => ({ files: /** @type {any} */ (files), getData: () => text });

test('a file is called after its run and its moment', () => {
  const names = {
    'raft-1.234s.toml': 'raft',
    'multi-paxos-1.234s.toml': 'multi_paxos',
    'figure-8-e-an-entry-of-its-own-makes-it-1.234s.toml': 'Figure 8, (e): an entry of its own makes it safe',
    'uber-alles-1.234s.toml': ' Über/alles… ',
    '漢字-1.234s.toml': '漢字',
    'raft-playground-1.234s.toml': '“…”',
    [`${'x'.repeat(40)}-1.234s.toml`]: 'x'.repeat(90),
  };
  for (const [name, title] of Object.entries(names)) assert.equal(fileName(title, 1_234_000), name);
  assert.equal(fileName('raft', 0), 'raft-0.000s.toml');
});

test('a text is read, and so is a link in a file', async () => {
  assert.deepEqual(await textOf(file(TEXT)), { text: TEXT });
  assert.deepEqual(await textOf(file(`\ufeff${TEXT}`)), { text: TEXT });
  assert.deepEqual(await textOf(file(`https://example.org/${await linkTo(TEXT)}\n`, 'link.txt')), { text: TEXT });
});

test('what is no scenario file is one sentence with its name', async () => {
  const picture = file(new Uint8Array([0x89, 0x50, 0x4e, 0x47]), 'x.png');
  assert.match((await textOf(picture)).wrong ?? '', /“x.png” is not a text/);
  assert.match((await textOf(file('a\0b'))).wrong ?? '', /not a text/);
  assert.match((await textOf(file(' \n'))).wrong ?? '', /“mine.toml” is empty/);
  assert.match((await textOf(file('x'.repeat(LARGEST + 100_000)))).wrong ?? '', /has 1.1 megabytes/);
  const folder = Object.assign(file(TEXT, 'folder'), { arrayBuffer: () => Promise.reject(new Error('no')) });
  assert.match((await textOf(folder)).wrong ?? '', /“folder” cannot be read/);
});

test('a drop is one file or one text', async () => {
  assert.deepEqual(await textDropped(transfer({ files: [file(TEXT)] })), { text: TEXT });
  assert.deepEqual(await textDropped(transfer({ text: TEXT })), { text: TEXT });
  assert.deepEqual(await textDropped(transfer({ text: `http://x/${await linkTo(TEXT)}` })), { text: TEXT });
  assert.match((await textDropped(transfer({ files: [file(TEXT), file(TEXT)] }))).wrong ?? '', /2 files/);
  assert.match((await textDropped(transfer({}))).wrong ?? '', /no text/);
  assert.match((await textDropped(null)).wrong ?? '', /no text/);
  assert.match((await textDropped(transfer({ text: 'x'.repeat(LARGEST + 1) }))).wrong ?? '', /million/);
});
