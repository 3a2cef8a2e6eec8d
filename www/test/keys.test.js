// The keyboard's table: which press is which command, and when it is nobody's.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KEYS, commandFor, shortcut } from '../keys.js';

const nowhere = { typing: false, arrows: false, presses: false, modal: false };
/** @param {string} key @param {object} [special] */
const press = (key, special = {}) => ({ key, ctrlKey: false, altKey: false, metaKey: false, ...special });
/** @param {string} key @param {object} [place] */
const asked = (key, place = {}) => commandFor(press(key), { ...nowhere, ...place })?.command;

test('every key that people know by heart does what they know', () => {
  const known = {
    ' ': 'play',
    '.': 'play',
    ArrowRight: 'step',
    n: 'skip',
    '[': 'slower',
    ']': 'faster',
    3: 'select',
    c: 'request',
    r: 'restart-leader',
    t: 'time-out',
    a: 'align',
    x: 'crash',
    p: 'part',
    b: 'mend',
    u: 'undo',
    g: 'goto',
    '?': 'help',
    Escape: 'close',
  };
  for (const [key, command] of Object.entries(known)) assert.equal(asked(key), command, key);
  assert.equal(asked('R'), 'restart-leader', 'with Shift or Caps Lock too');
});

test('keys with Ctrl, Alt or Meta belong to the browser', () => {
  for (const modifier of ['ctrlKey', 'altKey', 'metaKey', 'isComposing']) {
    assert.equal(commandFor(press('r', { [modifier]: true }), nowhere), undefined, modifier);
  }
});

test('nothing is taken from somebody who types, but for the way out', () => {
  for (const row of KEYS.filter(({ command }) => command !== 'close')) {
    for (const key of row.keys) assert.equal(asked(key, { typing: true }), undefined, key);
  }
  assert.equal(asked('Escape', { typing: true }), 'close');
});

test('every key belongs to an open menu or dialog', () => {
  for (const row of KEYS) for (const key of row.keys) assert.equal(asked(key, { modal: true }), undefined, key);
});

test('Space presses the focused button, arrows move the focus, and there are other keys for both', () => {
  assert.equal(asked(' ', { presses: true }), undefined);
  assert.equal(asked('.', { presses: true }), 'play');
  assert.equal(asked('ArrowRight', { arrows: true }), undefined);
  assert.equal(asked('s', { arrows: true }), 'step');
});

test('with Shift some keys go further, and the others mean the same', () => {
  const shifted = (/** @type {string} */ key) => commandFor(press(key, { shiftKey: true }), nowhere)?.command;
  assert.deepEqual([shifted('ArrowRight'), shifted('ArrowLeft'), shifted('U')], ['later', 'earlier', 'redo']);
  assert.deepEqual([asked('ArrowLeft'), asked('u'), shifted('S')], ['back', 'undo', 'step']);
});

test('the key that selects says which node', () => {
  assert.deepEqual(commandFor(press('7'), nowhere), { command: 'select', key: '7' });
});

test('no key stands for two things', () => {
  const all = KEYS.flatMap((row) => row.keys.map((key) => (row.shift ? `shift ${key}` : key)));
  assert.equal(new Set(all).size, all.length);
  assert.equal(shortcut('step'), 'S');
});
