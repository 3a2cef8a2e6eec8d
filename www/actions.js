// What can be done to a thing: the entries of its menu, in the order of likelihood, each with the step that it stands
// for.
//
// An entry's key works in the open menu and, while its thing is selected, on the whole page; so it must not contradict
// the table in keys.js, and what is rarely wanted has none. Steps are texts, so an entry is nothing but words. What cannot be done now is offered with its reason, so that
// entries keep their places and a person learns why. This file knows the steps' texts and the view, neither protocols
// nor the DOM.

import { cutDirections, groupsOf } from './groups.js';
import { orderActions, startAction } from './orders.js';
import { lastKey, nameOf } from './reading.js';

/** @typedef {import('../src/wasm.js').View} View */
/** @typedef {import('../src/wasm.js').Vocabulary} Vocabulary */
/** @typedef {import('./names.js').Thing} Thing */
/** @typedef {{label: string, key?: string, step?: string, ask?: 'request' | 'delay' | 'latency' | 'disk' | 'order' | 'members',
 *   op?: 'put' | 'get' | 'delete', choices?: string[], hint?: string, section?: string, disabled?: string,
 *   apart?: boolean}} Action
 *   `step` is carried out as it is; `ask` needs a form first, `op` says what it begins with, `choices` whom it can name;
 *   `hint` says what it does, `section` where that is described; `apart` begins a new part of the menu. */

/**
 * @param {Thing} thing @param {View} view @param {Vocabulary | undefined} words
 * @returns {Action[]} none where the thing is no longer there
 */
export function actionsFor(thing, view, words) {
  switch (thing.kind) {
    case 'node':
      return nodeActions(thing.id, view, words);
    case 'message':
      return messageActions(thing.id, view);
    case 'link':
      return linkActions(thing.from, thing.to, view);
    default:
      return clientActions(thing.id, view);
  }
}

/** @param {string} id @param {View} view @param {Vocabulary | undefined} words @returns {Action[]} */
function nodeActions(id, view, words) {
  const card = view.nodes.find((node) => node.id === id);
  if (!card) return [];
  const cuts = cutDirections(view.links);
  const others = view.nodes.map((node) => node.id).filter((other) => other !== id);
  const down = card.up ? undefined : `${id} is crashed`;
  const still = down ?? (card.paused ? `${id} is paused` : undefined);
  /** @type {Action[]} */
  const actions = [
    card.up ? { label: 'Crash', key: 'X', step: `crash ${id}` } : { label: 'Restart', key: 'X', step: `restart ${id}` },
  ];
  if (words?.main_timer) {
    const runs = card.timers.some(({ name }) => name === words.main_timer);
    const disabled = still ?? (runs ? undefined : `its ${words.main_timer} timer is not running`);
    actions.push({ label: 'Time out', key: 'T', step: `timeout ${id}`, disabled });
  }
  if (card.door) actions.push({ label: 'Client request here…', key: 'C', ask: 'request', op: 'put' });
  actions.push(
    card.paused
      ? { label: 'Resume', key: 'Z', step: `resume ${id}` }
      : { label: 'Pause', key: 'Z', step: `pause ${id}`, disabled: down },
  );
  const alone = others.length === 0 ? 'there is no other node' : undefined;
  if (card.isolated && others.length > 0) actions.push(reconnect(id, view, cuts));
  else actions.push({ label: 'Isolate', key: 'P', step: `isolate ${id}`, disabled: alone });
  for (const timer of card.timers.filter(({ name }) => name !== words?.main_timer)) {
    actions.push({ label: `Time out: ${timer.name}`, step: `timeout ${id} ${timer.name}`, disabled: still });
  }
  const orders = words ? orderActions(card, view, words) : [];
  orders.forEach((action, i) => actions.push({ ...action, apart: i === 0 }));
  if (words?.grows) actions.push(startAction(view));
  actions.push(
    {
      label: 'Stop in mid-write',
      step: `tear ${id}`,
      hint: 'It crashes, and what is on its way to the disk reaches it in part.',
      disabled: still ?? (card.unflushed > 0 ? undefined : 'nothing is on its way to its disk'),
      apart: true,
    },
    { label: 'Disk…', ask: 'disk', hint: 'How long a write takes to reach its disk.' },
  );
  actions.push(
    { label: 'Clock 5% faster', key: '+', step: `drift ${id} +5%`, disabled: same(card.drift, '+5%') },
    { label: 'Clock 5% slower', key: '-', step: `drift ${id} -5%`, disabled: same(card.drift, '-5%') },
    { label: 'Clock true', key: '=', step: `drift ${id} 0%`, disabled: card.drift ? undefined : 'it is true' },
  );
  others.forEach((other, i) => {
    const cut = cuts.has(`${id}->${other}`) || cuts.has(`${other}->${id}`);
    const what = cut ? 'Heal' : 'Cut';
    const step = `${what.toLowerCase()} ${id}--${other}`;
    actions.push({ label: `${what} link to ${nameOf(view, other)}`, step, apart: i === 0 });
  });
  return actions;
}

/**
 * There is no step that heals the links of one node alone; healing all is the same where no other link is cut.
 * @param {string} id @param {View} view @param {Set<string>} cuts @returns {Action}
 */
function reconnect(id, view, cuts) {
  const rest = view.nodes.map((node) => node.id).filter((other) => other !== id);
  const elsewhere = groupsOf(rest, cuts).length > 0 || [...cuts].some((cut) => !cut.split('->').includes(id));
  return { label: elsewhere ? 'Reconnect: heal all links' : 'Reconnect', key: 'P', step: 'heal' };
}

/** @param {string | undefined} drift @param {string} wanted */
function same(drift, wanted) {
  return drift === wanted ? `it is at ${wanted} already` : undefined;
}

/** @param {string} id @param {View} view @returns {Action[]} */
function messageActions(id, view) {
  const flight = view.messages.find((message) => message.id === id);
  const disabled = flight ? (flight.lost === undefined ? undefined : 'it is lost') : 'it has arrived';
  const waits = flight?.held ? `${flight.to} is paused` : undefined;
  return [
    { label: 'Deliver now', key: 'D', step: `deliver ${id}`, disabled: disabled ?? waits },
    { label: 'Drop', key: 'X', step: `drop ${id}`, disabled },
    { label: 'Duplicate', key: 'M', step: `duplicate ${id}`, disabled: disabled ?? waits },
    { label: 'Delay by 20ms', key: 'W', step: `delay ${id} 20ms`, disabled: disabled ?? waits },
    { label: 'Delay…', ask: 'delay', disabled: disabled ?? waits },
  ];
}

/** @param {string} from @param {string} to @param {View} view @returns {Action[]} */
function linkActions(from, to, view) {
  const cuts = cutDirections(view.links);
  const there = cuts.has(`${from}->${to}`);
  const back = cuts.has(`${to}->${from}`);
  const whole = there || back ? undefined : 'it is not cut';
  const [one, other] = [nameOf(view, from), nameOf(view, to)];
  return [
    { label: 'Cut both ways', key: 'X', step: `cut ${from}--${to}`, disabled: there && back ? 'it is cut' : undefined },
    {
      label: `Cut from ${one} to ${other}`,
      step: `cut ${from}->${to}`,
      disabled: there ? 'it is cut' : undefined,
    },
    {
      label: `Cut from ${other} to ${one}`,
      step: `cut ${to}->${from}`,
      disabled: back ? 'it is cut' : undefined,
    },
    { label: 'Heal', key: 'H', step: `heal ${from}--${to}`, disabled: whole },
    { label: 'Latency…', ask: 'latency' },
  ];
}

/** @param {string} id @param {View} view @returns {Action[]} */
function clientActions(id, view) {
  const key = lastKey(view);
  /** @type {Action[]} */
  const actions = [
    { label: 'Put…', key: 'C', ask: 'request', op: 'put' },
    { label: 'Get…', ask: 'request', op: 'get' },
    { label: 'Delete…', ask: 'request', op: 'delete' },
  ];
  if (key) {
    actions.push(
      { label: `Get ${key}`, step: `get ${id} ${key}`, apart: true },
      { label: `Delete ${key}`, step: `delete ${id} ${key}` },
    );
  }
  return actions;
}
