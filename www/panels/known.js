// What a panel has to know of a protocol before it can show anything, loaded when somebody first asks for it.

import { html } from 'lit-html';
import { messageOf } from '../format.js';

/** What is known of each protocol. @template Known */
export class KnownOf {
  #learn;
  #changed;
  /** @type {Map<string, { known?: Known, wrong?: string }>} what there is, why it is not known, or neither while it is loaded */
  #all = new Map();

  /** What is waited for until it is known. */
  loading = Promise.resolve();

  /** @param {(protocol: string) => Promise<Known>} learn @param {() => void} changed called once it is known, or why it is not */
  constructor(learn, changed) {
    this.#learn = learn;
    this.#changed = changed;
  }

  /** What is known of a protocol; nothing yet where it is asked for the first time. @param {string} protocol */
  of(protocol) {
    if (!this.#all.has(protocol)) this.loading = this.#load(protocol);
    return this.#all.get(protocol)?.known;
  }

  /** What is shown where nothing is known. @param {string} protocol @param {string} what it is that is loaded */
  waiting(protocol, what) {
    const wrong = this.#all.get(protocol)?.wrong;
    const again = () => (this.loading = this.#load(protocol));
    return wrong === undefined
      ? html`<p class="quiet" role="status">Loading ${what}…</p>`
      : html`<p class="wrong">${wrong}</p>
          <button type="button" @click=${again}>Try again</button>`;
  }

  /** @param {string} protocol */
  async #load(protocol) {
    this.#all.set(protocol, {});
    try {
      this.#all.set(protocol, { known: await this.#learn(protocol) });
    } catch (error) {
      this.#all.set(protocol, { wrong: messageOf(error) });
    }
    this.#changed();
  }
}
