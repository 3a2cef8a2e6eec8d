// Chaos: cluster after cluster under random faults, in the background, until one breaks a promise. What is found is made as
// small as it can be, and opens as a story.

import { html, nothing, render } from 'lit-html';
import { counted, spoken } from '../format.js';
import { Hunting } from '../hunting.js';

/** @typedef {import('../desk.js').Desk} Desk */
/** @typedef {import('../../src/wasm.js').Bug} Bug */
/** @typedef {import('../../src/wasm.js').Prey} Prey */
/** @typedef {import('../../src/wasm.js').Standing} Standing */

const rated = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 });

/** The panel of chaos. */
export class ChaosPanel {
  #host;
  #desk;
  #hunting = new Hunting(() => this.render());
  /** The first seed, as it was typed. */
  #seed = '1';
  /** What the runs are that are hunted: the protocol, and the mistakes that they make. */
  #game = { protocol: '', bug: '', label: '' };
  /** What was opened last. */
  #opened = '';

  /** @param {HTMLElement} host @param {Desk} desk */
  constructor(host, desk) {
    this.#host = host;
    this.#desk = desk;
  }

  /** Puts the person to the hunt; where a mistake is named, it begins. @param {{ bug?: Bug }} [wish] */
  focus(wish) {
    if (wish?.bug) this.#begin(wish.bug.name, wish.bug.label);
    /** @type {HTMLElement | null} */ (this.#host.querySelector('.hunt'))?.focus();
  }

  render() {
    const { going, standing, refused } = this.#hunting;
    render(
      html`<div class="row choose">${this.#form(going)}</div>
        <div class="chaos">
          ${refused ? html`<p class="wrong" role="alert">${refused}</p>` : nothing} ${this.#progress()}
          ${standing?.found ? this.#prey(standing.found) : nothing}
        </div>`,
      this.#host,
    );
  }

  /** @param {boolean} going */
  #form(going) {
    const { standing } = this.#hunting;
    const stopped = !going && standing && !standing.found;
    return html`<label
        >From seed
        <input
          type="number"
          min="0"
          max="4294967295"
          step="1"
          .value=${this.#seed}
          ?disabled=${going}
          @input=${(/** @type {Event} */ event) => {
            this.#seed = /** @type {HTMLInputElement} */ (event.currentTarget).value;
          }}
      /></label>
      <button
        type="button"
        class="hunt"
        @click=${() => (going ? this.#hunting.stop() : this.#begin((this.#desk.session.broken ?? []).join(' ')))}
      >
        ${going ? 'Stop' : 'Start'}
      </button>
      ${stopped ? html`<button type="button" @click=${() => this.#hunting.go()}>Go on</button>` : nothing}
      <span class="quiet"
        >Each seed is a cluster of its own, with its own size, rules, network and faults, for twenty seconds of its
        time.</span
      >`;
  }

  /** @param {string} bug names of mistakes, with spaces between them @param {string} [label] */
  #begin(bug, label = bug.replaceAll('_', ' ')) {
    const seed = Number(this.#seed);
    const { protocol } = this.#desk.session.words;
    this.#game = { protocol, bug, label };
    this.#opened = '';
    if (!Number.isInteger(seed) || this.#seed === '' || seed < 0 || seed > 0xffffffff) {
      this.#hunting.refused = `\`${this.#seed}\` is not a seed: expected a whole number from 0 to 4294967295.`;
      return this.render();
    }
    this.#hunting.begin(bug ? { protocol, bug } : { protocol }, seed);
  }

  #progress() {
    const { standing, going, rate } = this.#hunting;
    const { protocol, label } = this.#game;
    if (protocol === '')
      return html`<p class="quiet">
        Nothing has been looked for yet. With all rules as they are nothing should be found.
      </p>`;
    const title = this.#desk.session.cards.find((card) => card.protocol === protocol)?.title ?? protocol;
    const what = label ? html`${title}, broken on purpose: <strong>${label}</strong>` : html`${title}, every rule kept`;
    const kept = going || standing?.found ? '' : ' Nothing was found so far.';
    const seeds = standing?.seeds ?? 0;
    return html`<p>${what}.${kept}</p>
      ${
        standing
          ? html`<p class="quiet">
              <span class="clusters">${seeds.toLocaleString('en')}</span> ${seeds === 1 ? 'cluster' : 'clusters'},
              ${rate ? rated.format(rate) : 'less than one'} a second; ${counted(standing.steps, 'event')}; seed
              ${standing.seed}${this.#beside(standing)}
            </p>`
          : html`<p class="quiet">Loading what runs them…</p>`
      }`;
  }

  /** What is looked at beside the seeds. @param {Standing} standing */
  #beside({ states, depth = 0 }) {
    if (states === undefined) return nothing;
    return `. Beside them all that can happen in a small cluster: ${counted(states, 'state')}, up to ${counted(depth, 'move')} away`;
  }

  /** @param {Prey} prey */
  #prey(prey) {
    const { property, seed, done, from, left, text } = prey;
    const small = done
      ? `${counted(left, 'step')} of ${from.toLocaleString('en')} are left.`
      : `Being made small: ${left.toLocaleString('en')} of ${counted(from, 'step')} are left …`;
    return html`<section class="prey" aria-label="What was found">
      <p role="status">
        <strong>${spoken(property)}</strong> falls
        ${seed === undefined ? 'where all that can happen is tried' : `with seed ${seed}`}.
      </p>
      <p>${text}</p>
      <p>${small}</p>
      <div class="row">
        <button type="button" ?disabled=${!done} @click=${() => this.#open(prey)}>Open it</button>
        <button type="button" ?disabled=${!done} @click=${() => this.#hunting.pass()}>Look for another one</button>
      </div>
      ${
        this.#opened === prey.scenario && this.#desk.said('chaos')
          ? html`<p class="wrong" role="alert">${this.#desk.said('chaos')}</p>`
          : nothing
      }
    </section>`;
  }

  /** @param {Prey} prey */
  async #open({ scenario }) {
    this.#opened = scenario;
    // Whoever opens it wants to take it line by line.
    if (await this.#desk.open('chaos', scenario)) this.#desk.player.clock.playing = false;
    this.render();
  }
}
