// What clients saw, judged: requests as bars over time, a lane for each client, with the order in which one server could
// have taken them, or with those that no order explains. A key at a time: each is judged by itself.
//
// The judge works in the background, on a copy of the run that is gone through again from its start. What it has found
// stands while somebody goes back, and is made anew once the run goes beyond it.

import { html, nothing, render, svg } from 'lit-html';
import { Errand } from '../errand.js';
import { moment } from '../format.js';
import { BAR, MOST, drawingOf, nowIn, opensAt, verdictOf } from '../history.js';
import { entriesOf } from '../reader.js';

/** @typedef {import('../desk.js').Desk} Desk */
/** @typedef {import('../history.js').Bar} Bar */
/** @typedef {import('../history.js').Drawing} Drawing */
/** @typedef {import('../../src/wasm.js').Judgement} Judgement */
/** @typedef {import('../../src/wasm.js').Judged} Judged */

/** How often it is judged anew at most while time goes on, in milliseconds. */
const EVERY = 1000;
/** The part of the time that the judge may take. */
const SHARE = 4;
/** Where the times stand, below the lanes. */
const FOOT = 22;

const MARKS = { linearizable: '✓', refused: '✗', undecided: '?' };
const VERDICTS = { linearizable: 'linearizable', refused: 'not linearizable', undecided: 'undecided' };

/** The panel of the history. */
export class HistoryPanel {
  #host;
  #desk;
  /** @type {Errand<Judgement>} */
  #errand;
  /** @type {{ judgement: Judgement, run: string } | undefined} what was found last, and of which run */
  #found;
  /** The run that is judged at this moment. */
  #run = '';
  #begun = -Infinity;
  #waits = false;
  /** @type {string | undefined} the key that somebody has chosen */
  #key;
  /** @type {number | undefined} the first request that is drawn, where somebody has turned the page */
  #from;
  /** @type {number | undefined} the request that is chosen */
  #place;
  /** What was brought into view last. */
  #scrolled = '';

  /** @param {HTMLElement} host @param {Desk} desk */
  constructor(host, desk) {
    this.#host = host;
    this.#desk = desk;
    this.#errand = new Errand(() => this.#hear());
  }

  #hear() {
    const { standing, going } = this.#errand;
    if (standing && !going) {
      const { keys } = standing;
      this.#found = { judgement: standing, run: this.#run };
      if (!keys.some(({ key }) => key === this.#key)) this.#choose(undefined);
    }
    this.render();
  }

  /** Which run this is: another one, or another branch, has another history. */
  get #here() {
    const { runs, view } = this.#desk.session;
    return `${runs} ${view.past.branch}`;
  }

  /** Has the run judged where what was found is not all of it. */
  #judge() {
    const { session } = this.#desk;
    if (this.#errand.going) return;
    const run = this.#here;
    const known = this.#found?.run === run;
    if (known && session.view.steps <= (this.#found?.judgement.now.steps ?? 0)) return;
    if (this.#errand.refused && this.#run === run) return;
    const pause = known ? Math.max(EVERY, this.#errand.busy * SHARE) : 0;
    const wait = this.#begun + pause - performance.now();
    if (wait > 0) {
      if (this.#waits) return;
      this.#waits = true;
      setTimeout(() => {
        this.#waits = false;
        if (!this.#host.hidden) this.render();
      }, wait);
      return;
    }
    if (!known) {
      this.#found = undefined;
      this.#choose(undefined);
    }
    this.#run = run;
    this.#begun = performance.now();
    this.#errand.send('judge', { entries: entriesOf(session.script()) });
  }

  /** @param {string | undefined} key */
  #choose(key) {
    this.#key = key;
    this.#from = undefined;
    this.#place = undefined;
    this.#scrolled = '';
  }

  render() {
    this.#judge();
    const { refused } = this.#errand;
    const judgement = this.#found?.judgement;
    render(
      html`${refused ? html`<p class="wrong" role="alert">${refused}</p>` : nothing}
      ${judgement ? this.#all(judgement) : html`<p class="quiet">${refused ? '' : 'What clients saw is being judged…'}</p>`}`,
      this.#host,
    );
    this.#bringIntoView();
  }

  /** The key that is shown: the chosen one, or one that is refused, or the one that was asked about last. @param {Judgement} judgement */
  #shown({ keys }) {
    const last = (/** @type {Judged} */ { requests }) => requests[requests.length - 1];
    const latest = [...keys].sort((one, other) => last(other) - last(one))[0];
    return keys.find(({ key }) => key === this.#key) ?? keys.find(({ verdict }) => verdict === 'refused') ?? latest;
  }

  /** @param {Judgement} judgement */
  #all(judgement) {
    const judged = this.#shown(judgement);
    if (!judged)
      return html`<p class="quiet">
        No client has asked anything up to ${moment(judgement.now.at)}. Send a request, or let clients ask on their own:
        panel Clients.
      </p>`;
    const { verdict } = judged;
    return html`<div class="row keys" role="group" aria-label="Keys">
        <span class="quiet">key</span>
        ${judgement.keys.map(
          ({ key, verdict, requests }) =>
            html`<button
              type="button"
              class=${verdict}
              aria-pressed=${key === judged.key}
              aria-label="${key}: ${VERDICTS[verdict]}, ${requests.length} requests"
              @click=${() => {
                this.#choose(key);
                this.render();
              }}
            >
              ${key} <b aria-hidden="true">${MARKS[verdict]}</b>
            </button>`,
        )}
      </div>
      <p class="verdict ${verdict}" role="status">
        <strong>${verdictOf(judged)}</strong>
        ${verdict === 'refused' ? html`<span class="quiet">Nothing that became of all other requests could mend it.</span>` : nothing}
        ${judgement.forgone && verdict === 'refused' ? html`<span class="quiet">With the rules as they are this may happen: ${judgement.forgone}.</span>` : nothing}
      </p>
      ${this.#drawing(judgement, judged)} ${this.#chosen(judgement, judged)}`;
  }

  /** @param {Judgement} judgement @param {Judged} judged */
  #drawing(judgement, judged) {
    const from = this.#from ?? opensAt(judged);
    const drawing = drawingOf(judgement, judged, from);
    const { view } = this.#desk.session;
    const now = nowIn(drawing, view.steps);
    const many = judged.requests.length;
    const focusable = drawing.bars.find(({ place }) => place === this.#place)?.place ?? drawing.bars[0]?.place;
    const unit = (/** @type {number} */ length) => `${length / 16}rem`;
    return html`${
        many > MOST
          ? html`<div class="row pages">
              <button type="button" ?disabled=${from === 0} @click=${() => this.#turn(Math.max(0, from - MOST))}>
                Earlier
              </button>
              <span>${from + 1} to ${Math.min(many, from + MOST)} of ${many}</span>
              <button
                type="button"
                ?disabled=${from + MOST >= many}
                @click=${() => this.#turn(Math.min(many - MOST, from + MOST))}
              >
                Later
              </button>
            </div>`
          : nothing
      }
      <div class="history">
        <ul class="lanes" aria-hidden="true">
          ${drawing.lanes.map(({ label, height }) => html`<li style="height: ${unit(height)}">${label}</li>`)}
        </ul>
        <div
          class="scroll"
          role="group"
          aria-label="Requests about ${judged.key}, in the order of time"
          @keydown=${this.#move}
        >
          <svg
            viewBox="0 0 ${drawing.width} ${drawing.height + FOOT}"
            style="width: ${unit(drawing.width)}; height: ${unit(drawing.height + FOOT)}"
          >
            <g aria-hidden="true">
              ${drawing.lanes.map(({ y, height }) => svg`<line class="lane" x1="0" x2=${drawing.width} y1=${y + height} y2=${y + height} />`)}
              ${drawing.times.map(
                ({ x, text }) =>
                  svg`<line class="when" x1=${x} x2=${x} y1=${drawing.height} y2=${drawing.height + 5} /><text class="when" x=${x} y=${drawing.height + 18}>${text}</text>`,
              )}
              ${now === undefined ? nothing : svg`<line class="now" x1=${now} x2=${now} y1="0" y2=${drawing.height} />`}
            </g>
            ${drawing.bars.map((bar) => this.#bar(bar, bar.place === focusable))}
          </svg>
        </div>
      </div>`;
  }

  /** @param {Bar} bar @param {boolean} stop whether the Tab key stops here */
  #bar(bar, stop) {
    const { x, y, width, open, kind, label, told, effect, place } = bar;
    const low = y + BAR.height;
    // What has no end runs out: the line below and above goes on, and nothing closes it.
    const shape = open
      ? `M ${x + width} ${y} H ${x} V ${low} H ${x + width}`
      : `M ${x} ${y} H ${x + width} V ${low} H ${x} Z`;
    return svg`<g
      class="bar ${kind} ${open ? 'open' : ''}"
      role="button"
      tabindex=${stop ? 0 : -1}
      aria-label=${told}
      aria-pressed=${place === this.#place}
      data-place=${place}
      @click=${() => this.#go(place)}
    >
      <title>${told}</title>
      <path d=${shape} />
      <text x=${x + 9} y=${y + 18}>${label}</text>
      ${
        effect
          ? svg`<line class="effect" x1=${effect.x} x2=${effect.x} y1=${y - 5} y2=${low} />
              <circle class="effect" cx=${effect.x} cy=${y - 11} r="9.5" />
              <text class="effect" x=${effect.x} y=${y - 6.5}>${effect.number}</text>`
          : nothing
      }
      ${kind === 'wrong' ? svg`<text class="cross" x=${x + 2} y=${y - 5}>✗</text>` : nothing}
    </g>`;
  }

  /** What is known of the request that is chosen, with the ways to its moments. @param {Judgement} judgement @param {Judged} judged */
  #chosen({ requests }, judged) {
    const place = this.#place;
    if (place === undefined || !judged.requests.includes(place))
      return html`<p class="quiet note">
        Events stand in their order, not to scale. A number is the moment at which a request took effect; a bar without
        an end has no known outcome. Choose a bar to go to its moment.
      </p>`;
    const { asked, ended } = requests[place];
    const number = judged.order.indexOf(place) + 1;
    const order = number > 0 ? `, took effect as number ${number}` : '';
    return html`<p class="row note">
      <b>${requests[place].client} ${requests[place].text}</b>${order}
      <button type="button" @click=${() => this.#desk.seekEvent(asked.steps)}>asked at ${moment(asked.at)}</button>
      ${ended ? html`<button type="button" @click=${() => this.#desk.seekEvent(ended.steps)}>answered at ${moment(ended.at)}</button>` : nothing}
    </p>`;
  }

  /** @param {number} place */
  #go(place) {
    this.#place = place;
    const asked = this.#found?.judgement.requests[place]?.asked;
    if (asked) this.#desk.seekEvent(asked.steps);
    this.render();
  }

  /** @param {number} from */
  #turn(from) {
    this.#from = from;
    this.#place = undefined;
    this.#scrolled = '';
    this.render();
  }

  #move = (/** @type {KeyboardEvent} */ event) => {
    const bars = [.../** @type {HTMLElement} */ (event.currentTarget).querySelectorAll('.bar')];
    const bar = /** @type {SVGElement | null} */ (/** @type {Element} */ (event.target).closest('.bar'));
    if (!bar) return;
    const at = bars.indexOf(bar);
    const last = bars.length - 1;
    const to = { ArrowRight: Math.min(last, at + 1), ArrowLeft: Math.max(0, at - 1), Home: 0, End: last }[event.key];
    const goes = event.key === 'Enter' || event.key === ' ';
    if (to === undefined && !goes) return;
    // These keys mean something else on the rest of the page.
    event.preventDefault();
    event.stopPropagation();
    if (to === undefined) return this.#go(Number(bar.dataset.place));
    const next = /** @type {SVGElement} */ (bars[to]);
    this.#place = Number(next.dataset.place);
    this.render();
    next.focus();
  };

  /** What is new is seen: what contradicts, or else the end. Afterwards whoever scrolls is left alone. */
  #bringIntoView() {
    const scroll = this.#host.querySelector('.history .scroll');
    const found = this.#found?.judgement;
    if (!scroll || !found) return;
    const judged = this.#shown(found);
    const seen = `${this.#run} ${judged?.key} ${this.#from} ${judged?.verdict} ${judged?.verdict === 'refused' || judged?.requests.length}`;
    if (seen === this.#scrolled) return;
    const before = this.#scrolled;
    this.#scrolled = seen;
    const wrong = /** @type {SVGElement | null} */ (scroll.querySelector('.bar.wrong'));
    if (wrong) {
      const { left } = wrong.getBoundingClientRect();
      scroll.scrollLeft += left - scroll.getBoundingClientRect().left - 24;
    } else if (this.#place === undefined || before === '') {
      scroll.scrollLeft = scroll.scrollWidth;
    }
  }
}
