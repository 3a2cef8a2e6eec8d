// Reads how the page is to open, from a URL's query or from the attributes of an element.
//
// Both are texts that anybody may have written, so each is checked here and what is wrong becomes a sentence, with
// the default in its place: a page that was given a wrong value still opens. Pure; it is handed a way to look a name
// up and the protocols that there are, and refuses to know where either comes from.

import { FASTEST, ORDINARY, SLOWEST } from './clock.js';

/** @typedef {import('../src/wasm.js').ProtocolCard} ProtocolCard */
/** @typedef {import('../src/wasm.js').Settings} Settings */

/** Every part of the page beside the ring, the caption and the controls. */
export const PANELS = [
  'header',
  'timeline',
  'log',
  'inspector',
  'events',
  'script',
  'clients',
  'history',
  'stores',
  'network',
  'rules',
  'bugs',
  'checks',
  'find',
  'plots',
  'legend',
];
/** Those of them that have a place of their own; the others are tabs. */
export const PLACED = ['header', 'timeline', 'log', 'inspector'];

/**
 * @typedef {object} Opening how the page opens
 * @property {Settings} settings
 * @property {number} speed
 * @property {'light' | 'dark' | undefined} theme
 * @property {string[]} panels
 * @property {string[]} beside the protocols that play beside
 * @property {string[]} complaints what was wrong, in sentences
 */

/**
 * Short names for sizes, so that a link need not know what a protocol calls them.
 *
 * @param {ProtocolCard} card
 * @param {string} name
 */
function countNamed(card, name) {
  const named = card.counts.find((count) => count.name === name || count.name === `num_${name}`);
  return named ?? (name === 'nodes' ? card.counts[0] : undefined);
}

/** The largest seed that the core takes. */
const LARGEST_SEED = 2n ** 64n - 1n;

/**
 * @param {(name: string) => string | null | undefined} given looks up what was given under a name
 * @param {ProtocolCard[]} cards the protocols that there are
 * @param {string[]} panels the panels that are shown unless something else is asked for
 * @returns {Opening}
 */
export function openingFrom(given, cards, panels = PANELS) {
  /** @type {string[]} */
  const complaints = [];
  const asked = given('protocol') || cards[0].protocol;
  let card = cards.find((each) => each.protocol === asked);
  if (!card) {
    const names = cards.map((each) => each.protocol).join(', ');
    complaints.push(`“${asked}” is not a protocol of this page (${names}); it shows ${cards[0].title}.`);
    card = cards[0];
  }
  /** @type {Settings} */
  const settings = { protocol: card.protocol, seed: seedFrom(given('seed'), complaints), traffic: false };
  for (const count of card.counts) settings[count.name] = count.value;
  // Short names first: where both are given, the full one holds.
  const full = card.counts.map((count) => count.name);
  const names = new Set(['nodes', ...full.map((name) => name.replace(/^num_/, '')), ...full]);
  for (const name of names) {
    const text = given(name);
    const count = countNamed(card, name);
    if (!text || !count) continue;
    const value = Number(text);
    if (Number.isInteger(value) && value >= count.min && value <= count.max) settings[count.name] = value;
    else complaints.push(`${text} is not a number of ${count.label} from ${count.min} to ${count.max}.`);
  }
  const traffic = given('traffic');
  if (traffic === 'on') settings.traffic = true;
  else if (traffic && traffic !== 'off') complaints.push(`Traffic is on or off, not “${traffic}”.`);
  const bug = given('bug');
  if (bug) settings.bug = bug;
  return {
    settings,
    speed: speedFrom(given('speed'), complaints),
    theme: themeFrom(given('theme'), complaints),
    panels: panelsFrom(given('panels'), panels, complaints),
    beside: besideFrom(given('beside'), card, cards, complaints),
    complaints,
  };
}

/** @param {string | null | undefined} text @param {string[]} complaints */
function seedFrom(text, complaints) {
  if (text === null || text === undefined || text === '') return '1';
  if (/^\d{1,20}$/.test(text) && BigInt(text) <= LARGEST_SEED) return text;
  complaints.push(`“${text}” is not a seed: a seed is a whole number from 0 to ${LARGEST_SEED}. The seed is 1.`);
  return '1';
}

/** @param {string | null | undefined} text @param {string[]} complaints */
function speedFrom(text, complaints) {
  if (!text) return ORDINARY;
  const [over, under = '1'] = text.split('/');
  const speed = Number(over) / Number(under);
  if (speed >= SLOWEST && speed <= FASTEST) return speed;
  complaints.push(`“${text}” is not a speed from 1/${1 / SLOWEST} to ${FASTEST} times real time.`);
  return ORDINARY;
}

/** @param {string | null | undefined} text @param {string[]} complaints */
function themeFrom(text, complaints) {
  if (!text || text === 'auto') return undefined;
  if (text === 'light' || text === 'dark') return text;
  complaints.push(`“${text}” is not a theme: there are light and dark.`);
  return undefined;
}

/** @param {string | null | undefined} text @param {string[]} usual @param {string[]} complaints */
function panelsFrom(text, usual, complaints) {
  if (text === null || text === undefined || text === 'all') return text === 'all' ? PANELS : usual;
  const asked = text.split(/[\s,]+/).filter((name) => name !== '' && name !== 'none');
  const wrong = asked.filter((name) => !PANELS.includes(name));
  if (wrong.length > 0) complaints.push(`There is no panel “${wrong.join('”, “')}”; there are ${PANELS.join(', ')}.`);
  return PANELS.filter((name) => asked.includes(name));
}

/**
 * @param {string | null | undefined} text
 * @param {ProtocolCard} own
 * @param {ProtocolCard[]} cards
 * @param {string[]} complaints
 */
function besideFrom(text, own, cards, complaints) {
  const asked = (text ?? '').split(/[\s,]+/).filter((name) => name !== '');
  const others = cards.map((card) => card.protocol).filter((name) => name !== own.protocol);
  const wrong = asked.filter((name) => !others.includes(name));
  if (wrong.length > 0) {
    complaints.push(`“${wrong.join('”, “')}” cannot stand beside ${own.title}: expected ${others.join(' or ')}.`);
  }
  return others.filter((name) => asked.includes(name));
}
