// Listens to the keyboard for one desk: first the keys that the menu of the selected thing has, then the table in
// keys.js, which says which command a press asks for; the desk carries out those that it knows, and the rest are the
// caller's.

import { commandFor, keyFor } from './keys.js';
import { placeOf } from './place.js';

/** @typedef {import('./desk.js').Desk} Desk */
/** @typedef {import('./stage.js').Stage} Stage */

/** What goes on while its key is held down; every other command is meant once. */
const REPEATS = new Set(['step', 'back', 'skip', 'earlier', 'later', 'slower', 'faster']);

/**
 * @param {Document | HTMLElement} target whose keys these are: all of a page's, or only those within an element
 * @param {Desk} desk
 * @param {Stage} stage
 * @param {Record<string, () => void>} own commands that only the caller knows
 * @returns {() => void} ends it
 */
export function listenToKeys(target, desk, stage, own) {
  /** @type {Record<string, (() => void) | undefined>} */
  const others = {
    request: () => stage.request({}),
    rules: () => stage.rules(),
    members: () => stage.rules('members'),
    part: () => {
      desk.say('keys');
      stage.part();
    },
    close: () => {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      desk.select();
      desk.say('start');
    },
    ...own,
  };
  const listener = (/** @type {Event} */ event) => {
    if (!(event instanceof KeyboardEvent) || event.defaultPrevented) return;
    const place = placeOf(event.target);
    const key = keyFor(event, place);
    if (key !== undefined && (event.repeat ? desk.actionOf(key) : stage.press(key))) return event.preventDefault();
    const asked = commandFor(event, place);
    if (!asked || (event.repeat && !REPEATS.has(asked.command))) return;
    const other = others[asked.command];
    if (!desk.command(asked.command, asked.key)) {
      if (!other) return;
      other();
    }
    event.preventDefault();
    if (asked.command === 'select' && desk.selectedNode) stage.focusNode(desk.selectedNode.id);
  };
  target.addEventListener('keydown', listener);
  return () => target.removeEventListener('keydown', listener);
}
