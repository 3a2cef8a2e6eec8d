// What is kept between visits: it comes back as it was, and nothing that cannot be read is lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KEY, Keeper } from '../keep.js';

/** A storage with room for so many characters, and what is in it. @param {Record<string, string>} [holds] */
function fakeStorage(holds = {}, room = Infinity) {
  const items = new Map(Object.entries(holds));
  return {
    items,
    room,
    get length() {
      return items.size;
    },
    key: (/** @type {number} */ at) => [...items.keys()][at] ?? null,
    getItem: (/** @type {string} */ key) => items.get(key) ?? null,
    removeItem: (/** @type {string} */ key) => void items.delete(key),
    clear: () => items.clear(),
    setItem(/** @type {string} */ key, /** @type {string} */ value) {
      const others = [...items].filter(([other]) => other !== key);
      const size = [...others, [key, value]].flat().join('').length;
      if (size > this.room) throw new DOMException('full', 'QuotaExceededError');
      items.set(key, value);
    },
  };
}
/** @param {Storage} storage */
const keeper = (storage) => new Keeper(() => storage);

const work = {
  saved: [
    { name: 'Raft', text: 'seed = 1\n' },
    { name: '“ü” \ud800', text: 'title = "🦀"\n' },
  ],
  current: 1,
};
/** The value under which that work is kept. */
const VALUE = (() => {
  const storage = fakeStorage();
  keeper(storage).keep(work);
  return storage.items.get(KEY) ?? '';
})();

test('what is kept comes back at the next visit, and nothing where nothing was', () => {
  const storage = fakeStorage();
  assert.equal(keeper(storage).kept(), undefined);
  assert.equal(keeper(storage).keep(work), undefined);
  assert.deepEqual(keeper(storage).kept(), { session: work });
  assert.equal(JSON.parse(storage.items.get(KEY) ?? '').format, 1);
  assert.equal(keeper(storage).keep({ saved: [], current: 0 }), undefined);
  assert.equal(storage.items.size, 0);
});

test('each damage is told and set aside, and the next work is kept beside it', () => {
  const damages = [
    '',
    'null',
    '[]',
    '{}',
    '7',
    VALUE.slice(0, -1),
    VALUE.replace('seed = 1', 'seed = 2'),
    VALUE.replace('"current":1', '"current":0'),
    VALUE.replace('"format":1', '"format":"1"'),
    VALUE.replace('"format":1', '"format":0'),
    JSON.stringify({ format: 1, sum: '0', saved: [], current: 0 }),
    JSON.stringify({ format: 1, sum: '0', saved: [null], current: 0 }),
    JSON.stringify({ format: 1, sum: '0', saved: [{ name: 1, text: '' }], current: 0 }),
  ];
  for (const damage of damages) {
    const storage = fakeStorage({ [KEY]: damage });
    const keeps = keeper(storage);
    const { wrong, aside } = /** @type {{ wrong: string, aside: string }} */ (keeps.kept());
    assert.match(wrong, /damaged, and was not opened\. It is still .*“raft-playground\.work\.aside\.1”/, damage);
    assert.equal(storage.items.get(aside), damage);
    assert.equal(keeps.kept(), undefined, 'told once');
    assert.equal(keeps.keep(work), undefined);
    assert.deepEqual(keeps.kept(), { session: work });
    assert.equal(storage.items.get(aside), damage);
  }
});

test('any one changed character is damage', () => {
  for (let at = 0; at < VALUE.length; at += 1) {
    const changed = VALUE.slice(0, at) + (VALUE[at] === '0' ? '1' : '0') + VALUE.slice(at + 1);
    assert.notEqual(keeper(fakeStorage({ [KEY]: changed })).kept()?.wrong, undefined, changed);
  }
});

test('what a newer page has kept is set aside, too', () => {
  const newer = '{"format":2,"things":[]}';
  const storage = fakeStorage({ [KEY]: newer });
  assert.match(keeper(storage).kept()?.wrong ?? '', /newer Raft Playground/);
  assert.equal(storage.items.get(`${KEY}.aside.1`), newer);
});

test('who keeps without having looked writes over nothing', () => {
  const storage = fakeStorage({ [KEY]: 'damaged' });
  assert.equal(keeper(storage).keep(work), undefined);
  assert.deepEqual([...storage.items.values()], ['damaged', VALUE]);
});

test('the last three copies stay', () => {
  const storage = fakeStorage({ 'raft-playground.theme': 'dark', [`${KEY}.aside.none`]: 'not ours' });
  for (let round = 1; round <= 12; round += 1) {
    storage.items.set(KEY, `damage ${round}`);
    keeper(storage).kept();
  }
  assert.deepEqual(Object.fromEntries(storage.items), {
    'raft-playground.theme': 'dark',
    [`${KEY}.aside.none`]: 'not ours',
    [`${KEY}.aside.10`]: 'damage 10',
    [`${KEY}.aside.11`]: 'damage 11',
    [`${KEY}.aside.12`]: 'damage 12',
  });
});

test('full storage is said once, and what was kept before stays', () => {
  const storage = fakeStorage({}, 400);
  const keeps = keeper(storage);
  const large = { saved: [{ name: 'large', text: 'x'.repeat(500) }], current: 0 };
  assert.equal(keeps.keep(work), undefined);
  assert.match(keeps.keep(large) ?? '', /no room left.*save it as a file/);
  assert.equal(keeps.keep(large), undefined);
  assert.deepEqual(keeper(storage).kept(), { session: work });
  assert.equal(keeps.keep(work), undefined);
  assert.match(keeps.keep(large) ?? '', /no room left/, 'after it went well it is news again');
});

test('old copies give way to work, those of this visit do not', () => {
  const old = { [`${KEY}.aside.1`]: 'x'.repeat(200), [`${KEY}.aside.2`]: 'y'.repeat(50) };
  const storage = fakeStorage(old, 100 + VALUE.length);
  assert.equal(keeper(storage).keep(work), undefined);
  assert.deepEqual([...storage.items.keys()], [`${KEY}.aside.2`, KEY]);

  const full = fakeStorage({ [KEY]: 'damaged'.repeat(40) }, 320);
  const keeps = keeper(full);
  keeps.kept();
  assert.match(keeps.keep(work) ?? '', /no room left/);
  assert.deepEqual([...full.items.keys()], [`${KEY}.aside.1`]);
});

test('what cannot be set aside stays where it is, and nothing is written over it', () => {
  const storage = fakeStorage({ [KEY]: 'damaged' }, KEY.length + 'damaged'.length);
  const keeps = keeper(storage);
  assert.deepEqual(keeps.kept()?.wrong?.includes(`“${KEY}”`), true);
  storage.room = Infinity;
  assert.match(keeps.keep(work) ?? '', /neither read nor moved aside/);
  assert.equal(keeps.keep(work), undefined);
  assert.deepEqual(Object.fromEntries(storage.items), { [KEY]: 'damaged' });
});

test('forbidden storage is said once and never throws', () => {
  const forbidden = () => {
    throw new DOMException('no', 'SecurityError');
  };
  for (const open of [forbidden, () => /** @type {any} */ (null), () => ({ ...fakeStorage(), setItem: forbidden })]) {
    const keeps = new Keeper(/** @type {() => Storage} */ (open));
    assert.equal(keeps.kept(), undefined);
    assert.match(keeps.keep(work) ?? '', /keeps nothing for this page/);
    assert.equal(keeps.keep(work), undefined);
  }
});
