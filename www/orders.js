// What an operator can tell a node, as entries of its menu: which steps they stand for, and why some make no sense now.
//
// The words come with the vocabulary; this file knows only how an order's step is written and what the view must show
// for it to make sense. It says no more than that: what the core knows better, it refuses with a sentence of its own.

import { leaderOf, nameOf } from './reading.js';

/** @typedef {import('../src/wasm.js').View} View */
/** @typedef {import('../src/wasm.js').Vocabulary} Vocabulary */
/** @typedef {import('../src/wasm.js').OrderWord} OrderWord */
/** @typedef {import('../src/wasm.js').NodeCard} NodeCard */
/** @typedef {import('./actions.js').Action} Action */

/** In full, only along, not at all: the places of the words in `Vocabulary.standings`. */
export const FULL = 0;
export const ALONG = 1;
export const NOT = 2;

/** What an order makes of the node that it names. @type {Record<string, number>} */
const MAKES = { add: FULL, learn: ALONG, remove: NOT };

/**
 * How somebody takes part, as another node sees it.
 *
 * @param {NodeCard} seer
 * @param {string} id
 */
export function standingOf({ node }, id) {
  if (node.quorums.some((ids) => ids.includes(id))) return FULL;
  return node.learners.includes(id) ? ALONG : NOT;
}

/** The most nodes that there can be. */
const MOST = 16;

/** The node that can be started next, if any can. @param {View} view */
export const nextNode = (view) => (view.nodes.length < MOST ? `n${view.nodes.length + 1}` : undefined);

/** Starts a new node. @param {View} view @returns {Action} */
export function startAction(view) {
  const id = nextNode(view);
  return {
    label: `Start a new node${id ? `, ${id}` : ''}`,
    step: `start ${id}`,
    hint: 'A machine with an empty disk, which takes no part yet.',
    disabled: id ? undefined : `there are ${MOST} already`,
  };
}

/**
 * The orders that are about a node.
 *
 * @param {NodeCard} card
 * @param {View} view
 * @param {Vocabulary} words
 * @returns {Action[]}
 */
export function orderActions(card, view, words) {
  const leader = leaderOf(view);
  return words.orders.flatMap((order) => {
    const entry = entryOf(order, card, view, words, leader);
    return entry ? [{ ...entry, hint: order.sentence, section: order.section }] : [];
  });
}

/**
 * @param {OrderWord} order @param {NodeCard} card @param {View} view @param {Vocabulary} words
 * @param {NodeCard | undefined} leader
 * @returns {Action | undefined} none where the order is for somebody else
 */
function entryOf(order, card, view, words, leader) {
  const { verb, label } = order;
  const leads = leader === card;
  const nobody = leader ? undefined : 'nobody leads';
  if (order.names === 'all') return { label: `${label}…`, ask: 'members', disabled: nobody };
  if (order.names === 'nobody') {
    if (order.led && !leads) return undefined;
    const disabled = card.up ? unfit(verb, card, words) : `${card.id} is crashed`;
    return { label, step: `tell ${card.id} ${verb}`, disabled };
  }
  // The lead is handed to somebody: a node that leads asks to whom, and of another one it is clear.
  if (verb === 'transfer' && leads) {
    const others = view.nodes.filter((each) => each !== card && standingOf(card, each.id) === FULL);
    const choices = others.map(({ id }) => id);
    const disabled = choices.length > 0 ? undefined : 'there is nobody else';
    return { label: `${label}…`, ask: 'order', step: `tell ${card.id} ${verb}`, choices, disabled };
  }
  const named = verb === 'transfer' ? `${label} to ${nameOf(view, card.id)}` : label;
  const step = `tell ${leader?.id} ${verb} ${card.id}`;
  return { label: named, step, disabled: nobody ?? misnamed(order, card, words, leader) };
}

/**
 * Why it makes no sense to name a node in an order.
 *
 * @param {OrderWord} order @param {NodeCard} card @param {Vocabulary} words @param {NodeCard | undefined} leader
 */
function misnamed({ verb, names }, { id }, { standings }, leader) {
  if (!leader) return undefined;
  const standing = standingOf(leader, id);
  const makes = MAKES[verb];
  if (makes === standing) return `${id} ${standings[standing]} already`;
  if (names === 'member' && standing === NOT) return `${id} ${standings[NOT]}`;
  return verb === 'transfer' && standing !== FULL ? `${id} ${standings[standing]}` : undefined;
}

/** Why it makes no sense to tell a node this. @param {string} verb @param {NodeCard} card @param {Vocabulary} words */
function unfit(verb, card, { standings }) {
  const { id, node } = card;
  const leads = node.mark === 'crown';
  const standing = standingOf(card, id);
  switch (verb) {
    case 'campaign':
      if (leads) return `${id} leads`;
      return standing === FULL ? undefined : `${id} ${standings[standing]}`;
    case 'forget':
      if (leads) return `${id} leads`;
      return node.leader ? undefined : `${id} knows none`;
    case 'compact':
      return node.applied > (node.snapshot?.slot ?? 0) ? undefined : `${id} has applied nothing new`;
    case 'leave':
      return node.quorums.length > 1 ? undefined : 'no change is half done';
    default:
      return undefined;
  }
}
