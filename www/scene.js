// A view as plain shapes: what there is to see (`sceneOf`) and where the moving things are at a moment (`posesOf`).
//
// Both are pure. A scene changes only with the view, the selection or the stage; between two events only poses are
// computed anew, for position = f(sent, arrives, now) and a timer's arc = f(armed, due, now). This file touches neither
// the DOM nor wasm, and a canvas painter could draw from it as well as the SVG one does.

import { clientFigure, cutFigure, messageFigure, nodeFigure, short, words as line, TYPE } from './figures.js';
import { along, bow, hullPath, layout, middleOf, RIM, round, route } from './geometry.js';
import { cutDirections, cutPairs, groupsOf } from './groups.js';
import { halvesOf, talliesOf } from './members.js';
import { clientName, copyOf, differences, keyOf, linkName, messageName, nodeName } from './names.js';
import { epochClass } from './palette.js';
import { clashOf, lastKey } from './reading.js';

/** @typedef {import('../src/wasm.js').View} View */
/** @typedef {import('../src/wasm.js').Vocabulary} Vocabulary */
/** @typedef {import('../src/wasm.js').Flight} Flight */
/** @typedef {import('../src/wasm.js').NodeCard} NodeCard */
/** @typedef {import('./figures.js').Primitive} Primitive */
/** @typedef {import('./geometry.js').Layout} Layout */
/** @typedef {import('./geometry.js').Route} Route */
/** @typedef {import('./geometry.js').Stage} Stage */
/** @typedef {import('./names.js').Thing} Thing */

/** @typedef {{key: string, classes: string, label: string, x: number, y: number, parts: () => Primitive[],
 *   look: string, thing?: Thing}} Figure
 *   Two figures with the same key and the same `look` have the same `parts`; so these are worked out only when they are
 *   drawn anew. */
/** @typedef {{key: string, armed: number, due: number}} Dial */
/** @typedef {{key: string, way: Route, sent: number, arrives: number, lost: number | undefined, back: number}} Path
 *   `back`: how far a message that waits stands behind the end of its way. */
/** @typedef {{stage: Stage, groups: Figure[], halves: Figure[], links: Figure[], cuts: Figure[], nodes: Figure[], clients: Figure[],
 *   messages: Figure[], dials: Dial[], paths: Path[], roomy: boolean}} Scene */
/** @typedef {{key: string, x: number, y: number, opacity: number}} Pose */
/** @typedef {{stage: Stage, words?: Vocabulary, selected?: Thing, hatch?: string}} Look */

/** How long a lost message is seen, in virtual microseconds. */
export const FADE = 40_000;
/** With more messages on their way than this, only what is pointed at has its words. */
const ROOMY = 8;
/** With more than this, messages are drawn smaller and tags without words. */
const CROWDED = 60;
/** How far messages travel to the right of the straight line. */
const LANE = 11;

/** @param {View} view @param {Look} look @returns {Scene} */
export function sceneOf(view, look) {
  const kinds = view.nodes.map(({ id, name }) => ({ id, kind: name.replace(/\s*\d+$/, '') }));
  const clientIds = view.clients.map(({ id }) => id);
  const plan = layout(kinds, clientIds, look.stage);
  const ids = view.nodes.map(({ id }) => id);
  const cuts = cutDirections(view.links);
  const groups = groupsOf(ids, cuts);
  const chosen = look.selected && keyOf(look.selected);
  const shown = view.messages.filter((m) => m.lost === undefined || view.now - m.lost < FADE);
  const size = shown.length > CROWDED || plan.radius < 40 ? 9.5 : 13;
  const key = lastKey(view);
  return {
    stage: look.stage,
    groups: groups.map((group, i) => groupFigure(group, i, plan)),
    halves: halfFigures(view, plan),
    links: linkFigures(view, ids, cuts, plan, chosen),
    cuts: cutFigures(ids, cuts, groups, plan),
    nodes: view.nodes.map((card) => nodeShape(card, key, plan, look, chosen, clashOf(view, card.id))),
    clients: view.clients.map((client) => clientShape(client, plan, chosen)),
    messages: shown.map((flight) => messageShape(flight, look.words, size, shown.length <= CROWDED, chosen)),
    dials: view.nodes.flatMap((card) => dialOf(card, look.words)),
    paths: pathsOf(shown, plan, size),
    roomy: shown.length <= ROOMY,
  };
}

/**
 * Where each message is, and how much of each timer is left (1 to 0), at a moment.
 * @param {Scene} scene @param {number} now @param {boolean} still whether messages stop at three stations
 * @returns {{messages: Pose[], dials: {key: string, left: number}[]}}
 */
export function posesOf(scene, now, still) {
  return {
    messages: scene.paths.map((path) => {
      const until = path.lost === undefined ? now : Math.min(now, path.lost);
      const gone = path.arrives > path.sent ? (until - path.sent) / (path.arrives - path.sent) : 1;
      const share = Math.min(1, Math.max(0, gone));
      const travels = path.arrives > path.sent && path.lost === undefined;
      const at = along(path.way, still && travels ? station(share) : share * (1 - path.back));
      const faded = path.lost === undefined ? 0 : (now - path.lost) / FADE;
      return { key: path.key, x: round(at.x), y: round(at.y), opacity: round(Math.min(1, Math.max(0, 1 - faded))) };
    }),
    dials: scene.dials.map(({ key, armed, due }) => {
      const left = due > armed ? (due - now) / (due - armed) : 0;
      return { key, left: Math.round(Math.min(1, Math.max(0, left)) * 1000) / 1000 };
    }),
  };
}

/** Near the sender, half way, near the receiver. @param {number} share */
function station(share) {
  if (share < 1 / 3) return 0.1;
  return share < 2 / 3 ? 0.5 : 0.9;
}

/**
 * @param {NodeCard} card @param {string | undefined} key @param {Layout} plan @param {Look} look
 * @param {string | undefined} chosen @param {string} clash @returns {Figure}
 */
function nodeShape(card, key, plan, look, chosen, clash) {
  const { node } = card;
  const disc = plan.nodes.get(card.id) ?? { x: 0, y: 0, r: plan.radius };
  const thing = /** @type {Thing} */ ({ kind: 'node', id: card.id });
  const value = node.store?.find(([k]) => k === key)?.[1];
  // A name that is more than the id, such as "acceptor 2", stands beneath the disc and has the role in it already.
  const spoken = card.name.startsWith(node.role) ? card.name : `${card.name} ${node.role}`;
  const face = {
    id: card.id,
    epoch: node.epoch ? epochText(node.epoch.text, look.words?.epoch ?? '', plan.radius) : '',
    valued: key !== undefined,
    value: value === undefined ? '' : short(plan.radius < 50 ? value : `${key}=${value}`, 10),
    role: card.name === card.id ? node.role : spoken,
    name: card.name === card.id ? '' : card.name,
    backs: node.vote && node.vote !== card.id ? node.vote : '',
    badge: card.drift ?? '',
    mark: node.mark,
    up: card.up,
    paused: card.paused,
    isolated: card.isolated,
    clash: clash !== '',
    timed: card.up && dialOf(card, look.words).length > 0,
    tallies: card.up ? tallied(card) : [],
    writes: card.up ? card.unflushed : 0,
  };
  const states = [
    card.up && node.mark,
    card.up ? epochClass(node.epoch) : 'down',
    card.paused && 'paused',
    card.isolated && 'isolated',
    chosen === keyOf(thing) && 'selected',
  ];
  return {
    key: keyOf(thing),
    thing,
    classes: `thing node ${states.filter(Boolean).join(' ')}`,
    label: `${nodeName(card, look.words)}${clash && `; contradiction: ${clash}`}`,
    x: disc.x,
    y: disc.y,
    parts: () => nodeFigure(face, disc, plan.dense, look.hatch ?? 'hatch'),
    look: JSON.stringify([face, disc.r, disc.room, plan.dense]),
  };
}

/** What a node is counting: two sets at once while two must agree. @param {NodeCard} card */
function tallied(card) {
  const halves = talliesOf(card);
  return halves.length === 0 && card.node.tally ? [card.node.tally] : halves;
}

/**
 * The word of the epoch is left out where it does not fit.
 * @param {string} text @param {string} word @param {number} radius
 */
function epochText(text, word, radius) {
  return radius < 40 || word.length + text.length > 10 ? text : `${word} ${text}`;
}

/**
 * The timer that is drawn on a node's rim, if it runs.
 * @param {NodeCard} card @param {Vocabulary | undefined} words @returns {Dial[]}
 */
function dialOf(card, words) {
  const timer = card.timers.find(({ name }) => name === words?.main_timer);
  return card.up && timer ? [{ key: `node ${card.id}`, armed: timer.armed, due: timer.due }] : [];
}

/** @param {View['clients'][number]} client @param {Layout} plan @param {string | undefined} chosen @returns {Figure} */
function clientShape(client, plan, chosen) {
  const { running, last } = client;
  const box = plan.clients.get(client.id) ?? { x: 0, y: 0, width: 100, height: 40 };
  const thing = /** @type {Thing} */ ({ kind: 'client', id: client.id });
  const queue = client.queued > 0 ? `, +${client.queued}` : '';
  const asked = running && running.attempts > 1 ? `asked ${running.attempts} times` : 'no answer yet';
  const waits = `${running?.busy ? 'turned away: busy' : asked}${queue}`;
  const ok = last?.ok ?? true;
  const face = {
    id: client.id,
    to: running?.to ? `→ ${running.to}` : '',
    asks: (running ?? last)?.text ?? '',
    waits: running !== undefined,
    // The key stands in the line above.
    answer: running ? waits : last ? `${ok ? '✓' : '✗'} ${ok ? last.answer : last.answer.split(':')[0]}` : '',
    ok,
  };
  return {
    key: keyOf(thing),
    thing,
    classes: `thing client${running ? ' waiting' : ''}${chosen === keyOf(thing) ? ' selected' : ''}`,
    label: clientName(client),
    x: box.x,
    y: box.y,
    parts: () => clientFigure(face, box, plan.short),
    look: JSON.stringify([face, box, plan.short]),
  };
}

/**
 * @param {Flight} flight @param {Vocabulary | undefined} words @param {number} size @param {boolean} worded
 * @param {string | undefined} chosen @returns {Figure}
 */
function messageShape(flight, words, size, worded, chosen) {
  const thing = /** @type {Thing} */ ({ kind: 'message', id: flight.id });
  const lost = flight.lost !== undefined;
  const states = [
    flight.reply && 'reply',
    flight.held && 'held',
    lost && 'lost',
    chosen === keyOf(thing) && 'selected',
    epochClass(flight.epoch),
  ];
  return {
    key: keyOf(thing),
    thing,
    classes: `thing message ${states.filter(Boolean).join(' ')}`,
    label: messageName(flight, words),
    x: 0,
    y: 0,
    parts: () => messageFigure({ ...flight, lost }, size, worded),
    look: `${size} ${worded} ${lost} ${flight.label}`,
  };
}

/** @param {Flight[]} flights @param {Layout} plan @param {number} size @returns {Path[]} */
function pathsOf(flights, plan, size) {
  /** @type {Map<string, number>} */
  const waiting = new Map();
  return flights.map((flight) => {
    const from = plan.nodes.get(flight.from) ?? plan.clients.get(flight.from) ?? { x: 0, y: 0, r: 0 };
    const to = plan.nodes.get(flight.to) ?? plan.clients.get(flight.to) ?? { x: 0, y: 0, r: 0 };
    // Copies travel a little further aside than what they are copies of.
    const way = route(from, to, LANE + Math.max(0, copyOf(flight.id) - 1) * size * 1.4);
    const link = `${flight.from}->${flight.to}`;
    const before = waiting.get(link) ?? 0;
    if (flight.held) waiting.set(link, before + 1);
    const length = Math.hypot(way.to.x - way.from.x, way.to.y - way.from.y);
    return {
      key: `message ${flight.id}`,
      way,
      sent: flight.sent,
      arrives: flight.held ? flight.sent : flight.arrives,
      lost: flight.lost,
      back: flight.held ? Math.min(0.8, (before * size * 2) / Math.max(length, 1)) : 0,
    };
  });
}

/** @param {string[]} group @param {number} number @param {Layout} plan @returns {Figure} */
function groupFigure(group, number, plan) {
  const places = group.flatMap((id) => plan.nodes.get(id) ?? []);
  const path = hullPath(places, round(plan.radius + RIM + (plan.dense ? 10 : 28)));
  return {
    key: `group ${group[0]}`,
    classes: `group group-${number % 4}`,
    label: `${group.join(', ')} can reach only ${group.length > 1 ? 'each other' : 'itself'}`,
    x: 0,
    y: 0,
    parts: () => [['path', { d: path }]],
    look: path,
  };
}

/**
 * While the members change: a line around those before, one around those after, and in the middle what each needs.
 * @param {View} view @param {Layout} plan @returns {Figure[]}
 */
function halfFigures(view, plan) {
  const halves = halvesOf(view);
  if (!halves) return [];
  const still = { x: 0, y: 0 };
  const around = /** @type {const} */ (['before', 'after']).map((when, i) => {
    const { ids, needed } = halves[when];
    // The one within the other, so that two lines are seen where all are the same.
    const path = hullPath(
      ids.flatMap((id) => plan.nodes.get(id) ?? []),
      round(plan.radius + RIM + (plan.dense ? 5 : 12) + 9 * i),
    );
    const label = `${when}: ${needed} of ${ids.join(', ')} must agree`;
    /** @returns {Primitive[]} */
    const parts = () => [['path', { d: path }]];
    return { key: `half ${when}`, classes: `half ${when}`, label, ...still, parts, look: path };
  });
  const { x, y } = middleOf(plan.stage);
  const counts = [halves.before, halves.after].map(({ ids, needed }) => `${needed} of ${ids.length}`);
  // Where it is tight, the lines themselves say which is which.
  const roomy = plan.stage.name !== 'tight';
  const rows = roomy ? [`before: ${counts[0]}`, `after: ${counts[1]}`] : counts;
  const left = roomy ? -95 : -60;
  /** @returns {Primitive[]} */
  const told = () => [
    [
      'rect',
      {
        class: 'half-plate',
        x: left - 13,
        y: roomy ? -60 : -32,
        width: -2 * left + 26,
        height: roomy ? 100 : 72,
        rx: 12,
      },
    ],
    ...(roomy ? [line('half-words', 'both must agree', 0, -34, TYPE.body, 260)] : []),
    ...rows.flatMap((text, i) => [
      /** @type {Primitive} */ ([
        'path',
        { class: `half-line ${i ? 'after' : 'before'}`, d: `M${left} ${32 * i - 10}h50` },
      ]),
      line('half-words left', text, left + 60, 32 * i - 3, TYPE.body, 220),
    ]),
  ];
  const label = `both must agree: ${counts.join(' before, and ')} after`;
  return [
    ...around,
    { key: 'halves', classes: 'halves-told', label, x, y, parts: told, look: `${roomy} ${counts.join()}` },
  ];
}

/**
 * @param {string[]} ids @param {Set<string>} cuts @param {string[][]} groups @param {Layout} plan @returns {Figure[]}
 */
function cutFigures(ids, cuts, groups, plan) {
  const groupOf = new Map(groups.flatMap((group, i) => group.map((id) => [id, i])));
  return cutPairs(ids, cuts).map(({ from, to, both }) => {
    const a = plan.nodes.get(from);
    const b = plan.nodes.get(to);
    // Where the shaded groups say it already, the cuts between them are drawn quietly.
    const between = groupOf.get(from) !== groupOf.get(to);
    const bent =
      a && b ? bow(a, b, between ? 0 : 26, middleOf(plan.stage)) : { path: '', middle: { x: 0, y: 0 }, angle: 0 };
    const { x, y } = bent.middle;
    const mark = { transform: `translate(${x} ${y}) rotate(${bent.angle})` };
    /** @returns {Primitive[]} */
    const drawn = () => [
      ['path', { class: 'cut-line', d: bent.path }],
      ...cutFigure(both, between).map(
        ([tag, attributes]) => /** @type {Primitive} */ ([tag, { ...attributes, ...mark }]),
      ),
    ];
    return {
      key: `cut ${from} ${to}`,
      classes: `cut${between ? ' between' : ''}`,
      label: `cut ${both ? 'between' : 'from'} ${from} ${both ? 'and' : 'to'} ${to}`,
      x: 0,
      y: 0,
      parts: drawn,
      look: `${bent.path} ${both} ${between}`,
    };
  });
}

/**
 * @param {View} view @param {string[]} ids @param {Set<string>} cuts @param {Layout} plan
 * @param {string | undefined} chosen @returns {Figure[]}
 */
function linkFigures(view, ids, cuts, plan, chosen) {
  const unusual = new Map(
    view.links.filter((link) => !link.cut).map((link) => [`${link.from} ${link.to}`, differences(link, view.network)]),
  );
  return ids.flatMap((from, i) =>
    ids.slice(i + 1).map((to) => {
      const thing = /** @type {Thing} */ ({ kind: 'link', from, to });
      const a = plan.nodes.get(from) ?? { x: 0, y: 0, r: 0 };
      const b = plan.nodes.get(to) ?? { x: 0, y: 0, r: 0 };
      const way = route(a, b, 0);
      const ends = { x1: round(way.from.x), y1: round(way.from.y), x2: round(way.to.x), y2: round(way.to.y) };
      const [there, back] = [unusual.get(`${from} ${to}`) ?? '', unusual.get(`${to} ${from}`) ?? ''];
      const halves = [there && `${from}→${to} ${there}`, back && `${to}→${from} ${back}`];
      const words = there === back ? there : halves.filter(Boolean).join(', ');
      // Beside the line, so that messages do not cover the words.
      const { middle } = bow(a, b, -32, middleOf(plan.stage));
      const special = words && !cuts.has(`${from}->${to}`);
      /** @returns {Primitive[]} */
      const parts = () => [
        ['line', { class: 'touch', ...ends }],
        ['line', { class: 'line', ...ends }],
        ...(words ? [line('link-words', words, middle.x, middle.y, TYPE.small, 260)] : []),
      ];
      return {
        key: keyOf(thing),
        thing,
        classes: `link${special ? ' special' : ''}${chosen === keyOf(thing) ? ' selected' : ''}`,
        label: linkName(from, to, view),
        x: 0,
        y: 0,
        parts,
        look: `${words} ${ends.x1} ${ends.y1} ${ends.x2} ${ends.y2}`,
      };
    }),
  );
}
