// What each thing looks like: a node, a message, a client as a short list of SVG primitives around its middle.
//
// Role by shape (crown, dashes, plain, thin) and by word; messages by shape, hollow where they answer, with + or -.
// Colours, line widths and what hovering shows are ring.css's business; this file has only forms and places of words.
// It touches no DOM: paint.js turns the primitives into elements.

import { RIM, round } from './geometry.js';

/** @typedef {import('../src/wasm.js').Shape} Shape */
/** @typedef {import('../src/wasm.js').RoleMark} RoleMark */
/** @typedef {import('../src/wasm.js').Tally} Tally */
/** @typedef {Record<string, string | number>} Attributes */
/** @typedef {[tag: string, attributes: Attributes, text?: string]} Primitive */

/**
 * @typedef {{id: string, epoch: string, value: string, role: string, name: string, backs: string, badge: string, mark: RoleMark,
 *   up: boolean, paused: boolean, isolated: boolean, clash?: boolean, timed: boolean, tallies: Tally[], writes?: number,
 *   valued?: boolean}} NodeFace
 *   `tallies`: what is being counted, two where two sets of nodes must agree; `writes`: how many are on their way to the
 *   disk; `role` has the name in it where the node has one that is more than its id, and `name` is that name alone.
 *   `valued`: whether room is kept for a value, so that nothing moves when a node learns it.
 */

/** The radius of the discs that the letters' sizes are made for; in larger discs they are larger. */
const MADE_FOR = 58;
/** The sizes of letters, in units of the stage. */
export const TYPE = { name: 28, body: 22, small: 20 };
/** The mean width of a letter, as a share of its size; and of a bold one, which these kinds of words have. */
const LETTER = 0.55;
const BOLD = 0.64;
/** How much smaller letters may become so that a word fits. */
const SMALLEST = 0.8;
const BOLD_KINDS = /\b(name|value|asks|tag-text)\b/;

/**
 * @param {NodeFace} face @param {{r: number, room?: number}} disc its radius, and the width of the words beneath it
 * @param {boolean} dense @param {string} hatch the id of the pattern
 * @returns {Primitive[]}
 */
export function nodeFigure(face, { r, room = 280 }, dense, hatch) {
  /** @type {Primitive[]} */
  const parts = [
    ['circle', { class: 'halo', r: r + RIM + (face.isolated ? 11 : 6) }],
    ['circle', { class: 'disc', r }],
  ];
  if (face.paused) parts.push(['circle', { class: 'hatch', r, fill: `url(#${hatch})` }]);
  if (!face.up) {
    const d = round(r * 0.6);
    parts.push(['path', { class: 'down-cross', d: `M${-d} ${-d}L${d} ${d}M${-d} ${d}L${d} ${-d}` }]);
  }
  parts.push(['circle', { class: 'rim', r }]);
  if (face.timed) {
    parts.push(['circle', { class: 'track', r: r + 8 }]);
    // Begins at the top; paint.js sets how much of it is left.
    parts.push(['circle', { class: 'arc', r: r + 8, pathLength: 1, transform: 'rotate(-90)' }]);
  }
  if (face.isolated) parts.push(['circle', { class: 'fence', r: r + RIM + 4 }]);
  if (face.mark === 'crown' && face.up) parts.push(['path', { class: 'crown-mark', d: crown(r) }]);
  if (face.clash) parts.push(...clashFigure(r));
  if (face.writes) parts.push(...diskFigure(face.writes, r));
  parts.push(...onDisc(face, r, dense), ...beneath(face, r, dense ? Math.min(room, 118) : room, dense));
  return parts;
}

/** What a broken promise accuses: a cross in a diamond, at the upper left of the rim. @param {number} r @returns {Primitive[]} */
function clashFigure(r) {
  const [x, y] = [round(-r * 0.78), round(-r * 0.78)];
  return [
    ['circle', { class: 'clash-ring', r: r + 4 }],
    ['path', { class: 'clash', d: `M${x} ${y - 22}l22 22-22 22-22-22Z` }],
    ['path', { class: 'clash-cross', d: `M${x - 7} ${y - 7}l14 14m0-14-14 14` }],
  ];
}

/** A disk that is being written to, at the upper right of the rim, and the number of writes. @param {number} writes @param {number} r */
function diskFigure(writes, r) {
  const [x, y] = [round(r * 0.78), round(-r * 0.78)];
  /** @type {Primitive[]} */
  const parts = [
    ['path', { class: 'disk', d: `M${x - 13} ${y - 9}v18a13 6 0 0 0 26 0v-18` }],
    ['ellipse', { class: 'disk', cx: x, cy: y - 9, rx: 13, ry: 6 }],
  ];
  if (writes > 1) parts.push(words('disk-count', String(writes), x, y + 11, TYPE.small * 0.9, 26));
  return parts;
}

/** Three points with a base, standing on the rim. @param {number} r */
function crown(r) {
  const k = larger(r);
  const points = [-21, 8, -25, -18, -11, -6, 0, -23, 11, -6, 25, -18, 21, 8];
  return `M${points.map((n, i) => round(i % 2 === 0 ? n * k : n * k - r)).join(' ')}Z`;
}

/** @param {NodeFace} face @param {number} r @param {boolean} dense @returns {Primitive[]} */
function onDisc(face, r, dense) {
  const tally = dense && r >= 40 ? count(face.tallies) : '';
  const lines = [
    { kind: 'on-disc name', text: face.id, size: TYPE.name },
    { kind: 'on-disc epoch', text: face.epoch, size: TYPE.body },
    { kind: 'on-disc value', text: tally || (r >= 40 ? face.value : ''), size: TYPE.small },
  ];
  const scale = Math.max(r, 40) / MADE_FOR;
  let from = face.valued || tally ? [-14, 11, 35] : [-4, 22, 22];
  if (r < 40) from = [-3, 20, 20];
  return lines.flatMap(({ kind, text, size }, i) => {
    if (!text) return [];
    const y = from[i] * scale;
    const half = Math.max(Math.abs(y - size * 0.7), Math.abs(y));
    const width = 2 * Math.sqrt(Math.max(r * r - half * half, 100)) - 4;
    return [words(kind, text, 0, round(y), size * larger(r), width)];
  });
}

/** How many of those who are needed, of each set. @param {Tally[]} tallies */
function count(tallies) {
  const [join, of] = tallies.length > 1 ? [' + ', '/'] : ['', ' of '];
  return tallies.map(({ granted, needed }) => `${granted.length}${of}${needed}`).join(join);
}

/** @param {number} r */
function larger(r) {
  return Math.max(1, r / MADE_FOR);
}

/**
 * @param {NodeFace} face @param {number} r @param {number} room @param {boolean} dense @returns {Primitive[]}
 */
function beneath(face, r, room, dense) {
  const size = TYPE.body * larger(r);
  const y = round(r + RIM + (face.isolated ? 6 : 0) + size * 0.9);
  /** @type {Primitive[]} */
  const parts = [];
  let state = face.role;
  if (!face.up) state = 'crashed';
  else if (face.paused) state = dense || face.isolated ? 'paused' : `paused ${face.role}`.trim();
  else if (face.tallies.length > 0 && r < 40) state = `${face.role} ${count(face.tallies)}`;
  if (face.backs && !dense && !face.isolated) state = `${state} ✓${face.backs}`;
  const said = face.isolated && dense ? ['cut off'] : [state, face.isolated && 'cut off', face.badge];
  let text = said.filter(Boolean).join(dense ? ' ' : ' · ');
  // What the disc shows in another way, the role, goes before half a word is written.
  if (text === face.role && face.name && text.length > longest(size, room)) text = face.name;
  if (text) parts.push(words(face.isolated ? 'role cut-word' : 'role', text, 0, y, size, room));
  if (face.tallies.length > 0 && !dense) parts.push(...tallyFigure(face.tallies, y + 24, room, r));
  return parts;
}

/**
 * A mark for each who is asked: full yes, cross no, hollow open; and how many must be full. Two sets that must both agree
 * stand beside each other, with a plus between them; beneath a small disc, and with many marks, there is no room for what they need, which the
 * middle of the ring has.
 * @param {Tally[]} tallies @param {number} y @param {number} room @param {number} r of the disc @returns {Primitive[]}
 */
function tallyFigure(tallies, y, room, r) {
  const marks = tallies.flatMap(({ voters, granted, refused }, i) => [
    ...(i > 0 ? ['and'] : []),
    ...voters.map((id) => (refused.includes(id) ? 'no' : granted.includes(id) ? 'yes' : 'open')),
  ]);
  const crowded = tallies.length > 1 && (r < 50 || marks.length > 12);
  const text = crowded ? '' : `needs ${tallies.map(({ needed }) => needed).join(' + ')}`;
  const letters = text ? text.length * TYPE.small * LETTER + 8 : 0;
  const step = Math.min(18, Math.min(21 * Math.max(5, marks.length), room - letters) / marks.length);
  const size = round(step / 3);
  const wide = marks.length * step + letters;
  /** @type {Primitive[]} */
  const parts = marks.map((mark, i) => {
    const x = round(-wide / 2 + step * (i + 0.5));
    const cy = y - 6;
    if (mark === 'and')
      return ['path', { class: 'count-and', d: `M${x - size} ${cy}h${2 * size}m${-size} ${-size}v${2 * size}` }];
    if (mark === 'no') {
      const d = `M${x - size} ${cy - size}l${2 * size} ${2 * size}m0 ${-2 * size}l${-2 * size} ${2 * size}`;
      return ['path', { class: 'count-no', d }];
    }
    return ['circle', { class: `count-${mark}`, cx: x, cy, r: size }];
  });
  const middle = round(wide / 2 - (text.length * TYPE.small * LETTER) / 2);
  if (text) parts.push(words('count', text, middle, y, TYPE.small, 120));
  return parts;
}

/**
 * @param {{shape: Shape, sign?: 'plus' | 'minus', label: string, kind: string, lost: boolean}} message
 * @param {number} half half its size @param {boolean} worded whether a tag has room for its words
 * @returns {Primitive[]}
 */
export function messageFigure(message, half, worded) {
  const { shape, sign, kind } = message;
  const tag = shape === 'tag' && worded ? short(message.label || kind, 14) : '';
  const width = tag ? round(tag.length * TYPE.small * BOLD + 18 + (sign ? 20 : 0)) : 2.6 * half;
  const reach = shape === 'tag' ? width / 2 : half;
  /** @type {Primitive[]} */
  const parts = [
    ['circle', { class: 'grip', r: half + 10 }],
    ['circle', { class: 'halo', r: Math.max(half, reach) + 9 }],
    outline(shape, half, width),
  ];
  if (sign) {
    const arm = round(half * 0.45);
    const x = tag ? round(arm + 8 - width / 2) : 0;
    const y = shape === 'triangle' ? round(half * 0.2) : 0;
    const upright = sign === 'plus' ? `M${x} ${y - arm}V${y + arm}` : '';
    parts.push(['path', { class: 'sign', d: `M${x - arm} ${y}H${x + arm}${upright}` }]);
  }
  if (tag) parts.push(words('tag-text', tag, sign ? 10 : 0, 7, TYPE.small, width));
  else if (message.label) parts.push(words('label', short(message.label, 16), 0, -half - 8, TYPE.small, 200));
  parts.push(words('words', `${kind} ${message.label}`.trim(), 0, -half - 8, TYPE.small, 400));
  if (message.lost) parts.push(['path', { class: 'lost-mark', d: crossed(half + 2) }]);
  return parts;
}

/** @param {Shape} shape @param {number} h @param {number} width @returns {Primitive} */
function outline(shape, h, width) {
  switch (shape) {
    case 'triangle':
      return ['path', { class: 'shape', d: `M0 ${-h * 1.15}L${h * 1.15} ${h * 0.85}H${-h * 1.15}Z` }];
    case 'diamond':
      return ['path', { class: 'shape', d: `M0 ${-h * 1.2}L${h * 1.2} 0L0 ${h * 1.2}L${-h * 1.2} 0Z` }];
    case 'dot':
      return ['circle', { class: 'shape', r: round(h * 0.75) }];
    case 'block': {
      // As if many squares were stacked.
      const [w, y] = [round(h * 1.3), round(h * 0.4)];
      return [
        'path',
        { class: 'shape', d: `M${-w} ${-h * 1.2}H${w}V${h * 1.2}H${-w}ZM${-w} ${-y}H${w}M${-w} ${y}H${w}` },
      ];
    }
    case 'square':
      return ['rect', { class: 'shape', x: -h, y: -h, width: 2 * h, height: 2 * h, rx: 2 }];
    default:
      return ['rect', { class: 'shape', x: -width / 2, y: -h, width, height: 2 * h, rx: h }];
  }
}

/** @param {number} d */
function crossed(d) {
  return `M${-d} ${-d}L${d} ${d}M${-d} ${d}L${d} ${-d}`;
}

/** @typedef {{id: string, to: string, asks: string, waits: boolean, answer: string, ok: boolean}} ClientFace */

/**
 * @param {ClientFace} face @param {{width: number, height: number}} box @param {boolean} short @returns {Primitive[]}
 */
export function clientFigure(face, box, short) {
  const { width, height } = box;
  const left = -width / 2 + 11;
  const room = width - 22;
  const head = short ? 7 : 26 - height / 2;
  let outcome = 'quiet';
  if (!face.waits && face.asks) outcome = face.ok ? 'done' : 'refused';
  /** @type {Primitive[]} */
  const parts = [
    ['rect', { class: 'halo', x: -width / 2 - 6, y: -height / 2 - 6, width: width + 12, height: height + 12, rx: 16 }],
    ['rect', { class: 'box', x: -width / 2, y: -height / 2, width, height, rx: 12 }],
    words('name', face.id, left, head, TYPE.body, room),
  ];
  if (short) {
    const text = face.waits ? face.asks : face.answer;
    parts.push(words(face.waits ? 'asks' : outcome, text, left + 36, head, TYPE.small, room - 36));
    return parts;
  }
  if (face.to) parts.push(words('quiet right', face.to, width / 2 - 11, head, TYPE.small, room - 36));
  parts.push(words(face.waits ? 'asks' : 'quiet', face.asks || 'no request yet', left, head + 26, TYPE.small, room));
  parts.push(words(outcome, face.answer, left, head + 50, TYPE.small, room));
  return parts;
}

/**
 * The mark of a cut at its middle: a pair of scissors and, unless it is `plain`, an arrow for each direction.
 * @param {boolean} both @param {boolean} plain @returns {Primitive[]}
 */
export function cutFigure(both, plain) {
  /** @type {Primitive[]} */
  const parts = [
    ['circle', { class: 'cut-plate', r: 17 }],
    ['path', { class: 'cut-mark', d: 'M-5 -3L10 7M-5 3L10 -7' }],
    ['circle', { class: 'cut-mark', cx: -8, cy: -6, r: 4 }],
    ['circle', { class: 'cut-mark', cx: -8, cy: 6, r: 4 }],
  ];
  if (!plain) parts.push(['path', { class: 'cut-arrow', d: 'M38 0L21 -11V11Z' }]);
  if (both && !plain) parts.push(['path', { class: 'cut-arrow', d: 'M-38 0L-21 -11V11Z' }]);
  return parts;
}

/**
 * A line of words that fits: first smaller, then shorter.
 * @param {string} kind @param {string} text @param {number} x @param {number} y @param {number} size
 * @param {number} width @returns {Primitive}
 */
export function words(kind, text, x, y, size, width) {
  const letter = BOLD_KINDS.test(kind) ? BOLD : LETTER;
  const fitting = Math.max(size * SMALLEST, Math.min(size, width / (Math.max(text.length, 1) * letter)));
  const most = longest(size, width, letter);
  return ['text', { class: kind, x, y, 'font-size': round(fitting) }, short(text, Math.max(most, 3))];
}

/** How many letters fit, at their smallest. @param {number} size @param {number} width @param {number} [letter] */
function longest(size, width, letter = LETTER) {
  return Math.floor(width / (size * SMALLEST * letter));
}

/** @param {string} text @param {number} most */
export function short(text, most) {
  const letters = [...text];
  return letters.length > most ? `${letters.slice(0, most - 1).join('')}…` : text;
}
