// Reads scenario files: their TOML, and where in the text something is that the core found wrong.
//
// It is loaded when somebody opens a file, since few do. It knows the format and nothing of what a file says: names and
// values go to the core, which knows what may be said, and comes back with the place of an entry or of a line.

import { TomlError, parse } from 'smol-toml';

/** @typedef {import('../src/wasm.js').ScenarioEntry} ScenarioEntry */

/** The longest text that is read, in characters: no file of a person comes near it. */
const LONGEST = 1_000_000;

/**
 * The names and values of a file, in order, those of tables with the table's name before theirs.
 *
 * @param {string} text
 * @returns {ScenarioEntry[]}
 * @throws {Error} with a sentence, and beneath it the line and a mark
 */
export function entriesOf(text) {
  if (text.length > LONGEST) throw new Error(`This is too long for a scenario: ${text.length} characters.`);
  /** @type {ScenarioEntry[]} */
  const entries = [];
  try {
    flatten('', parse(text, { integersAsBigInt: true }), entries);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const why = error.message.split('\n')[0].replace(/^Invalid TOML document: /, 'this is not TOML: ');
    throw new Error(marked(text, error.line, error.column, 1, why), { cause: error });
  }
  return entries;
}

/** @param {string} before @param {object} table @param {ScenarioEntry[]} entries */
function flatten(before, table, entries) {
  for (const [key, value] of Object.entries(table)) {
    const name = before + key;
    if (typeof value === 'string') entries.push([name, value, true]);
    else if (typeof value === 'bigint' || typeof value === 'boolean') entries.push([name, String(value), false]);
    else if (value !== null && Object.getPrototypeOf(value) === Object.prototype) flatten(`${name}.`, value, entries);
    else if (typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date))
      flatten(`${name}.`, value, entries);
    else throw new Error(`\`${name}\` cannot be that: expected a text, a number, true or false`);
  }
}

/**
 * What the core found wrong, with the line in which it stands.
 *
 * @param {string} text
 * @param {ScenarioEntry[]} entries
 * @param {Error & { entry?: number, line?: number }} fault
 */
export function located(text, entries, fault) {
  const [name, value] = entries[fault.entry ?? -1] ?? [];
  if (name === undefined) return fault.message;
  const lines = text.split(/\r?\n/);
  const at = lineOf(lines, name);
  if (at === undefined) return fault.message;
  const { line: place } = fault;
  if (place === undefined) return marked(text, at + 1, 1, lines[at].length, fault.message);
  const wanted = value.split('\n')[place].trim();
  // The script begins in that line or in the next, and a text without escapes stands there as it is.
  const within = lines.findIndex((line, number) => number >= at + place && line.trim() === wanted);
  if (within === -1) return `${fault.message}\n${wanted}`;
  return marked(text, within + 1, lines[within].indexOf(wanted) + 1, wanted.length, fault.message);
}

/** The line in which a name is given its value; in a table that is a header and a name beneath it. @param {string[]} lines @param {string} name */
function lineOf(lines, name) {
  const parts = name.split('.');
  let table = '';
  for (const [at, line] of lines.entries()) {
    table = /^\s*\[\s*([^\]]+?)\s*\]/.exec(line)?.[1].replaceAll(/\s|["']/g, '') ?? table;
    const key = /^\s*([\w.\-\s"']+?)\s*=/.exec(line)?.[1].replaceAll(/\s|["']/g, '');
    if (key !== undefined && [table, key].filter((part) => part !== '').join('.') === parts.join('.')) return at;
  }
  return undefined;
}

/**
 * A sentence with its place, the line itself and a mark beneath it, as the command line shows it.
 *
 * @param {string} text
 * @param {number} line from 1
 * @param {number} column from 1
 * @param {number} width
 * @param {string} why
 */
function marked(text, line, column, width, why) {
  const shown = text.split(/\r?\n/)[line - 1] ?? '';
  const margin = ' '.repeat(String(line).length);
  const before = shown.slice(0, column - 1).replaceAll(/\S/g, ' ');
  const mark = '^'.repeat(Math.max(1, Math.min(width, shown.length - column + 1)));
  return `scenario:${line}:${column}: ${why}\n${margin} |\n${line} | ${shown}\n${margin} | ${before}${mark}`;
}
