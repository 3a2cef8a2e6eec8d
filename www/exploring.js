// The page's end of an exploration: all schedules from a moment of a run, in a worker; and what is said of it in words.
// The words are pure: they know no DOM, and are tested as they are.

import { Errand } from './errand.js';
import { counted, spoken } from './format.js';

/** @typedef {import('../src/wasm.js').Outlook} Outlook */
/** @typedef {import('../src/wasm.js').Limit} Limit */
/** @typedef {import('../src/wasm.js').ScenarioEntry} ScenarioEntry */

/** What is chosen, as texts: see `Reach` of the core. @typedef {Record<string, string>} Reach */

/** @typedef {Outlook & { memory: number }} Standing with how many bytes the worker takes */

/** An exploration of all schedules. @extends {Errand<Standing>} */
export class Exploring extends Errand {
  /** Begins anew. @param {ScenarioEntry[]} entries a run, which opens at the moment that is meant @param {Reach} reach */
  begin(entries, reach) {
    // A package never gives memory back that it once took: a new one begins with none.
    this.end();
    this.send('explore', { entries, reach });
  }

  /** How many states a second, as far as that can be said. */
  get rate() {
    return this.standing && this.often(this.standing.states);
  }
}

/** In which order states are looked at, and what that is good for. @type {[name: string, label: string, sentence: string][]} */
export const SEARCHES = [
  ['breadth', 'shortest first', 'What is found has the fewest moves; what has ended has looked at everything.'],
  ['depth', 'deepest first', 'It comes far at once; what it finds is seldom short.'],
  [
    'random',
    'random walks',
    'They reach far behind what can be exhausted, prove nothing, and never end by themselves.',
  ],
];

/** How many states may be remembered, and what that takes with five nodes. @type {[states: number, memory: string][]} */
export const ROOMS = [
  [100_000, '60 MB'],
  [1_000_000, '100 MB'],
  [4_000_000, '320 MB'],
];

/** What is chosen where nobody has chosen. @param {Limit[]} limits @returns {Reach} */
export function usual(limits) {
  const counts = limits.map(({ name, value }) => [name, String(value)]);
  const rest = { in_order: 'false', late: 'true', may: '', property: '', depth: '', search: 'breadth', seed: '1' };
  return { ...Object.fromEntries(counts), ...rest, states: String(ROOMS[1][0]) };
}

/**
 * The bounds in a line, as far as anything may happen at all: `more entries: 1, requests: 2, links in order`.
 *
 * @param {Limit[]} limits
 * @param {Reach} reach
 */
export function boundsInWords(limits, reach) {
  const some = limits.filter(({ name }) => Number(reach[name]) > 0);
  const words = some.map(({ name, label }) => `${label}: ${reach[name]}`);
  if (reach.in_order === 'true') words.push('links in order');
  if (reach.late === 'false') words.push('nothing late');
  if (reach.depth !== '') words.push(`at most ${counted(Number(reach.depth), 'move')}`);
  if (reach.may !== '') words.push(`and once each: ${reach.may}`);
  return words.length > 0 ? words.join(', ') : 'nothing but messages that are on their way';
}

/** So many bytes. @param {number} bytes */
export const memoryInWords = (bytes) => `${Math.max(1, Math.round(bytes / 1e6)).toLocaleString('en')} MB`;

/**
 * What has come of an exploration, in a sentence.
 *
 * @param {Outlook} outlook
 * @param {boolean} going whether it goes on
 * @param {Reach} reach what was asked for
 */
export function outcome({ status, states, found }, going, reach) {
  const seen = counted(states, 'state');
  switch (status) {
    case 'found':
      return `${spoken(found?.property ?? '')} falls after ${counted(found?.moves ?? 0, 'move')}.`;
    case 'exhausted':
      // With few moves, what was first come to by a detour is not gone on from.
      return reach.search === 'depth' && reach.depth !== ''
        ? `Nothing was found in ${seen}; deepest first with so few moves may have left some out.`
        : `Nothing was found: all ${seen} within these bounds were looked at, and everything that must hold does.`;
    case 'full':
      return `Stopped at the bound: ${seen} were seen, and nothing was found so far. There are more.`;
    default:
      return going ? 'Looking…' : 'Stopped. Nothing was found so far.';
  }
}

/**
 * How far it has come, part by part.
 *
 * @param {Standing} standing
 * @param {number | undefined} rate
 * @returns {[what: string, value: string][]}
 */
export function progressInWords({ states, most, moves, depth, waiting, memory }, rate) {
  const number = (/** @type {number} */ count) => count.toLocaleString('en');
  return [
    ['states', `${number(states)} of at most ${number(most)}`],
    ['a second', rate ? number(Number(rate.toPrecision(2))) : '–'],
    ['waiting', number(waiting)],
    ['moves tried', number(moves)],
    ['deep', counted(depth, 'move')],
    ['memory', memoryInWords(memory)],
  ];
}
