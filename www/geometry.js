// Where things stand: nodes on a ring, clients outside it, and the ways between them.
//
// Everything here is arithmetic on points in the units of a stage (the SVG's view box). A stage is either wide, with
// the clients in columns at both sides, or tight, for a phone, with the clients in rows beneath; a big one is a wide one
// for large text. This file knows neither protocols nor the DOM, nor what time it is.

/** @typedef {{x: number, y: number}} Point */
/** @typedef {Point & {r: number, room?: number}} Disc  `room` is the width of the words beneath it. */
/** @typedef {Point & {width: number, height: number}} Box  `x` and `y` are the middle. */
/** @typedef {Disc | Box} Place */
/** @typedef {{from: Point, to: Point}} Route */
/** @typedef {{name: 'wide' | 'big' | 'tight', width: number, height: number, largest: number, room: number, top: number,
 *   bottom: number, round: number, words: number}} Stage
 *   `largest` is the radius of a disc that has all the room it wants, `room` what it wants between itself and the next;
 *   discs are between `top` and `bottom`; up to `round` nodes stand on a circle, more on an ellipse; `words` is the
 *   height of what may be written beneath a disc. */
/** @typedef {{stage: Stage, radius: number, dense: boolean, nodes: Map<string, Disc>, clients: Map<string, Box>,
 *   short: boolean}} Layout
 *   `dense`: only one line of words fits beneath a disc; `short`: only one line fits into a client's box. */

/** Between a disc's edge and the outer edge of the arc of its timer. */
export const RIM = 12;

/** Between a place's outer edge and the end of a way, so that what stands there is seen whole. */
const CLEAR = 8;

/** @type {Record<'wide' | 'big' | 'tight', Stage>} */
export const STAGES = {
  wide: { name: 'wide', width: 1000, height: 800, largest: 66, room: 100, top: 42, bottom: 736, round: 9, words: 52 },
  // The same with less around everything, so that all of it, the letters above all, is larger on the screen.
  big: { name: 'big', width: 860, height: 700, largest: 64, room: 92, top: 38, bottom: 634, round: 9, words: 52 },
  tight: { name: 'tight', width: 600, height: 640, largest: 46, room: 70, top: 26, bottom: 455, round: 6, words: 30 },
};

/** Between the stage's side and the clients, for the halo of what is selected. */
const MARGIN = 12;

/** More nodes than this have no room on the big stage. */
export const BIG_UP_TO = 9;

/** The width of the host, in CSS pixels, below which the tight stage is used. */
export const TIGHT_BELOW = 500;

/** The width that the words beneath a disc have at least, and at most. */
const WORDS = { least: 150, most: 280 };

/** Between two neighbours of different kinds, as a share of the room between two of the same kind. */
const KIND_GAP = 0.6;

/**
 * The places of all nodes and clients.
 * @param {{id: string, kind: string}[]} nodes in their order; neighbours of the same kind stand together
 * @param {string[]} clients
 * @param {Stage} stage
 * @returns {Layout}
 */
export function layout(nodes, clients, stage) {
  const boxes = stage.name === 'tight' ? rows(clients, stage) : columns(clients, stage);
  const { at, whole } = stations(nodes);
  const shares = at.map((step) => step / whole);
  // The radius of the discs follows from the room on the ring, and the ring's own radius from that of the discs.
  const guess = ringOf(shares, stage.largest, stage, boxes);
  const chord = Math.min(Infinity, ...guess.slice(1).map((point, i) => distance(guess[i], point)));
  const crowded = Math.max((chord - stage.room) / 2, 0.32 * chord);
  const radius = nodes.length === 1 ? stage.largest * 1.3 : Math.min(stage.largest, crowded);
  const points = ringOf(shares, radius, stage, boxes);
  const gap = Math.min(Infinity, ...points.slice(1).map((point, i) => distance(points[i], point))) - 2 * (radius + RIM);
  return {
    stage,
    radius: round(radius),
    dense: gap < 50,
    nodes: new Map(
      nodes.map(({ id }, i) => {
        const disc = { x: round(points[i].x), y: round(points[i].y), r: round(radius) };
        return [id, { ...disc, room: roomBeneath(disc, [...boxes.values()], stage) }];
      }),
    ),
    clients: boxes,
    short: stage.name === 'tight' && clients.length > 3,
  };
}

/**
 * The largest ring that fits into the stage and keeps clear of the clients.
 * @param {number[]} shares of the way around @param {number} radius of the discs @param {Stage} stage
 * @param {Map<string, Box>} boxes @returns {Point[]}
 */
function ringOf(shares, radius, stage, boxes) {
  const half = { x: stage.width / 2 - RIM - 4 - radius, y: (stage.bottom - stage.top) / 2 - radius };
  const middle = middleOf(stage);
  if (shares.length === 1) return [middle];
  const circle = shares.length <= stage.round;
  for (let scale = 1; ; scale -= 0.02) {
    const size = { x: half.x * scale, y: half.y };
    const points = circle ? onCircle(shares, size) : shares.map((share) => aroundEllipse(size, share));
    const placed = points.map(({ x, y }) => ({ x: middle.x + x, y: middle.y + y, r: radius }));
    if (scale < 0.4 || placed.every((disc) => [...boxes.values()].every((box) => clear(disc, box, stage))))
      return placed;
  }
}

/** The middle of the ring. @param {Stage} stage @returns {Point} */
export function middleOf(stage) {
  return { x: stage.width / 2, y: (stage.top + stage.bottom) / 2 };
}

/**
 * Points on the largest circle whose points at these shares fit: five nodes leave room beneath them, which is used.
 * @param {number[]} shares @param {Point} half the half of the width and of the height that there is @returns {Point[]}
 */
function onCircle(shares, half) {
  const points = shares.map((share) => aroundEllipse({ x: 1, y: 1 }, share));
  const wide = Math.max(...points.map(({ x }) => Math.abs(x)), 0.01);
  const low = Math.max(...points.map(({ y }) => y));
  const size = Math.min(half.x / wide, (2 * half.y) / (1 + low), half.y * 1.2);
  // The highest point is at -1.
  return points.map(({ x, y }) => ({ x: x * size, y: (y + (1 - low) / 2) * size }));
}

/** Whether a disc and its words keep clear of a box. @param {Disc} disc @param {Box} box @param {Stage} stage */
function clear(disc, box, stage) {
  const x = Math.max(Math.abs(disc.x - box.x) - box.width / 2, 0);
  const y = Math.max(Math.abs(disc.y - box.y) - box.height / 2, 0);
  return Math.hypot(x, y) >= disc.r + RIM + 6 && roomBeneath(disc, [box], stage) >= WORDS.least;
}

/** How wide the words beneath a disc may be without touching a box. @param {Disc} disc @param {Box[]} boxes @param {Stage} stage */
function roomBeneath(disc, boxes, stage) {
  const top = disc.y + disc.r + RIM;
  const beside = boxes.filter((box) => Math.abs(top + stage.words / 2 - box.y) < (box.height + stage.words) / 2);
  return Math.min(WORDS.most, ...beside.map((box) => round(2 * (Math.abs(disc.x - box.x) - box.width / 2 - 4))));
}

/**
 * Where each node stands, counted in steps from the top; a change of kind takes an extra part of a step.
 * @param {{kind: string}[]} nodes
 */
function stations(nodes) {
  let next = 0;
  const at = nodes.map(({ kind }, i) => {
    if (i > 0 && nodes[i - 1].kind !== kind) next += KIND_GAP;
    return next++;
  });
  const closes = nodes.length > 1 && nodes[0].kind !== nodes[nodes.length - 1].kind;
  return { at, whole: next + (closes ? KIND_GAP : 0) };
}

/**
 * The point at a share of the way around an ellipse, clockwise from the top. Equal shares are equal lengths of the
 * way, so that neighbours are as far apart at the flat sides as at the ends.
 * @param {Point} ring @param {number} share @returns {Point}
 */
function aroundEllipse(ring, share) {
  const pieces = 720;
  /** @param {number} i @returns {Point} */
  const point = (i) => {
    const angle = (2 * Math.PI * i) / pieces;
    return { x: ring.x * Math.sin(angle), y: -ring.y * Math.cos(angle) };
  };
  if (ring.x === ring.y) return point(share * pieces);
  const lengths = Array.from({ length: pieces }, (_, i) => distance(point(i), point(i + 1)));
  const goal = share * lengths.reduce((a, b) => a + b, 0);
  let gone = 0;
  for (let i = 0; i < pieces; i++) {
    if (gone + lengths[i] >= goal) return point(i + (goal - gone) / lengths[i]);
    gone += lengths[i];
  }
  return point(0);
}

/** @param {string[]} clients @param {Stage} stage @returns {Map<string, Box>} */
function columns(clients, stage) {
  const count = Math.max(2, Math.ceil(clients.length / 2));
  // The corners beside a ring are roomy; half way up there is less between the ring and the side.
  const width = count === 2 ? 200 : 146;
  const height = 90;
  const first = 100;
  const step = (stage.height - 2 * first) / (count - 1);
  return new Map(
    clients.map((id, i) => {
      const x = i % 2 === 0 ? width / 2 + MARGIN : stage.width - width / 2 - MARGIN;
      return [id, { x, y: round(first + step * Math.floor(i / 2)), width, height }];
    }),
  );
}

/** @param {string[]} clients @param {Stage} stage @returns {Map<string, Box>} */
function rows(clients, stage) {
  const across = Math.max(1, Math.min(clients.length, 3));
  const count = Math.ceil(clients.length / 3);
  const cell = { width: stage.width / across, height: 126 / Math.max(count, 1) };
  const width = Math.min(cell.width - 8, 190);
  const height = Math.min(cell.height - 4, 92);
  const top = stage.height - 128;
  return new Map(
    clients.map((id, i) => {
      const x = cell.width * ((i % 3) + 0.5);
      const y = top + cell.height * (Math.floor(i / 3) + 0.5);
      return [id, { x: round(x), y: round(y), width, height }];
    }),
  );
}

/**
 * The straight way from the edge of one place to the edge of another, shifted to the right of the direction of travel
 * by `aside`, so that what travels to and fro does not meet.
 * @param {Place} a @param {Place} b @param {number} aside @returns {Route}
 */
export function route(a, b, aside) {
  const length = distance(a, b);
  if (length === 0) {
    const above = { x: a.x, y: a.y - reach(a, { x: 0, y: -1 }) };
    return { from: above, to: above };
  }
  const way = { x: (b.x - a.x) / length, y: (b.y - a.y) / length };
  const leave = reach(a, way);
  const enter = reach(b, { x: -way.x, y: -way.y });
  const fit = Math.min(1, length / (leave + enter));
  const shift = { x: -way.y * aside, y: way.x * aside };
  return {
    from: { x: a.x + way.x * leave * fit + shift.x, y: a.y + way.y * leave * fit + shift.y },
    to: { x: b.x - way.x * enter * fit + shift.x, y: b.y - way.y * enter * fit + shift.y },
  };
}

/**
 * How far the edge of a place is from its middle, in a direction of length 1.
 * @param {Place} place @param {Point} way
 */
function reach(place, way) {
  if ('r' in place) return place.r + RIM + CLEAR;
  const across = way.x === 0 ? Infinity : place.width / 2 / Math.abs(way.x);
  const along = way.y === 0 ? Infinity : place.height / 2 / Math.abs(way.y);
  return Math.min(across, along) + CLEAR;
}

/** @param {Route} way @param {number} share @returns {Point} */
export function along(way, share) {
  return { x: way.from.x + (way.to.x - way.from.x) * share, y: way.from.y + (way.to.y - way.from.y) * share };
}

/**
 * A bow between two places: its path, its middle and the direction there, in degrees. It bends towards the centre of
 * the ring, and the more the less room there is between the two for the mark at its middle.
 * @param {Place} a @param {Place} b @param {number} bend how far the middle is off the straight line where there is room
 * @param {Point} centre
 */
export function bow(a, b, bend, centre) {
  const { from, to } = route(a, b, 0);
  const length = Math.max(distance(from, to), 1);
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  const aside = { x: -(to.y - from.y) / length, y: (to.x - from.x) / length };
  const inwards = (centre.x - middle.x) * aside.x + (centre.y - middle.y) * aside.y < 0 ? -1 : 1;
  const far = inwards * (bend + Math.max(0, 0.5 * (150 - length)));
  /** @param {number} by */
  const off = (by) => ({ x: middle.x + aside.x * by, y: middle.y + aside.y * by });
  return {
    path: `M${text(from)}Q${text(off(2 * far))} ${text(to)}`,
    middle: { x: round(off(far).x), y: round(off(far).y) },
    angle: round((Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI),
  };
}

/**
 * The outline of the convex hull of points, `pad` away from them, with round corners.
 * @param {Point[]} points @param {number} pad
 */
export function hullPath(points, pad) {
  const corners = hull(points);
  if (corners.length === 1) {
    const { x, y } = corners[0];
    return `M${round(x - pad)} ${y}a${pad} ${pad} 0 1 1 ${2 * pad} 0a${pad} ${pad} 0 1 1 ${-2 * pad} 0Z`;
  }
  const parts = corners.map((a, i) => {
    const b = corners[(i + 1) % corners.length];
    const length = distance(a, b);
    // Corners run clockwise on the screen, so the outside is to the left of the way.
    const out = { x: ((b.y - a.y) / length) * pad, y: (-(b.x - a.x) / length) * pad };
    const start = text({ x: a.x + out.x, y: a.y + out.y });
    return `${i === 0 ? 'M' : `A${pad} ${pad} 0 0 1 `}${start}L${text({ x: b.x + out.x, y: b.y + out.y })}`;
  });
  const close = /^M([^L]+)/.exec(parts[0]);
  return `${parts.join('')}A${pad} ${pad} 0 0 1 ${close ? close[1] : ''}Z`;
}

/** The corners of the convex hull, clockwise on the screen. @param {Point[]} points @returns {Point[]} */
export function hull(points) {
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y);
  if (sorted.length < 3) return sorted;
  /** @param {Point[]} list */
  const chain = (list) => {
    /** @type {Point[]} */
    const kept = [];
    for (const p of list) {
      while (kept.length > 1 && turn(kept[kept.length - 2], kept[kept.length - 1], p) <= 0) kept.pop();
      kept.push(p);
    }
    return kept.slice(0, -1);
  };
  return [...chain(sorted), ...chain(sorted.reverse())];
}

/** @param {Point} a @param {Point} b @param {Point} c */
function turn(a, b, c) {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

/** @param {Point} a @param {Point} b */
export function distance(a, b) {
  return Math.hypot(b.x - a.x, b.y - a.y);
}

/** To a tenth: finer is not seen, and longer texts cost time. @param {number} n */
export function round(n) {
  return Math.round(n * 10) / 10;
}

/** @param {Point} p */
function text(p) {
  return `${round(p.x)} ${round(p.y)}`;
}
