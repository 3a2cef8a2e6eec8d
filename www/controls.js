// The bar that drives time: play, one event, skip, speed, and what time it is.
//
// Buttons have their place and keep it: the play button changes its picture but not its size, numbers are tabular and
// have room for their longest form. The time is written each frame and so goes past the template.

import { html, render } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { FASTEST, SLOWEST, positionOf, speedAt, speedText } from './clock.js';
import { moment } from './format.js';
import { icon } from './icons.js';
import { shortcut } from './keys.js';
import { closeMenu } from './menu.js';

/** @typedef {import('./desk.js').Desk} Desk */

/** The bar of one player. */
export class ControlsView {
  #host;
  #desk;
  /** @type {HTMLElement | null} */
  #time = null;

  /** @param {HTMLElement} host @param {Desk} desk */
  constructor(host, desk) {
    this.#host = host;
    this.#desk = desk;
    host.textContent = '';
  }

  /** @param {number} now the virtual time that is seen */
  tick(now) {
    this.#time ??= this.#host.querySelector('.time');
    if (this.#time) this.#time.textContent = moment(now);
  }

  render() {
    const { player, session } = this.#desk;
    const { speed } = player.clock;
    const [short, rest] = speedText(speed);
    const forwards = player.playing && !player.clock.backwards;
    const backwards = player.playing && player.clock.backwards;
    const [playing, reverse] = [forwards ? 'Pause' : 'Play', backwards ? 'Pause' : 'Play backwards'];
    render(
      html`<div class="buttons" role="group" aria-label="Play">
          ${this.#button('earlier', 'To the turning point before', icon('jumpback'), shortcut('earlier'))}
          ${this.#button('back', 'One event back', icon('stepback'), shortcut('back'))}
          ${this.#button('reverse', reverse, icon(backwards ? 'pause' : 'playback'), shortcut('reverse'))}
          ${this.#button('play', playing, icon(forwards ? 'pause' : 'play'), shortcut('play'), 'strong')}
          ${this.#button('step', 'One event on', icon('step'), shortcut('step'))}
          ${this.#button('later', 'To the next turning point', icon('skip'), shortcut('later'))}
        </div>
        <div class="speed" role="group" aria-label="Speed">
          ${this.#button('slower', 'Slower', icon('slower'), '[')}
          <input
            type="range"
            min=${positionOf(SLOWEST)}
            max=${positionOf(FASTEST)}
            step="0.05"
            aria-label="Speed, as a factor of real time"
            aria-valuetext=${speedText(speed).join(' ')}
            .value=${live(String(positionOf(speed)))}
            @input=${this.#slide}
          />
          ${this.#button('faster', 'Faster', icon('faster'), ']')}
          <output title="Speed, as a factor of real time">${short}<span class="wide"> ${rest}</span></output>
        </div>
        <p class="clock">
          <span class="time" title="Virtual time"></span>
          <span class="events wide" title="Events since the start">${session.view.steps} events</span>
        </p>`,
      this.#host,
    );
  }

  /**
   * @param {string} command
   * @param {string} label
   * @param {unknown} picture
   * @param {string} key
   * @param {string} [strong]
   */
  #button(command, label, picture, key, strong = '') {
    return html`<button
      type="button"
      class="iconic ${strong}"
      aria-label=${label}
      title="${label} (${key})"
      data-command=${command}
      @click=${() => {
        this.#desk.command(command);
        closeMenu();
      }}
    >
      ${picture}
    </button>`;
  }

  #slide = (/** @type {Event} */ event) => {
    const { value } = /** @type {HTMLInputElement} */ (event.currentTarget);
    this.#desk.player.clock.speed = speedAt(Number(value));
    this.#desk.changed();
  };
}
