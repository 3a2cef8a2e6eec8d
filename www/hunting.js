// The page's end of a hunt: it starts the worker when it is needed, and keeps what it was told last.

import { messageOf } from './format.js';

/** @typedef {import('../src/wasm.js').Standing} Standing */
/** @typedef {import('../src/wasm.js').Settings} Settings */
/** @typedef {import('./task.js').Told} Told */
/** @typedef {import('./task.js').Order} Order */

/** What a hunt needs of a worker. @typedef {Pick<Worker, 'postMessage' | 'terminate' | 'onmessage' | 'onerror'>} Hand */

/** The worker of this page. @returns {Hand} */
export const aWorker = () => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });

/** A hunt for a run that breaks a promise. */
export class Hunting {
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

  /** Begins anew. @param {Settings} settings what every run has @param {number} seed */
  begin(settings, seed) {
    this.standing = undefined;
    this.busy = 0;
    this.#order({ do: 'begin', kind: 'hunt', settings, seed });
  }

  /** Goes on behind what was found. */
  pass() {
    if (this.standing) this.standing = { ...this.standing, found: undefined };
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

  /** Ends it for good. */
  end() {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.going = false;
  }

  /** How many seeds a second, as far as that can be said. */
  get rate() {
    return this.standing && this.busy > 0 ? (this.standing.seeds * 1000) / this.busy : undefined;
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
    worker.onmessage = ({ data }) => this.#hear(data);
    worker.onerror = (event) => {
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
