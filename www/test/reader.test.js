// The reader of scenario files, with the real core behind it: what it reads, and where it says that something is wrong.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { linkTo } from '../link.js';
import { Playground, initSync } from '../pkg/all_protocols/all_protocols.js';
import { entriesOf, located } from '../reader.js';

initSync({ module: readFileSync(new URL('../pkg/all_protocols/all_protocols_bg.wasm', import.meta.url)) });

/** What somebody is told who opens a text; nothing where it is opened. @param {string} text */
function told(text) {
  let entries;
  try {
    entries = entriesOf(text);
    Playground.open(entries).free();
    return undefined;
  } catch (error) {
    assert.ok(error instanceof Error);
    return entries ? located(text, entries, error) : error.message;
  }
}

test('every scenario that comes with the page is read, and what it gives is read again', () => {
  const folder = new URL('../scenarios/', import.meta.url);
  const names = readdirSync(folder).filter((name) => name.endsWith('.toml'));
  assert.ok(names.length >= 23);
  for (const name of names) {
    const text = readFileSync(new URL(name, folder), 'utf8');
    const run = Playground.open(entriesOf(text));
    const again = Playground.open(entriesOf(run.script()));
    assert.deepEqual(again.story(), run.story(), name);
    assert.equal(again.script(), run.script(), name);
    run.free();
    again.free();
  }
});

test('names and values come in order, those of tables with the name of the table', () => {
  const text = "seed = 18446744073709551615\ntraffic = true\n[network]\nloss = '5%'\n[given.n1]\nterm = 2\n";
  assert.deepEqual(entriesOf(text), [
    ['seed', '18446744073709551615', false],
    ['traffic', 'true', false],
    ['network.loss', '5%', true],
    ['given.n1.term', '2', false],
  ]);
});

test('a mistake is shown with its line and a mark beneath it', () => {
  for (const [text, why, shown] of [
    ['num_nodes = 3\nseed = x\n', /not TOML/, '2 | seed = x'],
    ['nodes = 3', /`nodes` is not a setting/, '1 | nodes = 3'],
    ['# sizes\nnum_nodes = 99', /`num_nodes = 99`/, '2 | num_nodes = 99'],
    ['[network]\nloss = "x"', /x/, '2 | loss = "x"'],
    ["script = '''\nat 1s crash n1\n  at 2s crush n1\n'''", /crush/, '3 |   at 2s crush n1'],
    ['seed = 1.5', /`seed` cannot be that/, ''],
    ['seed = [1]', /`seed` cannot be that/, ''],
    ['title = 5', /`title` is not a text/, '1 | title = 5'],
  ]) {
    const sentence = told(String(text)) ?? '';
    assert.match(sentence, /** @type {RegExp} */ (why));
    assert.ok(sentence.includes(String(shown)), `${sentence} has no line “${shown}”`);
    if (shown !== '') assert.match(sentence.split('\n')[3], /^ +\| +\^+$/);
  }
  assert.equal(told('num_nodes = 3'), undefined);
});

test('whatever is opened, it is opened or refused with a sentence', () => {
  const good = readFileSync(new URL('../scenarios/partition.toml', import.meta.url), 'utf8');
  for (let i = 0; i < good.length; i += 7) {
    for (const bad of [
      good.slice(0, i),
      good.slice(0, i) + good.slice(i + 1),
      `${good.slice(0, i)}'${good.slice(i)}`,
    ]) {
      assert.ok(['undefined', 'string'].includes(typeof told(bad)));
    }
  }
});

test('a link to the end of any scenario that comes with the page stays short', async () => {
  const folder = new URL('../scenarios/', import.meta.url);
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.toml'))) {
    const run = Playground.open(entriesOf(readFileSync(new URL(name, folder), 'utf8')));
    const { lines } = run.story();
    while (run.place().next < lines.length && run.step());
    const { length } = await linkTo(run.script());
    // With a hundred characters for where the page is.
    assert.ok(length + 100 < 2000, `${name}: ${length}`);
    run.free();
  }
});
