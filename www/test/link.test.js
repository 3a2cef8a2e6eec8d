// Links: every text comes back as it was, and whatever happens to a link on its way is told, never thrown.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { deflateRawSync, deflateSync } from 'node:zlib';
import { LARGEST, linkTo, textFrom, textIn } from '../link.js';

const folder = new URL('../scenarios/', import.meta.url);
const scenarios = readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]);
/** As long as the address of a page usually is. */
const ORIGIN = 'https://somebody.example.org/teaching/raft-playground/march/';

/** A few numbers that look like chance and are the same in every run. @param {number} seed */
function numbers(seed) {
  let state = seed;
  return (/** @type {number} */ below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** @param {string} text */
const sample = async (text) => {
  const link = await linkTo(text);
  assert.match(link, /^#v1\.[\w-]+$/);
  assert.deepEqual(await textFrom(link), { text });
  return link;
};
/** @param {string} fragment */
const wrongOf = async (fragment) => (await textFrom(fragment))?.wrong ?? '';
/** @param {Uint8Array} bytes */
const linkOf = (bytes) => `#v1.${Buffer.from(bytes).toString('base64url')}`;

test('every text comes back', async () => {
  for (const text of ['', ' ', 'a', '\ufeffnum_nodes = 3\r\n', 'n1 → n2: “ü” 漢字 🦀\n', '\0', '#v1.'])
    await sample(text);
  const draw = numbers(7);
  for (let round = 0; round < 60; round += 1) {
    const points = Array.from(
      { length: draw(300) },
      () => [draw(0x80), draw(0xd800), 0xe000 + draw(0x102000)][draw(3)],
    );
    await sample(String.fromCodePoint(...points));
  }
});

test('a long session comes back, up to the most that is read', async () => {
  const draw = numbers(1);
  const lines = Array.from({ length: 4000 }, () => `at ${draw(9e6)}us put c${draw(3) + 1} a val_${draw(100)}`);
  await sample(lines.join('\n'));
  await sample('x'.repeat(LARGEST));
  await assert.rejects(linkTo('x'.repeat(LARGEST + 1)), /too long for a link.*as a file/);
});

test('every scenario that comes with the page is a link that no program cuts', async () => {
  assert.equal(ORIGIN.length, 60);
  for (const [name, text] of scenarios) {
    const link = ORIGIN + (await sample(text));
    assert.ok(link.length < 2000, `${name}: ${link.length}`);
  }
});

test('other anchors are no business of links', async () => {
  for (const fragment of ['', '#', '#v', '#help', '#version', '#v.1', 'v1.abcd', '#x1.abcd']) {
    assert.equal(await textFrom(fragment), undefined, fragment);
  }
});

test('a link of a newer page says so', async () => {
  for (const fragment of ['#v2.abc', '#v17.', '#v2', '#v10.eJx']) assert.match(await wrongOf(fragment), /newer/);
  for (const fragment of ['#v0.abcd', '#v1', '#v01.abcd', '#v1:abcd']) assert.match(await wrongOf(fragment), /damaged/);
});

test('what is not base64url, not zlib or not UTF-8 is damaged', async () => {
  const link = await linkTo('num_nodes = 3');
  const text = Buffer.from('num_nodes = 3');
  const sum = deflateSync(text);
  sum[sum.length - 1] ^= 1;
  const bad = ['#v1.', '#v1.a', '#v1.aaaaa', '#v1.AAAA', `${link}=`, `${link}%20`, `${link}A`];
  bad.push(linkOf(deflateRawSync(text)), linkOf(sum), linkOf(deflateSync(Buffer.from([0xff, 0xfe]))));
  for (const fragment of bad) assert.match(await wrongOf(fragment), /damaged/, fragment);
  // Browsers refuse what stands behind the end; Node passes over zeros there, and the text is still the same.
  const longer = await textFrom(`${link}AAAA`);
  assert.ok(longer?.wrong !== undefined || longer?.text === 'num_nodes = 3');
});

test('a cut or a changed character is told, or changes nothing', async () => {
  const text = scenarios.find(([name]) => name === 'election.toml')?.[1] ?? '';
  const link = await linkTo(text);
  const draw = numbers(3);
  const letters = 'ABCXYZabcxyz0189-_';
  let told = 0;
  for (let at = 0; at < link.length; at += 1) {
    const other = (letters + '=.%é \n')[draw(letters.length + 6)];
    const changed = [
      link.slice(0, at),
      link.slice(0, at) + link.slice(at + 1),
      link.slice(0, at) + other + link.slice(at + 1),
      link.slice(0, at) + other + link.slice(at),
    ];
    for (const each of changed) {
      const handed = await textFrom(each);
      // Without its mark it is some other anchor.
      if (handed === undefined) assert.ok(at < 3, each);
      else if (handed.wrong === undefined) assert.equal(handed.text, text, each);
      else told += 1;
    }
  }
  assert.ok(told > 3.5 * link.length, `${told} of ${4 * link.length}`);
});

test('a bomb is not unpacked', async () => {
  assert.match(await wrongOf(linkOf(deflateSync(Buffer.alloc(LARGEST + 1)))), /more than a megabyte/);
  const bomb = linkOf(deflateSync(Buffer.alloc(300_000_000)));
  const before = process.memoryUsage().rss;
  assert.match(await wrongOf(bomb), /more than a megabyte/);
  const grown = process.memoryUsage().rss - before;
  assert.ok(grown < 60_000_000, `${grown} bytes more`);
  assert.match(await wrongOf(`#v1.${'A'.repeat(2 * LARGEST)}`), /more than a megabyte/);
});

test('a browser that cannot pack or unpack says so', async () => {
  const { CompressionStream: packs, DecompressionStream: unpacks } = globalThis;
  const link = await linkTo('seed = 1');
  try {
    Object.assign(globalThis, { CompressionStream: undefined, DecompressionStream: undefined });
    await assert.rejects(linkTo('seed = 1'), /too old to make a link/);
    assert.match(await wrongOf(link), /too old to unpack/);
    assert.match(await wrongOf('#v2.abc'), /newer/);
  } finally {
    Object.assign(globalThis, { CompressionStream: packs, DecompressionStream: unpacks });
  }
});

test('what is pasted may be a link in many dresses, or a scenario', async () => {
  const text = 'num_nodes = 3\nscript = "crash n1"\n';
  const link = await linkTo(text);
  const half = link.length / 2;
  const dresses = [
    link,
    ORIGIN + link,
    `  ${ORIGIN}?seed=3&nodes=5${link}\n`,
    `<${ORIGIN}${link}>`,
    `“http://127.0.0.1:8080/${link}”`,
    `${ORIGIN}${link.slice(0, half)}\r\n  ${link.slice(half)}`,
  ];
  for (const dress of dresses) assert.deepEqual(await textIn(dress), { text }, dress);
  for (const scenario of [text, `#v1.2 of my story\n${text}`, `# ${ORIGIN}${link}\n${text}`, '', 'nonsense']) {
    assert.deepEqual(await textIn(scenario), { text: scenario });
  }
  assert.match((await textIn(`${ORIGIN}?seed=3`)).wrong ?? '', /holds no moment/);
  assert.match((await textIn(`${ORIGIN}#help`)).wrong ?? '', /holds no moment/);
  assert.match((await textIn(link.slice(0, half))).wrong ?? '', /damaged/);
  assert.match((await textIn(`${ORIGIN}#v3.abc`)).wrong ?? '', /newer/);
});
