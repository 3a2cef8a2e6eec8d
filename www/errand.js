// The page's end of a task in a worker: it starts the worker when it is needed, and keeps what it was told last. What the
// task is, and how it stands, is known to whoever sends for it.

import { messageOf } from './format.js';

/** @typedef {import('./task.js').Told} Told */
/** @typedef {import('./task.js').Order} Order */

/** What an errand needs of a worker. @typedef {Pick<Worker, 'postMessage' | 'terminate' | 'onmessage' | 'onerror'>} Hand */

/** The worker of this page. @returns {Hand} */
export const aWorker = () => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });

/**
 * A task in a worker.
 *
 * @template Standing how it stands
 */
export class Errand {
  #make;
  #changed;
  /** @type {Hand | undefined} */
  #worker;

  /** @type {Standing | undefined} how it stands */
  standing;
  /** For how many milliseconds it has worked. */
  busy = 0;
  /** Whether it goes on. */
  going = false;
  /** Why it cannot go on; empty where it can. */
  refused = '';

  /** @param {() => void} changed called after each change @param {() => Hand} [make] */
  constructor(changed, make = aWorker) {
    this.#changed = changed;
    this.#make = make;
  }

  /** Begins anew. @param {string} kind @param {Record<string, unknown>} wish what the kind needs */
  send(kind, wish) {
    this.standing = undefined;
    this.busy = 0;
    this.#order({ ...wish, do: 'begin', kind });
  }

  /** Goes on behind what was found, or what stopped it. */
  pass() {
    this.#order({ do: 'pass' });
  }

  /** Goes on after a stop. */
  go() {
    this.#order({ do: 'go' });
  }

  stop() {
    this.going = false;
    this.#worker?.postMessage({ do: 'stop' });
    this.#changed();
  }

  /** Ends it for good, and gives its memory back. */
  end() {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.going = false;
  }

  /** So many a second, as far as that can be said. @param {number} count */
  often(count) {
    return this.busy > 0 ? (count * 1000) / this.busy : undefined;
  }

  /** @param {Order} order */
  #order(order) {
    this.refused = '';
    this.going = true;
    try {
      this.#worker ??= this.#hired();
      this.#worker.postMessage(order);
    } catch (error) {
      // A page of another origin may not have this one's workers.
      this.going = false;
      this.refused = `What searches in the background cannot be started here: ${messageOf(error)}`;
    }
    this.#changed();
  }

  #hired() {
    const worker = this.#make();
    // What one that was sent away had still to say is about something else.
    worker.onmessage = ({ data }) => worker === this.#worker && this.#hear(data);
    worker.onerror = (event) => {
      if (worker !== this.#worker) return;
      // Whatever it was, this worker is not to be used any more.
      this.end();
      this.refused = `What searches in the background has stopped: ${event.message || 'it could not be loaded'}.`;
      this.#changed();
    };
    return worker;
  }

  /** @param {Told} told */
  #hear(told) {
    if ('refused' in told) {
      this.refused = told.refused;
      this.going = false;
    } else {
      this.standing = told.standing;
      this.busy = told.busy;
      this.going = told.going;
    }
    this.#changed();
  }
}
