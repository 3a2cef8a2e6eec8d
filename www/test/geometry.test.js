// The ring's places: everything inside the stage, nothing over anything else, for every size of a cluster.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeFigure } from '../figures.js';
import { along, BIG_UP_TO, bow, distance, hull, hullPath, layout, RIM, route, STAGES } from '../geometry.js';

/** @param {number} count @param {string} letter */
const ids = (count, letter) => Array.from({ length: count }, (_, i) => `${letter}${i + 1}`);
/** @param {number} count */
const alike = (count) => ids(count, 'n').map((id) => ({ id, kind: 'n' }));
/** @param {number} count */
const mixed = (count) =>
  alike(count).map((node, i) => ({ ...node, kind: ['a', 'b', 'c'][Math.floor((3 * i) / count)] }));

/** How far a disc's outer edge is from a box; negative where they overlap. @param {any} disc @param {any} box */
function gapToBox(disc, box) {
  const x = Math.max(Math.abs(disc.x - box.x) - box.width / 2, 0);
  const y = Math.max(Math.abs(disc.y - box.y) - box.height / 2, 0);
  return Math.hypot(x, y) - disc.r - RIM;
}

for (const stage of Object.values(STAGES)) {
  test(`on the ${stage.name} stage 1 to 16 nodes and 0 to 9 clients have room`, () => {
    for (const nodes of [alike, mixed]) {
      for (let n = 1; n <= (stage === STAGES.big ? BIG_UP_TO : 16); n++) {
        for (let c = 0; c <= 9; c++) checkLayout(layout(nodes(n), ids(c, 'c'), stage), `${n} nodes, ${c} clients`);
      }
    }
  });
}

/** What may stand beneath a node: the longest of what is often, and a tally. @param {string[]} voters @returns {any[]} */
const faces = (voters) => {
  const common = {
    id: 'n9',
    epoch: '',
    value: '',
    role: 'follower',
    name: '',
    backs: '',
    badge: '',
    mark: 'plain',
    up: true,
  };
  const all = { ...common, paused: false, isolated: false, timed: true, tallies: [] };
  const tally = { voters, granted: voters.slice(0, 1), refused: voters.slice(1, 2), needed: 1 + (voters.length >> 1) };
  return [
    { ...all, backs: 'n9' },
    { ...all, backs: 'n9', paused: true, badge: '+5%' },
    { ...all, isolated: true, paused: true, badge: '+5%' },
    { ...all, role: 'candidate', mark: 'seeking', tallies: [tally] },
    { ...all, role: 'leader', mark: 'crown', tallies: [tally, tally] },
  ];
};

/** How far words and marks beneath a node reach: sideways, up and down. @param {any} disc @param {any} face @param {boolean} dense */
function reachBeneath(disc, face, dense) {
  const below = nodeFigure(face, disc, dense, '').filter(([, { class: kind }]) => /role|count/.test(String(kind)));
  return below.flatMap(([tag, at, text]) => {
    const [x, y, size] = [at.x, at.y, at['font-size']].map(Number);
    if (tag === 'text')
      return [{ x: Math.abs(x) + (String(text).length * size * 0.55) / 2, top: y - size * 0.75, bottom: y }];
    if (tag !== 'circle') return [];
    return [{ x: Math.abs(Number(at.cx)) + Number(at.r), top: Number(at.cy) - Number(at.r), bottom: Number(at.cy) }];
  });
}

test('where name and role do not fit beneath a node, the name stands there whole', () => {
  const face = { ...faces(['n9'])[0], backs: '', role: 'leader 1 seeking', name: 'leader 1' };
  const under = (/** @type {number} */ room) =>
    nodeFigure(face, { r: 40, room }, true, '').find(([, { class: kind }]) => kind === 'role')?.[2];
  assert.equal(under(80), 'leader 1');
  assert.equal(nodeFigure(face, { r: 58, room: 280 }, false, '').at(-1)?.[2], 'leader 1 seeking');
});

for (const stage of Object.values(STAGES)) {
  test(`on the ${stage.name} stage no words beneath a node touch a client, for 1 to 9 nodes and clients`, () => {
    for (const nodes of [alike, mixed]) {
      for (let n = 1; n <= 9; n++) {
        for (let c = 1; c <= 9; c++) checkWords(layout(nodes(n), ids(c, 'c'), stage), n, `${n} nodes, ${c} clients`);
      }
    }
  });
}

/** @param {import('../geometry.js').Layout} plan @param {number} n @param {string} what */
function checkWords(plan, n, what) {
  for (const face of faces(ids(n, 'n'))) {
    for (const disc of plan.nodes.values()) {
      for (const { x, top, bottom } of reachBeneath(disc, face, plan.dense)) {
        assert.ok(disc.y + bottom <= plan.stage.height, `${what}: words are below the stage`);
        for (const [id, box] of plan.clients) {
          const apart =
            Math.abs(disc.x - box.x) - x - box.width / 2 >= 0 ||
            disc.y + top >= box.y + box.height / 2 ||
            disc.y + bottom <= box.y - box.height / 2;
          assert.ok(apart, `${what}: ${JSON.stringify(face)} touches ${id}`);
        }
      }
    }
  }
}

/** @param {import('../geometry.js').Layout} plan @param {string} what */
function checkLayout(plan, what) {
  const { stage } = plan;
  const discs = [...plan.nodes.values()];
  const boxes = [...plan.clients.values()];
  for (const disc of discs) {
    const out = disc.r + RIM;
    assert.ok(disc.x - out >= 0 && disc.x + out <= stage.width, `${what}: ${disc.x} is beside the stage`);
    // Above there is room for the crown, beneath for the words.
    assert.ok(disc.y - disc.r >= 25.9, `${what}: ${disc.y} is above the stage`);
    assert.ok(disc.y + out + 26 <= stage.height, `${what}: ${disc.y} is below the stage`);
    assert.ok(disc.r >= 22, `${what}: discs are too small, ${disc.r}`);
  }
  for (const box of boxes) {
    assert.ok(box.x - box.width / 2 >= 0 && box.x + box.width / 2 <= stage.width, `${what}: a client is beside it`);
    assert.ok(box.y - box.height / 2 >= 0 && box.y + box.height / 2 <= stage.height, `${what}: a client is out of it`);
    for (const disc of discs) assert.ok(gapToBox(disc, box) >= 0, `${what}: a client touches a node`);
  }
  discs.forEach((a, i) => {
    for (const b of discs.slice(i + 1)) {
      assert.ok(distance(a, b) > a.r + b.r + RIM, `${what}: two nodes touch, ${distance(a, b)} and radius ${a.r}`);
    }
  });
  boxes.forEach((a, i) => {
    for (const b of boxes.slice(i + 1)) {
      const apart = Math.abs(a.x - b.x) >= a.width || Math.abs(a.y - b.y) >= a.height;
      assert.ok(apart, `${what}: two clients overlap`);
    }
  });
}

test('nodes go clockwise from the top', () => {
  const { nodes } = layout(alike(4), [], STAGES.wide);
  const [top, right, bottom, left] = ids(4, 'n').map((id) => /** @type {any} */ (nodes.get(id)));
  assert.ok(top.y < right.y && right.y < bottom.y && right.x > top.x && left.x < top.x);
});

test('nodes of different kinds stand farther apart than nodes of one kind', () => {
  const { nodes } = layout(mixed(6), [], STAGES.wide);
  const at = (/** @type {string} */ id) => /** @type {any} */ (nodes.get(id));
  assert.ok(distance(at('n2'), at('n3')) > 1.2 * distance(at('n1'), at('n2')));
});

test('a way leads from edge to edge, and the two directions do not meet', () => {
  const a = { x: 100, y: 100, r: 50 };
  const b = { x: 500, y: 100, r: 50 };
  const there = route(a, b, 10);
  const back = route(b, a, 10);
  assert.deepEqual(there, { from: { x: 170, y: 110 }, to: { x: 430, y: 110 } });
  assert.equal(back.from.y, 90);
  assert.equal(along(there, 0).x, there.from.x);
  assert.equal(along(there, 0.5).x, 300);
  assert.equal(along(there, 1).x, there.to.x);
});

test('a way to oneself and a way into a box have numbers for places', () => {
  const a = { x: 100, y: 100, r: 50 };
  const box = { x: 400, y: 100, width: 100, height: 40 };
  assert.deepEqual(route(a, a, 10).from, { x: 100, y: 30 });
  assert.equal(route(a, box, 0).to.x, 342);
});

test('a bow bends towards the centre, and more where there is little room', () => {
  const at = (/** @type {number} */ x) => ({ x, y: 0, r: 0 });
  const centre = { x: 100, y: -300 };
  assert.deepEqual(bow(at(0), at(200), 26, centre).middle, { x: 100, y: -26 });
  assert.equal(bow(at(0), at(200), 26, centre).angle, 0);
  assert.deepEqual(bow(at(0), at(90), 26, { x: 0, y: 300 }).middle, { x: 45, y: 76 });
});

test('a hull leaves out what lies inside and has round corners', () => {
  const square = [
    { x: 0, y: 0 },
    { x: 10, y: 0 },
    { x: 10, y: 10 },
    { x: 0, y: 10 },
  ];
  assert.equal(hull([...square, { x: 5, y: 5 }]).length, 4);
  assert.equal(hullPath(square, 3).match(/A/g)?.length, 4);
  assert.equal(hullPath(square.slice(0, 2), 3).match(/A/g)?.length, 2);
  assert.match(hullPath(square.slice(0, 1), 3), /^M-3 0a3 3/);
});
