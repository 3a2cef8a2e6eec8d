// The scenario that is open: its title, its story, and its script with a mark at the line that comes next. Lines that
// wait for nothing are played one at a time; the button and the key of a single step play them too.

import { html, nothing, render } from 'lit-html';
import { shortcut } from '../keys.js';

/** @typedef {import('../desk.js').Desk} Desk */

/** The script panel. */
export class ScriptPanel {
  #host;
  #desk;
  #shown = -1;

  /** @param {HTMLElement} host @param {Desk} desk */
  constructor(host, desk) {
    this.#host = host;
    this.#desk = desk;
  }

  /** Puts the person to the button that plays the next line. */
  focus() {
    /** @type {HTMLElement | null} */ (this.#host.querySelector('.row button'))?.focus();
  }

  render() {
    const { session } = this.#desk;
    const { title, story, lines } = session.story;
    render(lines.length + title.length === 0 ? this.#nothing() : this.#script(title, story, lines), this.#host);
    const { next } = session.place;
    if (next === this.#shown) return;
    this.#shown = next;
    // The line that comes next stays in sight, without moving anything but the panel; at the start the story is read.
    const line = this.#host.querySelector('[aria-current]');
    if (!(line instanceof HTMLElement)) return;
    const above = line.offsetTop - this.#host.offsetTop;
    this.#host.scrollTop = next === 0 ? 0 : above - this.#host.clientHeight / 2;
  }

  #nothing() {
    return html`<p class="quiet">
      No scenario is open: this cluster was only started.
      <button type="button" class="link" @click=${() => this.#desk.command('scenarios')}>Open a scenario</button>
      (${shortcut('scenarios')})
    </p>`;
  }

  /** @param {string} title @param {string} story @param {string[]} lines */
  #script(title, story, lines) {
    const { place, view } = this.#desk.session;
    const { next, by_hand: byHand, due, failed } = place;
    const state = (/** @type {number} */ at) => (at < next ? 'done' : at > next ? 'ahead' : failed ? 'failed' : 'next');
    const ended = next >= lines.length && lines.length > 0;
    return html`<h3>${title || 'A scenario'}</h3>
      ${story === '' ? nothing : html`<p class="story">${story}</p>`}
      <div class="row">
        <button
          type="button"
          ?disabled=${!byHand && !(due !== undefined && due <= view.now)}
          @click=${() => this.#desk.command('step')}
        >
          Play the next line (${shortcut('step')})
        </button>
        <span class="quiet"
          >${
            failed
              ? 'The script has stopped.'
              : ended
                ? 'The script has ended; the cluster goes on.'
                : `${next} of ${lines.length} lines${view.past.live ? '' : ', in the past'}`
          }</span
        >
      </div>
      ${failed ? html`<p class="wrong" role="alert">${failed}.</p>` : nothing}
      <ol class="script" aria-label="Script">
        ${lines.map(
          (line, at) =>
            html`<li class=${state(at)} aria-current=${at === next && !ended ? 'step' : nothing}>
              <code>${line}</code>
            </li>`,
        )}
      </ol>`;
  }
}
