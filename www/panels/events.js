// What happened, in words, newest at the bottom. The list follows the end until somebody scrolls up, and follows again
// from where the end is reached. It shows the last 300 of those that pass the filters: a page is no archive.

import { html, nothing, render } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { sentenceOf } from '../captions.js';
import { moment } from '../format.js';
import { nameOf } from '../reading.js';

/** @typedef {import('../desk.js').Desk} Desk */
/** @typedef {import('../../src/wasm.js').EventLine} EventLine */

const MOST_ROWS = 300;

/**
 * The lines that pass.
 *
 * @param {EventLine[]} lines
 * @param {boolean} all whether details are wanted
 * @param {string} text a part of what a line must say, or of whom it must be about
 * @param {(id: string) => string} name what a person calls a process
 */
export function filtered(lines, all, text, name) {
  const wanted = text.trim().toLowerCase();
  const passes = (/** @type {EventLine} */ line) =>
    (all || line.weight !== 'detail') &&
    (wanted === '' || `${line.who ?? ''} ${sentenceOf(line, name)} ${line.section}`.toLowerCase().includes(wanted));
  return lines.filter(passes).slice(-MOST_ROWS);
}

/** The list of events. */
export class EventsPanel {
  #host;
  #desk;
  #all = false;
  #text = '';
  #follows = true;
  /** How far the list was scrolled when it was last looked at. */
  #top = 0;
  /** @type {number | undefined} the number of the last line that is shown */
  #last;

  /** @param {HTMLElement} host @param {Desk} desk */
  constructor(host, desk) {
    this.#host = host;
    this.#desk = desk;
    new ResizeObserver(() => this.#follows && this.#toEnd()).observe(host);
  }

  render() {
    const { lines, view, runs } = this.#desk.session;
    const shown = filtered(lines, this.#all, this.#text, (id) => nameOf(view, id));
    const names = Math.max(3, ...view.nodes.map((card) => card.name.length));
    render(
      html`<div class="row filters">
          <label class="check"
            ><input type="checkbox" .checked=${this.#all} @change=${this.#toggle} /> details too</label
          >
          <label>Only with <input type="search" size="12" @input=${this.#search} /></label>
        </div>
        <ol
          class="events scroll follows"
          style="--names: ${names}"
          tabindex="0"
          aria-label="Events"
          @scroll=${this.#scrolled}
        >
          ${repeat(
            shown,
            (line) => `${runs} ${line.number}`,
            (line) =>
              html`<li class="${line.weight} ${this.#desk.causes?.numbers.has(line.number) ? 'cause' : ''}">
                <time>${moment(line.at)}</time>
                <span class="who">${line.who ? nameOf(view, line.who) : nothing}</span>
                <span class="what">${line.text} ${line.section ? html`<cite>${line.section}</cite>` : nothing}</span>
              </li>`,
          )}
          ${
            shown.length === 0
              ? html`<li class="quiet">
                  <span class="none">${lines.length === 0 ? 'Nothing to tell yet.' : 'No event is like that.'}</span>
                </li>`
              : nothing
          }
        </ol>`,
      this.#host,
    );
    const last = shown.at(-1)?.number;
    if (last === this.#last) return;
    this.#last = last;
    // To scroll is to lay out, and in the middle of a frame that would lay out the ring as well, twice.
    if (this.#follows) requestAnimationFrame(() => this.#toEnd());
  }

  #toEnd() {
    const list = this.#list;
    if (list) list.scrollTop = list.scrollHeight;
  }

  get #list() {
    return this.#host.querySelector('ol');
  }

  // This is told a frame late, and the list may have grown meanwhile: that its end is far away does not mean that
  // anybody has scrolled. Who scrolls up wants to read, and who comes to the end wants to follow again.
  #scrolled = () => {
    const list = this.#list;
    if (!list) return;
    const { scrollTop, scrollHeight, clientHeight } = list;
    if (scrollHeight - scrollTop - clientHeight < 24) this.#follows = true;
    else if (scrollTop < this.#top) this.#follows = false;
    this.#top = scrollTop;
    list.classList.toggle('follows', this.#follows);
  };

  #toggle = (/** @type {Event} */ event) => {
    this.#all = /** @type {HTMLInputElement} */ (event.currentTarget).checked;
    this.render();
  };

  #search = (/** @type {Event} */ event) => {
    this.#text = /** @type {HTMLInputElement} */ (event.currentTarget).value;
    this.render();
  };
}
