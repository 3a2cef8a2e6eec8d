// What clients asked and were answered, as bars over time, with the order that explains it or what contradicts. Pure: it
// is handed what the judge has found, and says where everything stands and what is said of it.
//
// Calls, answers and the moments at which requests took effect stand in their order, not to scale: whether one server
// could have answered so depends on the order alone, and a bar is always wide enough for its text.

import { counted, moment } from './format.js';

/** @typedef {import('../src/wasm.js').Judgement} Judgement */
/** @typedef {import('../src/wasm.js').Judged} Judged */
/** @typedef {import('../src/wasm.js').Asked} Asked */

/**
 * A request as it is drawn, in units of a sixteenth of the text's size.
 *
 * @typedef {object} Bar
 * @property {number} place which of all requests it is
 * @property {number} x
 * @property {number} width
 * @property {number} y
 * @property {boolean} open whether its outcome is unknown: it has no end
 * @property {'fine' | 'wrong' | 'plain'} kind whether it is in the order that was found, or contradicts
 * @property {string} label
 * @property {string} told all of it in words
 * @property {{ x: number, number: number }} [effect] when it took effect, and as which
 */

/**
 * @typedef {object} Drawing
 * @property {number} width
 * @property {number} height
 * @property {{ label: string, y: number, height: number }[]} lanes a client each
 * @property {Bar[]} bars in the order in which they were asked
 * @property {{ x: number, text: string }[]} times
 * @property {{ x: number, steps: number }[]} marks how far the run had come at each call and answer
 */

/** How many requests are drawn at once. */
export const MOST = 40;
/** Between two events that follow each other. */
const STEP = 24;
const PAD = 14;
/** What a letter takes, and what stands around a text. */
const LETTER = 8;
const AROUND = 18;
/** A row has the number above and the bar below it. */
export const ROW = 52;
export const BAR = { top: 22, height: 26 };
/** How far a bar without an end goes on behind its text. */
const OPEN = 26;
/** What a time takes. */
const TIME = 84;

/** An answer in one or two words. @param {Asked} asked */
export function answerOf({ answer, returned }) {
  if (returned === undefined) return '?';
  return (answer ?? '').replace(/^key (.*): \S+$/, '$1');
}

/** 1st, 2nd, 3rd, 4th. @param {number} number */
export function ordinal(number) {
  const teen = number % 100 > 10 && number % 100 < 14;
  return `${number}${(!teen && ['th', 'st', 'nd', 'rd'][number % 10]) || 'th'}`;
}

/**
 * A request in words.
 *
 * @param {Asked} asked
 * @param {number | undefined} number as which it took effect
 * @param {Judged} judged
 */
export function toldOf({ client, text, answer, returned, asked, ended }, number, { verdict }) {
  const unknown = ended
    ? `given up at ${moment(ended.at)}, its outcome unknown`
    : 'not answered yet, its outcome unknown';
  const end = returned === undefined || !ended ? unknown : `answered ${answer} at ${moment(ended.at)}`;
  const never = verdict === 'linearizable' ? ', never took effect' : '';
  const effect = number === undefined ? never : `, took effect as the ${ordinal(number)}`;
  return `${client} ${text}: asked at ${moment(asked.at)}, ${end}${effect}`;
}

/**
 * When each request of an order took effect, between the numbers of calls and answers: no sooner than what stands before
 * it, and half-way between the first moment that is possible and the last.
 *
 * @param {Asked[]} requests
 * @param {number[]} order
 * @param {number} end a number above all others
 * @returns {number[]}
 */
export function effects(requests, order, end) {
  let first = -1;
  const from = order.map((place) => (first = Math.max(first, requests[place].call)));
  let last = end;
  const until = [...order].reverse().map((place) => (last = Math.min(last, requests[place].returned ?? end)));
  until.reverse();
  return order.map((_, at) => (from[at] + until[at]) / 2);
}

/**
 * Where everything about a key stands.
 *
 * @param {Judgement} judgement
 * @param {Judged} judged
 * @param {number} [from] the first request that is drawn, of those about the key
 * @returns {Drawing}
 */
export function drawingOf({ requests }, judged, from = 0) {
  const shown = judged.requests.slice(from, from + MOST);
  const drawn = new Set(shown);
  const end = 1 + Math.max(0, ...requests.map(({ call, returned }) => Math.max(call, returned ?? 0)));
  const numbers = new Map(judged.order.map((place, at) => [place, at + 1]));
  const taken = effects(requests, judged.order, end);
  const label = (/** @type {number} */ place) => `${requests[place].text} → ${answerOf(requests[place])}`;
  const room = (/** @type {number} */ place) => label(place).length * LETTER + AROUND;

  /** @type {{ at: number, rank: number, place: number, what: 'call' | 'effect' | 'end' }[]} */
  const events = [];
  for (const place of shown) {
    const { call, returned } = requests[place];
    events.push({ at: call, rank: 0, place, what: 'call' });
    if (returned !== undefined) events.push({ at: returned, rank: 0, place, what: 'end' });
  }
  judged.order.forEach((place, at) => {
    if (drawn.has(place)) events.push({ at: taken[at], rank: at + 1, place, what: 'effect' });
  });
  events.sort((one, other) => one.at - other.at || one.rank - other.rank);

  /** @type {Record<'call' | 'effect' | 'end', Map<number, number>>} */
  const xs = { call: new Map(), effect: new Map(), end: new Map() };
  let x = PAD - STEP;
  for (const { place, what } of events) {
    x += STEP;
    if (what === 'end') x = Math.max(x, (xs.call.get(place) ?? 0) + room(place));
    xs[what].set(place, x);
  }

  /** @type {Map<string, number[]>} for each client, where each of its rows is free again */
  const rows = new Map(shown.map((place) => [requests[place].client, []]));
  const placed = shown.map((place) => {
    const left = xs.call.get(place) ?? 0;
    const open = requests[place].returned === undefined;
    const behind = Math.max(left + room(place), (xs.effect.get(place) ?? 0) + PAD) + OPEN;
    const right = xs.end.get(place) ?? behind;
    const free = rows.get(requests[place].client) ?? [];
    const at = free.findIndex((until) => until < left);
    const row = at < 0 ? free.length : at;
    free[row] = right;
    return { place, left, right, open, row };
  });
  const clients = [...rows.keys()].sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
  let y = 0;
  const lanes = clients.map((client) => {
    const height = (rows.get(client) ?? []).length * ROW;
    const lane = { label: client, y, height };
    y += height;
    return lane;
  });
  const top = new Map(lanes.map((lane) => [lane.label, lane.y]));
  const bars = placed.map(({ place, left, right, open, row }) => {
    const [number, effect] = [numbers.get(place), xs.effect.get(place)];
    /** @type {Bar['kind']} */
    const kind = judged.stretch.includes(place) ? 'wrong' : judged.verdict === 'linearizable' ? 'fine' : 'plain';
    return {
      ...{ place, x: left, width: right - left, open, kind, label: label(place) },
      y: (top.get(requests[place].client) ?? 0) + row * ROW + BAR.top,
      told: toldOf(requests[place], number, judged),
      effect: number !== undefined && effect !== undefined ? { x: effect, number } : undefined,
    };
  });

  /** @type {Drawing['marks']} */
  const marks = [];
  /** @type {Drawing['times']} */
  const times = [];
  for (const { place, what } of events) {
    const where = what === 'call' ? requests[place].asked : what === 'end' ? requests[place].ended : undefined;
    const at = xs[what].get(place) ?? 0;
    if (!where) continue;
    marks.push({ x: at, steps: where.steps });
    const [last, text] = [times.at(-1), moment(where.at)];
    if (text !== last?.text && at - (last?.x ?? -TIME) >= TIME) times.push({ x: at, text });
  }
  const right = Math.max(0, ...placed.map(({ right }) => right), ...times.map(({ x }) => x + TIME - PAD));
  return { width: right + PAD, height: y, lanes, bars, times, marks };
}

/** Where this moment is in a drawing; nothing where it is behind all of it. @param {Drawing} drawing @param {number} steps */
export function nowIn({ marks }, steps) {
  const next = marks.findIndex((mark) => mark.steps > steps);
  if (next < 0) return undefined;
  return next === 0 ? 0 : (marks[next - 1].x + marks[next].x) / 2;
}

/** The first page on which there is something to see, as the place of its first request. @param {Judged} judged */
export function opensAt({ requests, stretch }) {
  const last = Math.max(0, requests.length - MOST);
  if (stretch.length === 0) return last;
  // What contradicts is in the middle, where all of it has room.
  const at = requests.indexOf(stretch[0]);
  const to = requests.indexOf(stretch[stretch.length - 1]);
  return Math.max(0, Math.min(last, Math.floor((at + to + 1 - MOST) / 2), at));
}

/** What is found of a key, in a sentence. @param {Judged} judged */
export function verdictOf({ key, verdict, requests, order, why }) {
  if (verdict === 'refused') return `Not linearizable: ${why}`;
  if (verdict === 'undecided')
    return `Undecided: so many requests about ${key} overlap that the search for an order was given up.`;
  const never = requests.length - order.length;
  const rest = never > 0 ? `, and ${never} of unknown outcome never took effect` : '';
  return `Linearizable: in the order of the numbers one server gives the same ${counted(order.length, 'answer')}${rest}.`;
}
