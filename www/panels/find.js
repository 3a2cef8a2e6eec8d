// "Find": two ways of finding a run that breaks what must hold. Random faults go through one cluster after another;
// an exploration tries everything that can happen from the moment on screen.

import { html, render } from 'lit-html';
import { ChaosPanel } from './chaos.js';
import { ExplorePanel } from './explore.js';

/** @typedef {import('../desk.js').Desk} Desk */
/** @typedef {import('../../src/wasm.js').Bug} Bug */
/** @typedef {'chaos' | 'explore'} Way */

/** @type {[way: Way, label: string][]} */
const WAYS = [
  ['chaos', 'Random faults'],
  ['explore', 'Everything that can happen from here'],
];

/** The panel of both. */
export class FindPanel {
  #desk;
  /** @type {Way} */
  #way = 'chaos';
  #panels;
  #hosts;

  /** @param {HTMLElement} host @param {Desk} desk */
  constructor(host, desk) {
    this.#desk = desk;
    const head = document.createElement('div');
    head.className = 'ways';
    const part = (/** @type {Way} */ way) => {
      const element = document.createElement('div');
      element.className = `way way-${way}`;
      return element;
    };
    this.#hosts = { head, chaos: part('chaos'), explore: part('explore') };
    host.append(head, this.#hosts.chaos, this.#hosts.explore);
    this.#panels = {
      chaos: new ChaosPanel(this.#hosts.chaos, desk),
      explore: new ExplorePanel(this.#hosts.explore, desk),
    };
  }

  /** Puts the person to one of the ways; where a mistake is named, it begins. @param {{ way?: Way, bug?: Bug, property?: string }} [wish] */
  focus(wish) {
    this.#way = wish?.way ?? this.#way;
    this.render();
    this.#panels[this.#way].focus(wish);
  }

  render() {
    render(
      html`<fieldset class="row">
        <legend class="unseen">How to look for it</legend>
        ${WAYS.map(
          ([way, label]) =>
            html`<label
              ><input
                type="radio"
                name="${this.#desk.id}-way"
                value=${way}
                .checked=${this.#way === way}
                @change=${() => {
                  this.#way = way;
                  this.render();
                }}
              />
              ${label}</label
            >`,
        )}
      </fieldset>`,
      this.#hosts.head,
    );
    for (const [way] of WAYS) this.#hosts[way].hidden = way !== this.#way;
    this.#panels[this.#way].render();
  }
}
