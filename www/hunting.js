// The page's end of a hunt: cluster after cluster under random faults, in a worker.

import { Errand } from './errand.js';

/** @typedef {import('../src/wasm.js').Standing} Standing */
/** @typedef {import('../src/wasm.js').Settings} Settings */

/** A hunt for a run that breaks a promise. @extends {Errand<Standing>} */
export class Hunting extends Errand {
  /** Begins anew. @param {Settings} settings what every run has @param {number} seed */
  begin(settings, seed) {
    this.send('hunt', { settings, seed });
  }

  /** Goes on behind what was found. @override */
  pass() {
    if (this.standing) this.standing = { ...this.standing, found: undefined };
    super.pass();
  }

  /** How many seeds a second, as far as that can be said. */
  get rate() {
    return this.standing && this.often(this.standing.seeds);
  }
}
