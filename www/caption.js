// The sentence under the ring: shows it, and speaks it.
//
// Two elements carry the same words. The one that is seen may change as often as it likes; the one that a screen reader
// hears changes at most every two seconds while time goes on, because a queue of stale sentences helps nobody.

import { html, nothing, render } from 'lit-html';
import { SPOKEN_EVERY, nextCaption, sentenceOf } from './captions.js';
import { spoken } from './format.js';
import { nameOf } from './reading.js';
import { source } from './source.js';

/** @typedef {import('./desk.js').Desk} Desk */
/** @typedef {import('../src/wasm.js').EventLine} EventLine */

/** How long a sentence about a key stands: as long as it takes to read it, in milliseconds of wall time. */
const saidStands = (/** @type {string} */ sentence) => 3000 + 70 * sentence.length;

/** The caption of one ring. */
export class CaptionView {
  #host;
  #desk;
  /** @type {import('./captions.js').Caption | undefined} */
  #shown;
  /** @type {EventLine | undefined} */
  #spoken;
  #spokenAt = -Infinity;
  #jumps = 0;
  /** The sentence about a key, and since when it stands. */
  #told = { said: '', since: 0 };
  /** @type {unknown[]} what was rendered last: this is asked in every frame, and seldom has anything new to say */
  #said = [];

  /** @param {HTMLElement} host @param {Desk} desk */
  constructor(host, desk) {
    this.#host = host;
    this.#desk = desk;
    host.textContent = '';
  }

  /** @param {EventLine | undefined} line */
  #sentence(line) {
    return line && sentenceOf(line, (id) => nameOf(this.#desk.session.view, id));
  }

  /** @param {number} wall */
  update(wall) {
    const { session, player } = this.#desk;
    if (this.#jumps !== session.jumps) {
      this.#jumps = session.jumps;
      this.#shown = undefined;
    }
    this.#shown = nextCaption(this.#shown, session.lines, wall, player.playing);
    const line = this.#shown?.line;
    if (line !== this.#spoken && (!player.playing || wall - this.#spokenAt >= SPOKEN_EVERY)) {
      this.#spoken = line;
      this.#spokenAt = wall;
    }
    const { violation } = session.view;
    // What a key press could not do is said here, where the eyes are; it has no other place.
    const said = this.#desk.said('keys');
    if (said !== this.#told.said) this.#told = { said, since: wall };
    if (said !== '' && wall - this.#told.since > saidStands(said)) return this.#desk.say('keys');
    const says = [line, this.#spoken, said, violation?.at, session.words];
    if (says.every((each, i) => each === this.#said[i])) return;
    this.#said = says;
    render(
      html`${violation ? broken(violation) : nothing}
        <p class="caption ${line?.weight ?? ''}" ?hidden=${violation !== undefined}>
          <span>${this.#sentence(line) ?? session.words.sentence}</span> ${source(line?.section ?? '')}
        </p>
        <p class="said" role="status">${said}</p>
        <p class="unseen" aria-live="polite">${this.#sentence(this.#spoken) ?? ''}</p>`,
      this.#host,
    );
  }
}

/**
 * A promise that was broken stands in place of every other sentence, and is spoken at once.
 *
 * @param {import('../src/wasm.js').ViolationCard} violation
 */
const broken = ({ property, sentence, text, section }) =>
  html`<p class="caption broken" role="alert">
    <span><strong>Broken: ${spoken(property)}.</strong> ${text}. ${sentence}</span> ${source(section)}
  </p>`;
