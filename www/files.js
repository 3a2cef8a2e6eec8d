// Scenario files on a person's disk: what they are called, and reading one that was chosen or dropped.
//
// A person can choose any file at all, so each is looked at before it is believed to be a text. It knows files and
// links and no page: it refuses to know where a sentence is shown, and whether the text is a scenario that can run.

import { LARGEST, textIn } from './link.js';

/** @typedef {import('./link.js').Handed} Handed */

/** The longest that the title may be in a file's name. */
const LONGEST = 40;

/**
 * The name of a file for a moment: `figure-8-e-1.234s.toml`.
 *
 * @param {string} title of the run, or what else there is to call it by
 * @param {number} now in virtual microseconds
 */
export function fileName(title, now) {
  const words = title.normalize('NFKD').replace(/\p{M}/gu, '').normalize('NFC').toLowerCase();
  const whole = words.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '');
  // It ends with a whole word where there is one.
  const end = whole.length > LONGEST ? whole.lastIndexOf('-', LONGEST) : whole.length;
  const name = whole.slice(0, end > 0 ? end : LONGEST);
  return `${name || 'raft-playground'}-${(now / 1e6).toFixed(3)}s.toml`;
}

/**
 * The text of a file that a person has chosen.
 *
 * @param {File} file
 * @returns {Promise<Handed>}
 */
export async function textOf(file) {
  const name = `“${file.name}”`;
  if (file.size > LARGEST) {
    const size = (file.size / 1e6).toFixed(1);
    return { wrong: `${name} has ${size} megabytes, and a scenario file has at most one. It is not opened.` };
  }
  /** @type {ArrayBuffer} */
  let bytes;
  try {
    bytes = await file.arrayBuffer();
  } catch {
    return { wrong: `${name} cannot be read. It may be a folder, or have been moved away.` };
  }
  const text = decoded(bytes);
  if (text === undefined) return { wrong: `${name} is not a text (in UTF-8), and a scenario file is one.` };
  if (text.trim() === '') return { wrong: `${name} is empty.` };
  // A link that was saved in a file is opened as well.
  return textIn(text);
}

/**
 * What was dropped: a file, or a text. It must be asked for while the event lasts, since the browser then empties it.
 *
 * @param {Pick<DataTransfer, 'files' | 'getData'> | null} transfer
 * @returns {Promise<Handed>}
 */
export async function textDropped(transfer) {
  const files = [...(transfer?.files ?? [])];
  if (files.length > 1) return { wrong: `These are ${files.length} files. Drop the one that is to be opened.` };
  if (files.length === 1) return textOf(files[0]);
  const text = transfer?.getData('text/plain') ?? '';
  if (text.trim() === '') return { wrong: 'There is no text in what was dropped.' };
  if (text.length > LARGEST) {
    return { wrong: 'This text has more than a million characters. No scenario needs as much, so it is not opened.' };
  }
  return textIn(text);
}

/** The bytes as text; nothing where they are none. @param {ArrayBuffer} bytes */
function decoded(bytes) {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // A zero is valid UTF-8, and stands in nearly every file that is no text.
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
