// The keyboard, as a table.
//
// Each row says which keys, what they do and how the help dialog tells it, so that help and behaviour cannot part.
// Pure: it turns a key press into the name of a command and refuses to know what the command does. Keys with Ctrl,
// Alt or Meta belong to the browser and are never taken, nor is anything taken from somebody who types.

/**
 * @typedef {object} KeyRow
 * @property {string[]} keys as `KeyboardEvent.key` names them; letters in lower case
 * @property {string} show how the help writes them
 * @property {string} command
 * @property {string} text what it does, in words
 * @property {boolean} [shift] whether Shift is held; without it keys with other rows for Shift are meant
 * @property {'arrow' | 'press'} [yields] steps back where arrows move the focus, or where the key presses a button
 */

/** @type {readonly KeyRow[]} */
export const KEYS = [
  { keys: [' '], show: 'Space', command: 'play', text: 'Play or pause', yields: 'press' },
  { keys: ['.'], show: '.', command: 'play', text: 'Play or pause, wherever the focus is' },
  { keys: ['arrowright'], show: '→', command: 'step', text: 'One event on', yields: 'arrow' },
  { keys: ['s'], show: 'S', command: 'step', text: 'One event on, wherever the focus is' },
  { keys: ['arrowleft'], show: '←', command: 'back', text: 'One event back', yields: 'arrow' },
  { keys: [','], show: ',', command: 'back', text: 'One event back, wherever the focus is' },
  {
    keys: ['arrowright'],
    shift: true,
    show: 'Shift →',
    command: 'later',
    text: 'To the next turning point',
    yields: 'arrow',
  },
  {
    keys: ['arrowleft'],
    shift: true,
    show: 'Shift ←',
    command: 'earlier',
    text: 'To the turning point before',
    yields: 'arrow',
  },
  { keys: ['v'], show: 'V', command: 'reverse', text: 'Play backwards' },
  { keys: ['g'], show: 'G', command: 'goto', text: 'Go to a time' },
  { keys: ['u'], show: 'U', command: 'undo', text: 'Undo what you did last' },
  { keys: ['u'], shift: true, show: 'Shift U', command: 'redo', text: 'Do again what was undone' },
  { keys: ['f'], show: 'F', command: 'branches', text: 'Branches: what else happened' },
  { keys: ['o'], show: 'O', command: 'scenarios', text: 'Open a scenario' },
  { keys: ['i'], show: 'I', command: 'beside', text: 'Side by side: other protocols under the same faults' },
  { keys: ['e'], show: 'E', command: 'share', text: 'Share this moment: a link, a file' },
  { keys: ['n'], show: 'N', command: 'skip', text: 'Skip to what happens next' },
  { keys: ['['], show: '[', command: 'slower', text: 'Slower' },
  { keys: [']'], show: ']', command: 'faster', text: 'Faster' },
  {
    keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
    show: '1 – 9',
    command: 'select',
    text: 'Select a node',
  },
  { keys: ['c'], show: 'C', command: 'request', text: 'Write a client’s request' },
  { keys: ['r'], show: 'R', command: 'restart-leader', text: 'Crash the leader and start it again' },
  {
    keys: ['t'],
    show: 'T',
    command: 'time-out',
    text: 'Time out the selected node; with none selected, spread all timers anew',
  },
  { keys: ['a'], show: 'A', command: 'align', text: 'Let all timers run out together' },
  { keys: ['x'], show: 'X', command: 'crash', text: 'Crash the selected node, or start it again' },
  { keys: ['z'], show: 'Z', command: 'pause', text: 'Pause the selected node, or let it go on' },
  { keys: ['p'], show: 'P', command: 'part', text: 'Cut off the selected node; with none selected, part the network' },
  { keys: ['b'], show: 'B', command: 'mend', text: 'Heal every link and bring every node back' },
  { keys: ['k'], show: 'K', command: 'rules', text: 'Rules: what the protocol does, to be switched while it runs' },
  { keys: ['j'], show: 'J', command: 'members', text: 'Who takes part: add, remove' },
  { keys: ['l'], show: 'L', command: 'big', text: 'Large text, for a lecture' },
  { keys: ['?'], show: '?', command: 'help', text: 'All keys' },
  { keys: ['escape'], show: 'Esc', command: 'close', text: 'Close what is open, or select nothing' },
];

/**
 * What the focused thing does with keys itself.
 *
 * @typedef {object} Place
 * @property {boolean} typing it takes text
 * @property {boolean} arrows it moves something with the arrow keys
 * @property {boolean} presses Space presses it
 * @property {boolean} modal a dialog or a menu is open, to which every key belongs
 */

/** @typedef {{ key: string, ctrlKey: boolean, altKey: boolean, metaKey: boolean, shiftKey?: boolean, isComposing?: boolean }} Press */

/**
 * The key, in lower case, where a press is for the page at all.
 *
 * @param {Press} press
 * @param {Place} place
 * @returns {string | undefined}
 */
export function keyFor(press, place) {
  if (press.ctrlKey || press.altKey || press.metaKey || press.isComposing) return undefined;
  const key = press.key.toLowerCase();
  // Out of a field there must be a way; out of a dialog and a menu they themselves know it.
  return place.modal || (place.typing && key !== 'escape') ? undefined : key;
}

/**
 * The command that a key press asks for, if any.
 *
 * @param {Press} press
 * @param {Place} place
 * @returns {{ command: string, key: string } | undefined}
 */
export function commandFor(press, place) {
  const key = keyFor(press, place);
  if (key === undefined) return undefined;
  const rows = KEYS.filter((each) => each.keys.includes(key));
  const row =
    rows.find((each) => (each.shift ?? false) === (press.shiftKey ?? false)) ?? rows.find((each) => !each.shift);
  if (!row) return undefined;
  if (row.yields === 'arrow' && place.arrows) return undefined;
  if (row.yields === 'press' && place.presses) return undefined;
  return { command: row.command, key };
}

/** The key of a command as the help writes it, for a button's title: `S`. @param {string} command */
export const shortcut = (command) => KEYS.filter((row) => row.command === command).at(-1)?.show ?? '';
