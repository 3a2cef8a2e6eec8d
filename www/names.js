// Things in words: the accessible name of each node, message, client and link, which is also its tooltip.
//
// Every word of a protocol comes from its vocabulary or from the view; this file brings only the words of the machines
// and the network (crashed, paused, cut off, lost).

import { counted } from './format.js';
import { talliesOf } from './members.js';

/** @typedef {import('../src/wasm.js').View} View */
/** @typedef {import('../src/wasm.js').Vocabulary} Vocabulary */
/** @typedef {import('../src/wasm.js').NodeCard} NodeCard */
/** @typedef {import('../src/wasm.js').Flight} Flight */
/** @typedef {import('../src/wasm.js').ClientCard} ClientCard */

/**
 * The thing that can be selected.
 * @typedef {{kind: 'node', id: string} | {kind: 'message', id: string} | {kind: 'link', from: string, to: string}
 *   | {kind: 'client', id: string}} Thing
 */

/** One text for each thing, for maps and comparisons; a link has the same in both directions. @param {Thing} thing */
export function keyOf(thing) {
  if (thing.kind !== 'link') return `${thing.kind} ${thing.id}`;
  const [a, b] = [thing.from, thing.to].sort((x, y) => Number(x.slice(1)) - Number(y.slice(1)));
  return `link ${a} ${b}`;
}

/** @param {NodeCard} card @param {Vocabulary | undefined} words @returns {string} */
export function nodeName(card, words) {
  const { node } = card;
  const parts = [card.name === card.id ? card.id : `${card.name} (${card.id})`];
  parts.push(card.up ? node.role : 'crashed');
  if (card.paused) parts.push('paused');
  if (card.isolated) parts.push('cut off from all others');
  if (node.epoch) parts.push(`${words?.epoch ?? ''} ${node.epoch.text}`.trim());
  const halves = talliesOf(card);
  if (halves.length > 0) {
    const counts = halves.map(({ granted, voters }) => `${granted.length} of ${voters.length}`);
    parts.push(
      `has ${counts.join(' before and ')} after the change, needs ${halves.map((h) => h.needed).join(' and ')}`,
    );
  } else if (node.tally) {
    const { granted, refused, voters, needed } = node.tally;
    parts.push(`backed by ${granted.length} of ${voters.length}, needs ${needed}, refused by ${refused.length}`);
  } else if (node.vote && node.vote !== card.id) {
    parts.push(`backs ${node.vote}`);
  }
  if (node.leader && node.leader !== card.id) parts.push(`follows ${node.leader}`);
  if (node.last_slot > 0) parts.push(`${words?.committed ?? 'committed'} ${node.committed} of ${node.last_slot}`);
  if (node.store?.length) parts.push(`store ${node.store.map(([key, value]) => `${key}=${value}`).join(' ')}`);
  if (card.unflushed > 0) parts.push(`${counted(card.unflushed, 'write')} not on its disk yet`);
  if (card.drift) parts.push(`clock ${card.drift}`);
  return parts.join(', ');
}

/** @param {Flight} flight @param {Vocabulary | undefined} words @returns {string} */
export function messageName(flight, words) {
  const parts = [`${flight.kind} from ${flight.from} to ${flight.to}`];
  if (flight.label) parts.push(flight.label);
  if (flight.sign) parts.push(flight.sign === 'plus' ? 'yes' : 'no');
  if (flight.epoch) parts.push(`${words?.epoch ?? ''} ${flight.epoch.text}`.trim());
  if (copyOf(flight.id) > 0) parts.push('a copy');
  if (flight.lost !== undefined) parts.push('lost');
  else if (flight.held) parts.push(`waits until ${flight.to} goes on`);
  return parts.join(', ');
}

/** Which copy that the network made this is; 0 for the message itself. @param {string} id */
export function copyOf(id) {
  return Number(/\.(\d+)$/.exec(id)?.[1] ?? 0);
}

/** @param {ClientCard} client @returns {string} */
export function clientName(client) {
  const { running, last } = client;
  const parts = [client.id];
  if (running) {
    const asked = running.attempts > 1 ? `, asked ${running.attempts} times` : '';
    parts.push(`waits for ${running.text}${running.to ? ` from ${running.to}` : ''}${asked}`);
    if (running.busy) parts.push('turned away, since there is too much to do');
  } else {
    parts.push('no request');
  }
  if (client.queued > 0) parts.push(`${client.queued} more to send`);
  if (last) parts.push(`last answer to ${last.text}: ${last.answer}`);
  return parts.join(', ');
}

/** @param {string} a @param {string} b @param {View} view @returns {string} */
export function linkName(a, b, view) {
  /** @param {string} from @param {string} to */
  const oneWay = (from, to) => {
    const link = view.links.find((l) => l.from === from && l.to === to);
    if (link?.cut) return 'cut';
    return link ? differences(link, view.network) : '';
  };
  const there = oneWay(a, b);
  const back = oneWay(b, a);
  if (!there && !back) return `link between ${a} and ${b}, ${view.network.latency}`;
  if (there === back) return `link between ${a} and ${b}, ${there}`;
  const halves = [there && `${there} from ${a} to ${b}`, back && `${back} from ${b} to ${a}`];
  return `link between ${a} and ${b}, ${halves.filter(Boolean).join(', ')}`;
}

/**
 * What of a link is not as ordinary, in words.
 * @param {import('../src/wasm.js').LinkWords} link @param {import('../src/wasm.js').LinkWords} usual
 */
export function differences(link, usual) {
  const parts = [];
  if (link.latency !== usual.latency) parts.push(link.latency);
  if (link.loss !== usual.loss) parts.push(`loses ${link.loss}`);
  if (link.duplication !== usual.duplication) parts.push(`doubles ${link.duplication}`);
  if (link.reordering !== usual.reordering) parts.push(`reorders ${link.reordering}`);
  return parts.join(', ');
}
