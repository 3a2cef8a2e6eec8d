// A moment as a link: a scenario's text, packed into the part of an address that no server ever sees.
//
//   #v1.eJxLLCxOVchN…
//
// The text is compressed with zlib, whose checksum tells a whole link from one that was cut or changed on its way, and
// written in the letters of base64url, which no program rewrites. Anybody may have written a link, so nothing in it is
// believed: what is wrong becomes a sentence, and no more is unpacked than a scenario can need. It refuses to know the
// page's address and what a scenario says, and touches no DOM.

/** The most that a scenario's text may weigh, in bytes: ten times what a long evening at the page comes to. */
export const LARGEST = 1_000_000;
/** The format that is written here, and the newest that is read. */
const FORMAT = 1;
/** Unpacking goes in pieces as small as this, since a browser unpacks the whole of a piece before it can be stopped. */
const PIECE = 1024;

const DAMAGED =
  'This link is damaged: it was cut off or changed on its way here. Ask for it again, or for the scenario as a file.';
const EMPTY = 'This address holds no moment of a run: a link to one has “#v1.” in it.';
const HUGE = 'This link holds more than a megabyte of text. No scenario needs as much, so it is not opened.';
const NEWER =
  'This link was made by a newer Raft Playground than this one. Reload the page, or ask for the scenario as a file.';
const CANNOT_READ =
  'This browser is too old to unpack such a link (it has no DecompressionStream). Ask for the scenario as a file.';
const CANNOT_WRITE =
  'This browser is too old to make a link (it has no CompressionStream). Save the scenario as a file instead.';
const TOO_LONG = 'This run is too long for a link: its text is more than a megabyte. Save it as a file instead.';

/** What was handed over as a text: a scenario, or a sentence that says why there is none. */
/** @typedef {{ text: string, wrong?: undefined } | { wrong: string, text?: undefined }} Handed */

/**
 * The part of an address that holds a text, with its `#`.
 *
 * @param {string} text
 * @returns {Promise<string>} rejected with a sentence where there can be no link
 */
export async function linkTo(text) {
  if (typeof CompressionStream === 'undefined') throw new Error(CANNOT_WRITE);
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > LARGEST) throw new Error(TOO_LONG);
  const packed = await through(new CompressionStream('deflate'), bytes, Infinity);
  return `#v${FORMAT}.${lettersOf(packed)}`;
}

/**
 * The text that a part of an address holds.
 *
 * @param {string} fragment with its `#`
 * @returns {Promise<Handed | undefined>} nothing where it is no such link, but some other anchor
 */
export async function textFrom(fragment) {
  const format = /^#v(\d+)/.exec(fragment)?.[1];
  if (format === undefined) return undefined;
  if (Number(format) > FORMAT) return { wrong: NEWER };
  const start = `#v${FORMAT}.`;
  if (!fragment.startsWith(start)) return { wrong: DAMAGED };
  // Packing makes nothing longer by more than a trifle, so a link longer than this is none of ours.
  if (fragment.length > 2 * LARGEST) return { wrong: HUGE };
  const packed = bytesOf(fragment.slice(start.length));
  if (!packed) return { wrong: DAMAGED };
  if (typeof DecompressionStream === 'undefined') return { wrong: CANNOT_READ };
  try {
    const bytes = await through(new DecompressionStream('deflate'), packed, LARGEST);
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch (error) {
    return { wrong: error instanceof RangeError ? HUGE : DAMAGED };
  }
}

/**
 * What a person has pasted or dropped, which is a scenario or a link to one.
 *
 * @param {string} pasted
 * @returns {Promise<Handed>}
 */
export async function textIn(pasted) {
  // Addresses are often set between angle brackets or quoted.
  const trimmed = pasted.trim().replace(/^[<"“]|[>"”]$/g, '');
  const isAddress = /^(https?|file):\/\//i.test(trimmed);
  // Without an address before it, what begins with `#` may as well be the comment that begins a scenario; but no
  // scenario goes without a line that sets something.
  const isFragment = /^#v\d+\./.test(trimmed) && !(trimmed.includes('\n') && trimmed.includes('='));
  if (!isAddress && !isFragment) return { text: pasted };
  // Mail programs break long addresses into lines.
  const [fragment = ''] = /#[^]*$/.exec(trimmed.replace(/\s+/g, '')) ?? [];
  return (await textFrom(fragment)) ?? { wrong: EMPTY };
}

/**
 * Everything that a stream makes of some bytes.
 *
 * @param {CompressionStream | DecompressionStream} stream
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {number} most that may come out of it
 * @returns {Promise<Uint8Array<ArrayBuffer>>} rejected with a `RangeError` where more would, and with another error
 *   where the stream meets a fault in the bytes
 */
async function through(stream, bytes, most) {
  const reader = stream.readable.getReader();
  const writer = stream.writable.getWriter();
  const feed = async () => {
    for (let at = 0; at < bytes.length; at += PIECE) await writer.write(bytes.subarray(at, at + PIECE));
    await writer.close();
  };
  // A fault is met by the reader too, which is the one to tell of it.
  feed().catch(() => {});
  /** @type {Uint8Array[]} */
  const pieces = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > most) {
      reader.cancel().catch(() => {});
      throw new RangeError('too large');
    }
    pieces.push(value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Bytes in the letters of base64url. @param {Uint8Array} bytes */
function lettersOf(bytes) {
  let binary = '';
  for (let at = 0; at < bytes.length; at += PIECE) binary += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** The bytes behind letters of base64url; nothing where they are none. @param {string} letters */
function bytesOf(letters) {
  // Four letters hold three bytes; one letter alone holds no byte at all.
  if (!/^[\w-]+$/.test(letters) || letters.length % 4 === 1) return undefined;
  const binary = atob(letters.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}
