// The row under the ring that goes to and fro in the run: undo, redo, the run as a line, and the way to its branches.
//
// What has changed is drawn by `render`, at most ten times a second; in a frame only the playhead and the two veils
// behind it are moved, by transforms. The line is a slider: it can be dragged, and it has a slider's keys. While somebody
// drags, time stands still and the line keeps its length, or the ground would move under the finger. It asks the desk
// for everything and knows no wasm; what is where on the line it leaves to strip.js.

import { html, render, svg } from 'lit-html';
import { SPOKEN_EVERY } from './captions.js';
import { counted } from './format.js';
import { icon } from './icons.js';
import { shortcut } from './keys.js';
import { closeMenu } from './menu.js';
import { lengthFor, shapesOf, spikeNear, timeAt, timeOfKey, timeOn, valueText } from './strip.js';

/** @typedef {import('../src/wasm.js').View} View */
/** @typedef {import('../src/wasm.js').Strip} Strip */
/** @typedef {import('./strip.js').Shapes} Shapes */

/**
 * What the line needs of a desk, apart from what the dialog of the branches does.
 *
 * @typedef {object} Travels
 * @property {{ view: View, words: { epoch: string }, runs: number, strip(places: number): Strip }} session
 * @property {{ now: number, playing: boolean, clock: { playing: boolean } }} player
 * @property {(now: number) => unknown} seek
 * @property {(command: string) => unknown} command
 * @property {() => void} changed
 * @property {{ times: number[] }} [causes] what is highlighted: when it happened
 */
/** @typedef {Travels & import('./branches.js').Branching} Desk */

/** The heights of the line's parts, from above, in sixteenths of a rem: room for marks, the stretches, the scale. */
const HIGH = { marks: 13, bands: 15, scale: 14 };
/** The room that a mark has, in the same unit: of a kind there is one in so much. */
const PLACE = 6;
/** How near to a mark, or to the end, the pointer means it. */
const REACH = 6;
/** How wide a digit is, in the same unit. */
const LETTER = 9;

/** What is said of a moment that is not the end, and from which width on there is room for all of it. */
const IN_PAST = { long: 'in the past: acting here forks', short: 'in the past' };
const WIDE = 480;

/** The shapes of the marks around 0 0, where the stretches begin beneath; each kind has its own. */
const GLYPHS = {
  leader: 'M-6-11-3-7.5 0-12.5 3-7.5 6-11 4.75-2.5h-9.5Z',
  commit: 'M-.75-4.5h1.5V0h-1.5Z',
  crash: 'M-4-10 4-2M4-10-4-2',
  network: 'M-6-3.5-3-8.5 0-3.5 3-8.5 6-3.5',
  violation: 'M0-12.5 5.5 0 0 12.5-5.5 0Z',
};

/** The timeline of one desk. */
export class TimelineView {
  #desk;
  #row = document.createElement('div');
  #dialogs = document.createElement('div');
  /** @type {HTMLElement[]} what is moved in a frame */
  #parts = [];
  /** @type {Strip} */
  #strip = { end: 0, stretches: [], marks: [] };
  /** @type {Shapes | undefined} */
  #shapes;
  /** @type {View | undefined} the view that the strip was asked of */
  #of;
  #runs = 0;
  /** In pixels: how wide the line is, how large a sixteenth of a rem, and where its stretches are. */
  #size = { width: 0, unit: 1, top: HIGH.marks, high: HIGH.bands };
  /** @type {{ left: number, at: number, frame: number, played: boolean } | undefined} a drag, and its latest time */
  #drag;
  #spoken = { text: '', value: 0, at: -Infinity };
  #moved = '';

  /** @param {HTMLElement} host @param {Desk} desk */
  constructor(host, desk) {
    this.#desk = desk;
    this.#row.className = 'travel';
    host.replaceChildren(this.#row, this.#dialogs);
    this.render();
    const slider = /** @type {HTMLElement} */ (this.#row.querySelector('.strip'));
    const parts = ['.ahead', '.ahead svg', '.unknown', '.playhead'].map((name) => slider.querySelector(name));
    this.#parts = /** @type {HTMLElement[]} */ (parts);
    new ResizeObserver(([{ contentRect }]) => {
      // A line that is not shown has no size, and keeps its last one.
      if (contentRect.height === 0) return;
      const unit = contentRect.height / (HIGH.marks + HIGH.bands + HIGH.scale);
      // Whole pixels, so that the veils lie on the stretches and not a hair's breadth beside them.
      const [top, high] = [HIGH.marks, HIGH.bands].map((height) => Math.round(height * unit));
      this.#size = { width: Math.round(contentRect.width), unit, top, high };
      slider.style.setProperty('--top', `${top}px`);
      slider.style.setProperty('--high', `${high}px`);
      this.#of = undefined;
      this.render();
    }).observe(slider);
  }

  /** A frame: only what stands for the time moves. @param {number} now the virtual time that is seen */
  tick(now) {
    const shapes = this.#shapes;
    if (!shapes || this.#parts.length === 0) return;
    // A cluster that only waits tells nothing, and its time goes on all the same.
    if (now > shapes.length && !this.#drag) return this.render();
    const { width } = this.#size;
    const head = (Math.min(1, now / shapes.length) * width).toFixed(1);
    const end = (Math.min(1, Math.max(now, this.#strip.end) / shapes.length) * width).toFixed(1);
    if (this.#moved === `${head} ${end}`) return;
    this.#moved = `${head} ${end}`;
    const [ahead, labels, unknown, playhead] = this.#parts;
    // Whole pixels, so that what stands on the veil and what lies beneath it stay in one place.
    ahead.style.transform = `translateX(${Math.round(Number(head))}px)`;
    labels.style.transform = `translateX(${-Math.round(Number(head))}px)`;
    unknown.style.transform = `translateX(${end}px)`;
    playhead.style.transform = `translateX(${head}px)`;
  }

  render() {
    const { session, player } = this.#desk;
    const { past } = session.view;
    const now = player.now;
    const shapes = this.#look(now);
    const spoken = this.#speak(now, shapes);
    const said = past.live ? '' : this.#size.width > WIDE * this.#size.unit ? IN_PAST.long : IN_PAST.short;
    const undo = past.undo === undefined ? 'Undo: nothing was done by hand' : `Undo: ${past.undo}`;
    const redo = past.redo ? 'Redo what was undone' : 'Redo: nothing was undone';
    render(
      html`<div class="undoing" role="group" aria-label="What you did">
          ${this.#button('undo', undo, past.undo !== undefined)} ${this.#button('redo', redo, past.redo)}
        </div>
        <div
          class="strip ${past.live ? '' : 'in-past'}"
          role="slider"
          tabindex="0"
          aria-label="Time in the run"
          aria-valuemin="0"
          aria-valuemax=${Math.round(shapes.length / 1000)}
          aria-valuenow=${spoken.value}
          aria-valuetext=${spoken.text}
          @keydown=${this.#press}
          @pointerdown=${this.#grasp}
          @pointermove=${this.#pull}
          @lostpointercapture=${this.#release}
        >
          <svg class="bands" aria-hidden="true">${this.#bands(shapes)} ${this.#labels(shapes)}</svg>
          <div class="ahead"><svg aria-hidden="true">${this.#labels(shapes)}</svg></div>
          <div class="unknown"></div>
          <svg class="above" aria-hidden="true">
            ${this.#scale(shapes, said)} ${this.#signs(shapes)} ${this.#causes(shapes)}
          </svg>
          <div class="playhead"></div>
          <p class="past" ?hidden=${past.live}>${said}</p>
        </div>
        <button
          type="button"
          class="iconic ways"
          aria-haspopup="dialog"
          aria-label="Branches: ${past.branches}"
          title="Branches: ${counted(past.branches, 'way')} in which this run went"
          @click=${this.#open}
        >
          ${icon('branches')} <span>${past.branches}</span>
        </button>`,
      this.#row,
    );
    this.#moved = '';
    this.tick(now);
  }

  /** What is where now; the core is asked only where something has happened. @param {number} now */
  #look(now) {
    const { session } = this.#desk;
    const { width, unit } = this.#size;
    if (this.#runs !== session.runs) {
      this.#runs = session.runs;
      this.#shapes = undefined;
    }
    const held = this.#shapes?.length;
    if (this.#of !== session.view) {
      this.#of = session.view;
      // Places are even on what is known, marks are to be even on the line.
      const end = Math.max(1, session.view.past.end);
      const places = (width * end) / lengthFor(end, held) / (PLACE * unit);
      this.#strip = session.strip(Math.max(1, Math.round(places)));
    }
    const length = this.#drag && held ? held : lengthFor(Math.max(this.#strip.end, now), held);
    const room = { width, letter: LETTER * unit };
    return (this.#shapes = shapesOf(this.#strip, now, length, room, session.words.epoch));
  }

  /** The stretches, each as wide as it lasts; what is not known lies under a veil. @param {Shapes} shapes */
  #bands({ bands }) {
    const { width, top, high } = this.#size;
    return bands.map(({ from, to, colour }, i) => {
      const left = Math.round(from * width);
      const wide = Math.round((i === bands.length - 1 ? 1 : to) * width) - left;
      // A line between two stretches, unless it would be half of what it parts.
      const gap = wide > 4 ? 1 : 0;
      return svg`<rect class=${colour} x=${left} y=${top} width=${wide - gap} height=${high} />`;
    });
  }

  /**
   * The labels of the stretches. They are there twice: for what is known and yet to come they stand on the veil, and in
   * its ink, since the letters of a bright stretch could not be read on a veiled one.
   *
   * @param {Shapes} shapes
   */
  #labels({ bands }) {
    const { width, unit, top, high } = this.#size;
    const low = top + high - 2.5 * unit;
    return bands
      .filter(({ label }) => label !== '')
      .map(({ from, label }) => svg`<text x=${Math.round(from * width) + 4 * unit} y=${low}>${label}</text>`);
  }

  /** The scale beneath, as far as there is room for it beside what is said there. @param {Shapes} shapes @param {string} said */
  #scale({ ticks }, said) {
    const { width, unit, top, high } = this.#size;
    const letter = LETTER * unit;
    const from = top + high;
    return ticks
      .filter(({ at, text }) => said === '' || at * width + (text.length + said.length + 1) * letter < width)
      .map(({ at, text }) => {
        const x = Math.round(at * width);
        return svg`<path class="tick" d="M${x + 0.5} ${from}v${(HIGH.scale - 2) * unit}" />
          <text x=${x + 3.5 * unit} y=${from + (HIGH.scale - 3) * unit}>${text}</text>`;
      });
  }

  /** The turning points, one after another as they lie: the rarer ones are not hidden by the others. @param {Shapes} shapes */
  #signs({ spikes }) {
    const { width, unit, top } = this.#size;
    return spikes.map(({ at, kind }) => {
      const place = `translate(${(at * width).toFixed(1)} ${top}) scale(${unit})`;
      return svg`<g class="spike ${kind}" transform=${place}>
        <path class="under" d=${GLYPHS[kind]} /><path d=${GLYPHS[kind]} />
      </g>`;
    });
  }

  /** What led to what was asked about, as dots beneath the stretches. @param {Shapes} shapes */
  #causes({ length }) {
    const { width, unit, top, high } = this.#size;
    const y = top + high + 2 * unit;
    const times = this.#desk.causes?.times ?? [];
    return times.map(
      (at) => svg`<circle class="cause" cx=${((at / length) * width).toFixed(1)} cy=${y} r=${2 * unit} />`,
    );
  }

  /**
   * What a screen reader is told. While time goes on it is told now and then: whoever listens to the line while it
   * moves would hear nothing else.
   *
   * @param {number} now
   * @param {Shapes} shapes
   */
  #speak(now, { length, spikes, head }) {
    const { player, session } = this.#desk;
    const wall = performance.now();
    if (player.playing && !this.#drag && wall - this.#spoken.at < SPOKEN_EVERY) return this.#spoken;
    // There are commits everywhere, and they are not told: nobody would hear the rest.
    const here = spikeNear(
      spikes.filter(({ kind }) => kind !== 'commit'),
      head,
      PLACE / 2 / Math.max(1, this.#size.width),
    );
    const text = valueText(this.#strip, now, length, session.words.epoch, session.view.past.live, here?.title);
    return (this.#spoken = { text, value: Math.round(now / 1000), at: wall });
  }

  /** @param {'undo' | 'redo'} command @param {string} label @param {boolean} can */
  #button(command, label, can) {
    const key = shortcut(command);
    return html`<button
      type="button"
      class="iconic"
      aria-label=${label}
      title=${key ? `${label} (${key})` : label}
      data-command=${command}
      ?disabled=${!can}
      @click=${() => {
        this.#desk.command(command);
        closeMenu();
      }}
    >
      ${icon(command)}
    </button>`;
  }

  #press = (/** @type {KeyboardEvent} */ event) => {
    const { key } = event;
    if (event.ctrlKey || event.altKey || event.metaKey || !this.#shapes) return;
    const { player, session } = this.#desk;
    if (event.shiftKey && (key === 'ArrowLeft' || key === 'ArrowRight')) {
      event.preventDefault();
      this.#desk.command(key === 'ArrowLeft' ? 'earlier' : 'later');
      return;
    }
    const to = timeOfKey(key, player.now, session.view.past.end, this.#shapes.length);
    if (to === undefined) return;
    // The page's own keys leave alone what somebody has dealt with already.
    event.preventDefault();
    if (to !== player.now) this.#desk.seek(to);
  };

  #grasp = (/** @type {PointerEvent} */ event) => {
    const slider = /** @type {HTMLElement} */ (event.currentTarget);
    if (event.button !== 0 || this.#drag) return;
    const { left, top } = slider.getBoundingClientRect();
    slider.setPointerCapture(event.pointerId);
    const { clock } = this.#desk.player;
    this.#drag = { left, at: 0, frame: 0, played: clock.playing };
    clock.playing = false;
    // Whoever presses on a mark means its moment, and not a hair's breadth beside it.
    const onMarks = event.clientY - top < this.#size.top;
    this.#want(this.#at(event.clientX - left, onMarks));
  };

  #pull = (/** @type {PointerEvent} */ event) => {
    const slider = /** @type {HTMLElement} */ (event.currentTarget);
    if (this.#drag) this.#want(this.#at(event.clientX - this.#drag.left, false));
    else slider.title = this.#told(event.clientX - slider.getBoundingClientRect().left);
  };

  /** What is under the pointer, in words. @param {number} x */
  #told(x) {
    const { width, unit } = this.#size;
    const { spikes, length } = /** @type {Shapes} */ (this.#shapes);
    return spikeNear(spikes, x / width, (REACH * unit) / width)?.title ?? timeOn(timeAt(x / width, length), length);
  }

  /** The time that is meant by a place, in pixels. @param {number} x @param {boolean} onMarks */
  #at(x, onMarks) {
    const { width, unit } = this.#size;
    const { spikes, length } = /** @type {Shapes} */ (this.#shapes);
    const reach = (REACH * unit) / width;
    const end = this.#strip.end;
    const spike = onMarks ? spikeNear(spikes, x / width, reach) : undefined;
    // To be live again one goes to the end, and who slips beyond it would make the run longer without meaning to.
    return spike?.time ?? (Math.abs(x / width - end / length) < reach ? end : timeAt(x / width, length));
  }

  /** Goes to a time, once in a frame however often the pointer moves. @param {number} at */
  #want(at) {
    const drag = this.#drag;
    if (!drag) return;
    drag.at = at;
    drag.frame ||= requestAnimationFrame(() => this.#go());
  }

  #go() {
    const drag = this.#drag;
    if (!drag) return;
    drag.frame = 0;
    // Whatever lets time go on meanwhile is heeded when the pointer has let go.
    const { clock } = this.#desk.player;
    drag.played ||= clock.playing;
    clock.playing = false;
    this.#desk.seek(drag.at);
  }

  #release = () => {
    const drag = this.#drag;
    if (!drag) return;
    if (drag.frame !== 0) {
      cancelAnimationFrame(drag.frame);
      this.#go();
    }
    this.#drag = undefined;
    this.#desk.player.clock.playing ||= drag.played;
    this.#desk.changed();
  };

  #open = (/** @type {Event} */ event) => {
    const opener = /** @type {HTMLElement} */ (event.currentTarget);
    closeMenu();
    import('./branches.js').then(
      ({ openBranches }) => openBranches(this.#dialogs, this.#desk, opener),
      () => (this.#dialogs.textContent = 'The branches could not be loaded: try again when the network is back.'),
    );
  };
}
