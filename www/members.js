// Who takes part: as things stand, as somebody wants them to stand, and the steps that lead there. Pure.

import { ALONG, FULL, NOT, standingOf } from './orders.js';

/** @typedef {import('../src/wasm.js').View} View */
/** @typedef {import('../src/wasm.js').NodeCard} NodeCard */
/** @typedef {Map<string, number>} Standings how each node takes part: FULL, ALONG or NOT */
/** @typedef {{ ids: string[], needed: number }} Half some nodes, and how many of them must agree */

/** @param {View} view @param {NodeCard} seer by whose account @returns {Standings} */
export const standingsOf = (view, seer) => new Map(view.nodes.map(({ id }) => [id, standingOf(seer, id)]));

/** @param {Standings} standings @param {number} standing */
const those = (standings, standing) => [...standings].filter(([, each]) => each === standing).map(([id]) => id);

/**
 * The one step that changes everything at once.
 *
 * @param {string} leader
 * @param {Standings} wanted
 * @param {boolean} stay whether it is left half done until somebody ends it
 */
export function wholeStep(leader, wanted, stay) {
  const along = those(wanted, ALONG);
  const also = along.length > 0 ? ` learners ${along.join(' ')}` : '';
  return `tell ${leader} members ${those(wanted, FULL).join(' ')}${also}${stay ? ' stay' : ''}`;
}

/**
 * The steps that change one node after another: who comes first, who goes last, and the leader last of all.
 *
 * @param {string} leader
 * @param {Standings} now
 * @param {Standings} wanted
 */
export function singleSteps(leader, now, wanted) {
  const changed = [...wanted].filter(([id, standing]) => now.get(id) !== standing);
  const verbs = ['add', 'learn', 'remove'];
  const place = (/** @type {[string, number]} */ [id, standing]) => standing + (id === leader ? NOT + 1 : 0);
  return changed.sort((a, b) => place(a) - place(b)).map(([id, standing]) => `tell ${leader} ${verbs[standing]} ${id}`);
}

/** @param {string[]} ids @returns {Half} */
const half = (ids) => ({ ids, needed: Math.floor(ids.length / 2) + 1 });

/** By whose account the members are told. @param {View} view @returns {NodeCard | undefined} */
function seerOf(view) {
  const rank = (/** @type {NodeCard['node']} */ { mark, epoch, last_slot }) =>
    (mark === 'crown' ? 2e12 : mark === 'seeking' ? 1e12 : 0) + (epoch?.number ?? 0) * 1e6 + last_slot;
  return view.nodes.filter((card) => card.up).sort((a, b) => rank(b.node) - rank(a.node))[0];
}

/**
 * The two sets of nodes of which a majority each must agree, while the members change: those before and those after.
 * By the account of whoever leads, or else of whoever seeks to, or else of whoever knows most.
 *
 * @param {View} view
 * @returns {{ seer: NodeCard, before: Half, after: Half } | undefined} nothing where one set is enough
 */
export function halvesOf(view) {
  const seer = seerOf(view);
  if (!seer || seer.node.quorums.length < 2) return undefined;
  const [after, before] = seer.node.quorums;
  return { seer, before: half(before), after: half(after) };
}

/**
 * The nodes as the cluster counts them: who is a member already and has not heard so is "joining", not away.
 *
 * @param {View} view
 * @returns {NodeCard[]}
 */
export function countedNodes(view) {
  const seer = seerOf(view);
  return view.nodes.map((card) => {
    if (!seer || card.node.mark !== 'absent') return card;
    const along = seer.node.learners.includes(card.id);
    if (!along && !seer.node.quorums.flat().includes(card.id)) return card;
    return { ...card, node: { ...card.node, role: 'joining', mark: along ? 'passive' : 'plain' } };
  });
}

/** The first slot that a leader has not committed, or its last one. @param {NodeCard} leader */
export const slotAtStake = ({ node }) => Math.min(node.committed + 1, node.last_slot);

/**
 * Who holds a slot, on its disk, as a leader knows.
 *
 * @param {NodeCard} leader
 * @param {number} slot
 */
export function holdersOf({ id, node }, slot) {
  const own = (node.durable ?? node.last_slot) >= slot ? [id] : [];
  return [...own, ...node.peers.filter(({ matched }) => matched >= slot).map((peer) => peer.node)];
}

/**
 * How each half stands: votes for who seeks to lead, and for who leads the slot that is to be committed next.
 *
 * @param {NodeCard} card
 * @returns {import('../src/wasm.js').Tally[]} nothing where one set is enough
 */
export function talliesOf(card) {
  const { node } = card;
  if (node.quorums.length < 2) return [];
  const granted = node.tally ? node.tally.granted : node.mark === 'crown' ? holdersOf(card, slotAtStake(card)) : [];
  if (!node.tally && node.mark !== 'crown') return [];
  const [after, before] = node.quorums;
  return [before, after].map((ids) => ({
    voters: ids,
    granted: ids.filter((id) => granted.includes(id)),
    refused: ids.filter((id) => node.tally?.refused.includes(id)),
    needed: half(ids).needed,
  }));
}

/**
 * Members in few letters, for where there is little room: `n1–n3 +n4` for `n1 n2 n3, learner n4`.
 *
 * @param {string} members
 */
export function briefMembers(members) {
  const number = (/** @type {string | undefined} */ id) => Number(id?.slice(1));
  const lists = members.split(/, \w+ /).map((list) => {
    const ids = list.split(' ');
    // Who has a neighbour on either side goes without saying.
    const inner = (/** @type {number} */ at) =>
      number(ids[at - 1]) + 1 === number(ids[at]) && number(ids[at]) + 1 === number(ids[at + 1]);
    const shown = ids.map((id, at) => (inner(at) ? '–' : id));
    return shown.join(' ').replace(/ –( –)* /g, '–');
  });
  return lists.join(' +');
}
