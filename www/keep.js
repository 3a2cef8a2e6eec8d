// Keeps what a person works on in the browser's storage, so that closing the page loses nothing.
//
// What is kept is a list of scenario texts with their names, and which of them is open. It carries a checksum, and is
// believed only where that is right: a copy that is damaged, or that a newer page has written, is set aside under
// another key, where somebody can still look at it, and never written over. Storage that is full or forbidden is met
// with a sentence, once, and with no exception. It is handed its storage and knows no DOM, and it refuses to know what
// the texts say.

/** @typedef {{ name: string, text: string }} Saved a scenario's text and what it is called */
/** @typedef {{ saved: Saved[], current: number }} Work what a person works on; `current` is the open one's place */
/** @typedef {{ session: Work, wrong?: undefined } | { wrong: string, aside: string, session?: undefined }} Kept */

/** The key of what is kept; what was set aside has a number after it. */
export const KEY = 'raft-playground.work';
const ASIDE = `${KEY}.aside.`;
/** How many copies are set aside at most. */
const COPIES = 3;
const FORMAT = 1;

const FULL =
  'There is no room left in this browser’s storage, so what you do from now on is lost with the page: ' +
  'save it as a file.';
const FORBIDDEN =
  'This browser keeps nothing for this page, so what you do is lost when you close it: save it as a file.';
const BLOCKED =
  'What you last worked on can be neither read nor moved aside, so what you do now is not kept: save it as a file.';

/** Keeps one person's work in one storage. */
export class Keeper {
  #open;
  /** Whether what was there before this visit has been looked at, so that nothing unknown is written over. */
  #looked = false;
  /** What could neither be read nor set aside stands in the way. */
  #blocked = false;
  /** The copies that were set aside in this visit: the person has only just been told of them. @type {Set<string>} */
  #fresh = new Set();
  /** What has been said of the storage, so that it is said once. */
  #said = '';

  /** @param {() => Storage} [open] finds the storage; a browser that forbids it throws at the mere question */
  constructor(open = () => localStorage) {
    this.#open = open;
  }

  /**
   * What was kept at the last visit; nothing where nothing was, or where the browser keeps nothing.
   *
   * @returns {Kept | undefined}
   */
  kept() {
    this.#looked = true;
    let storage;
    let value;
    try {
      storage = this.#open();
      value = storage.getItem(KEY);
    } catch {
      return undefined;
    }
    if (value === null) return undefined;
    const read = readFrom(value);
    if (typeof read === 'object') return { session: read };
    const aside = this.#setAside(storage, value);
    return { wrong: `${read} It is still in this browser’s storage, under “${aside}”.`, aside };
  }

  /**
   * Keeps the work as it is now, in place of what was kept before.
   *
   * @param {Work} work nothing is kept where it holds nothing
   * @returns {string | undefined} why it could not be kept; a second time the same is not said again
   */
  keep(work) {
    if (!this.#looked) this.kept();
    let refused = this.#blocked ? BLOCKED : undefined;
    if (!this.#blocked) {
      try {
        const storage = this.#open();
        if (work.saved.length === 0) storage.removeItem(KEY);
        else this.#write(storage, valueOf(work));
      } catch (error) {
        refused = isFull(error) ? FULL : FORBIDDEN;
      }
    }
    const again = refused === this.#said;
    this.#said = refused ?? '';
    return again ? undefined : refused;
  }

  /** Work goes before copies of old: those give way where there is no room for both. */
  #write(/** @type {Storage} */ storage, /** @type {string} */ value) {
    for (;;) {
      try {
        return storage.setItem(KEY, value);
      } catch (error) {
        const old = isFull(error) ? asides(storage).find((key) => !this.#fresh.has(key)) : undefined;
        if (old === undefined) throw error;
        storage.removeItem(old);
      }
    }
  }

  /**
   * Puts what cannot be read out of the way of what will be kept.
   *
   * @param {Storage} storage
   * @param {string} value
   * @returns {string} the key under which it is now
   */
  #setAside(storage, value) {
    const others = asides(storage);
    const key = `${ASIDE}${numberOf(others.at(-1) ?? `${ASIDE}0`) + 1}`;
    try {
      for (const old of others.slice(0, Math.max(0, others.length + 1 - COPIES))) storage.removeItem(old);
      // There may be no room for it twice, so it goes from its old place first, and comes back where it cannot stay.
      storage.removeItem(KEY);
      storage.setItem(key, value);
      this.#fresh.add(key);
      return key;
    } catch {
      this.#blocked = true;
      try {
        storage.setItem(KEY, value);
      } catch {
        // What has just been taken out of a storage has room in it, unless another page was faster.
      }
      return KEY;
    }
  }
}

/** The keys of what was set aside, oldest first. @param {Storage} storage */
function asides(storage) {
  /** @type {string[]} */
  const keys = [];
  for (let at = 0; at < storage.length; at += 1) {
    const key = storage.key(at);
    if (key?.startsWith(ASIDE) && Number.isSafeInteger(numberOf(key))) keys.push(key);
  }
  return keys.sort((a, b) => numberOf(a) - numberOf(b));
}

/** @param {string} key of something that was set aside */
const numberOf = (key) => Number(key.slice(ASIDE.length));

/** @param {Work} work */
function valueOf({ saved, current }) {
  const plain = saved.map(({ name, text }) => ({ name, text }));
  return JSON.stringify({ format: FORMAT, sum: sumOf(plain, current), saved: plain, current });
}

/**
 * What a value says, or the sentence that says why it cannot be read.
 *
 * @param {string} value
 * @returns {Work | string}
 */
function readFrom(value) {
  const damaged = 'What you last worked on is damaged, and was not opened.';
  let read;
  try {
    read = JSON.parse(value);
  } catch {
    return damaged;
  }
  if (read === null || typeof read !== 'object') return damaged;
  const { format, sum, saved, current } = read;
  if (Number.isInteger(format) && format > FORMAT) {
    return 'What you last worked on was kept by a newer Raft Playground than this one, and was not opened.';
  }
  if (format !== FORMAT || !Array.isArray(saved) || saved.length === 0 || !saved.every(isSaved)) return damaged;
  if (!Number.isInteger(current) || sum !== sumOf(saved, current)) return damaged;
  return { saved, current: current in saved ? current : 0 };
}

/** @param {unknown} each @returns {each is Saved} */
function isSaved(each) {
  if (each === null || typeof each !== 'object') return false;
  const { name, text } = /** @type {Record<string, unknown>} */ (each);
  return typeof name === 'string' && typeof text === 'string';
}

/**
 * FNV-1a over what is kept, in 32 bits: it is to find accidents, and nobody has a reason to deceive it.
 *
 * @param {Saved[]} saved
 * @param {number} current
 */
function sumOf(saved, current) {
  const text = JSON.stringify([current, ...saved.map((each) => [each.name, each.text])]);
  let sum = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
  return (sum >>> 0).toString(16).padStart(8, '0');
}

/** Whether a storage has said that it is full; each browser has a name of its own for it. @param {unknown} error */
function isFull(error) {
  const name = error instanceof Error ? error.name : '';
  return name === 'QuotaExceededError' || name === 'NS_ERROR_DOM_QUOTA_REACHED';
}
