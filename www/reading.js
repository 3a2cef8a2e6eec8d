// Questions that several panels ask of a view. Pure: a view in, an answer out; no DOM, no wasm, no protocol.

/** @typedef {import('../src/wasm.js').View} View */
/** @typedef {import('../src/wasm.js').NodeCard} NodeCard */
/** @typedef {import('../src/wasm.js').Slot} Slot */

/**
 * The node that leads: of several that think so, the one in the highest epoch; none that is down.
 *
 * @param {View} view
 * @returns {NodeCard | undefined}
 */
export function leaderOf(view) {
  const crowned = view.nodes.filter((card) => card.up && card.node.mark === 'crown');
  return crowned.reduce(
    (/** @type {NodeCard | undefined} */ best, card) =>
      best && (best.node.epoch?.number ?? 0) >= (card.node.epoch?.number ?? 0) ? best : card,
    undefined,
  );
}

/**
 * What a person calls a process: a node by its name, a client by its id.
 *
 * @param {View} view
 * @param {string} id
 */
export const nameOf = (view, id) => view.nodes.find((card) => card.id === id)?.name ?? id;

/**
 * The moment that a view shows: its time, and where more is due at that very time the number of steps so far.
 *
 * @param {View} view
 */
export const momentOf = ({ now, due, steps }) => (due === now ? `${now}us#${steps}` : `${now}us`);

/**
 * The key that a client touched last: what it waits for, or was answered.
 * @param {View} view @returns {string | undefined}
 */
export function lastKey(view) {
  let latest = -1;
  let text;
  for (const { running, last } of view.clients) {
    if (running && running.since > latest) [latest, text] = [running.since, running.text];
    if (last && last.at > latest) [latest, text] = [last.at, last.text];
  }
  return text?.split(' ')[1];
}

/**
 * What is the matter with a node's machine, the worst first.
 *
 * @param {NodeCard} card
 */
export const troubles = ({ up, paused, isolated }) => [
  ...(up ? [] : ['crashed']),
  ...(paused ? ['paused'] : []),
  ...(isolated ? ['cut off'] : []),
];

/**
 * How a node's machine is, in one word; nothing where all is well.
 *
 * @param {NodeCard} card
 */
export const trouble = (card) => troubles(card)[0] ?? '';

/**
 * What a node says or has that cannot be true together with what others do, where a promise is broken: all of it, or of
 * one slot. Nothing where it is not accused.
 *
 * @param {View} view
 * @param {string} node
 * @param {number} [slot]
 */
export const clashOf = ({ violation }, node, slot) =>
  (violation?.claims ?? [])
    .filter((claim) => claim.node === node && (slot === undefined || claim.slot === slot))
    .map(({ slot: at, value }) => (at && !slot ? `${at}: ${value}` : value))
    .join('; ');

/**
 * A write that will be taken: a put never overwrites, so it is for a key that nobody has and nobody asks for.
 *
 * @param {View} view
 */
export function nextWrite({ nodes, clients }) {
  const taken = new Set(nodes.flatMap(({ node }) => node.store?.map(([key]) => key) ?? []));
  const asked = clients.map(({ running }) => running?.text.split(' ')[1]);
  const free = [...'abcdefghijklmnopqrstuvwxyz'].find((key) => !taken.has(key) && !asked.includes(key));
  return { key: free ?? 'a', value: `val_${taken.size + 1}` };
}

/**
 * Which values are in the minority where not all are equal: those that should jump to the eye. Where no value is
 * more frequent than the others, all of them are.
 *
 * @param {string[]} values one for each of those who have one
 * @returns {Set<string>}
 */
export function oddOnes(values) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  if (counts.size < 2) return new Set();
  const most = Math.max(...counts.values());
  const winners = [...counts].filter(([, count]) => count === most);
  if (winners.length === 1) counts.delete(winners[0][0]);
  return new Set(counts.keys());
}

/**
 * For each slot's index, the digests that differ from what most nodes hold there.
 *
 * @param {NodeCard[]} nodes
 * @returns {Map<number, Set<string>>} only the indexes where nodes differ
 */
export function differences(nodes) {
  /** @type {Map<number, string[]>} */
  const digests = new Map();
  for (const card of nodes) {
    for (const slot of card.node.slots) digests.set(slot.index, [...(digests.get(slot.index) ?? []), slot.digest]);
  }
  const found = [...digests].map(([index, values]) => /** @type {const} */ ([index, oddOnes(values)]));
  return new Map(found.filter(([, odd]) => odd.size > 0));
}

/**
 * The slots that a log panel shows: `count` of them, by default so that the last one and the free place after it are
 * seen. Never before the first, never so far that nothing is seen.
 *
 * @param {number} last the highest slot that there is
 * @param {number} count how many have room
 * @param {number | undefined} from the first slot that the person scrolled to; undefined follows the end
 */
export function windowOf(last, count, from) {
  const end = Math.max(1, last - count + 2);
  return from === undefined ? end : Math.min(Math.max(1, from), end);
}

/**
 * The step that cuts a network in two: those chosen on one side, all others on the other.
 *
 * @param {View} view
 * @param {string[]} chosen
 * @returns {string | undefined} nothing where one side would be empty
 */
export function partitionStep(view, chosen) {
  const ids = view.nodes.map((card) => card.id);
  const one = ids.filter((id) => chosen.includes(id));
  const other = ids.filter((id) => !chosen.includes(id));
  return one.length > 0 && other.length > 0 ? `partition ${one.join(' ')} | ${other.join(' ')}` : undefined;
}
