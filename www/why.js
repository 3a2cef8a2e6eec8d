// Asks why: the run is taken, as it is saved, into the package that answers, and the question is put there. What runs
// is left alone. As long as nothing changes, the copy that was asked before is asked again.

import { entriesOf } from './reader.js';

/** @typedef {import('./session.js').Session} Session */
/** @typedef {import('../src/wasm.js').Answer} Answer */

/**
 * A run that can be asked.
 * @typedef {{ why(question: string): Answer, free(): void }} Answering
 */

/** Asks of one session. */
export class Asker {
  #session;
  /** @type {Answering | undefined} */
  #copy;
  /** The moment that the copy is at. */
  #moment = '';

  /** @param {Pick<Session, 'whole' | 'script' | 'view' | 'runs'>} session */
  constructor(session) {
    this.#session = session;
  }

  /**
   * @param {string} question
   * @returns {Promise<Answer>} what is the case at the moment that the run is at once all is loaded
   * @throws {Error} a sentence, where it cannot be answered
   */
  async ask(question) {
    const all = await this.#session.whole().catch((error) => {
      throw new Error(`What answers could not be loaded: ${error.cause?.message ?? error.message}`);
    });
    const { view, runs } = this.#session;
    const moment = `${runs} ${view.hash} ${view.steps} ${view.now}`;
    if (!this.#copy || this.#moment !== moment) {
      this.close();
      const Core = /** @type {{ open(entries: import('../src/wasm.js').ScenarioEntry[]): unknown }} */ (
        all?.Playground
      );
      this.#copy = /** @type {Answering} */ (Core.open(entriesOf(this.#session.script())));
      this.#moment = moment;
    }
    try {
      return this.#copy.why(question);
    } catch (error) {
      // One that has panicked must not be touched again; one that has only refused can be asked again.
      if (error instanceof WebAssembly.RuntimeError) this.#copy = undefined;
      throw error;
    }
  }

  /** Gives the copy's memory back. */
  close() {
    this.#copy?.free();
    this.#copy = undefined;
  }
}
