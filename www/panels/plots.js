// What each node has done, drawn over time: small plots of one kind each, with what there is to see in words beneath
// them, and all figures as a table. A click on a plot goes to that time.
//
// What is drawn is computed in plots.js; here it is handed to uPlot, which draws lines and bars on a canvas. A canvas
// knows nothing of a page's colours, so they are asked of a probe, and everything is made anew where they change.

import { html, nothing, render } from 'lit-html';
import { ref } from 'lit-html/directives/ref.js';
import uPlot from 'uplot';
import { moment, span } from '../format.js';
import { epochClass } from '../palette.js';
import { plotsOf, readout, reignsOf } from '../plots.js';

/** @typedef {import('../desk.js').Desk} Desk */
/** @typedef {import('../plots.js').Plot} Plot */
/** @typedef {import('../../src/wasm.js').Metrics} Metrics */

// Nobody else needs its style, so it is loaded with it; it lies beside the bundles. Without it the figures can be read.
await new Promise((done) => {
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = new URL('./plots.css', import.meta.url).href;
  link.onload = link.onerror = done;
  document.head.append(link);
});

/** How long figures stand at least while time goes on, in milliseconds: nobody reads faster. */
const EVERY = 250;
/** How many colours lines have, before they begin again with dashes. */
const COLOURS = 8;
/** The height of a plot with its axis, in pixels. */
const HEIGHT = 100;

/**
 * A plot that is drawn.
 *
 * @typedef {object} Drawn
 * @property {HTMLElement} [host]
 * @property {uPlot} [chart]
 * @property {string} [shape] what it was made for: another shape needs another chart
 * @property {Plot} plot
 * @property {number} width
 * @property {HTMLElement} [said] where the sentence about it stands
 * @property {number} [pointed] the point that somebody points at
 */

/** The plots panel. */
export class PlotsPanel {
  #host;
  #desk;
  /** @type {Map<string, Drawn>} */
  #drawn = new Map();
  #at = -Infinity;
  /** What was drawn last. */
  #seen = '';
  #waits = false;
  #probe = document.createElement('i');
  /** The names of the eight colours and of ink, lines and paper, as the theme has them. @type {string[]} */
  #colours = [];
  #widths = new ResizeObserver(() => this.render());

  /** @param {HTMLElement} host @param {Desk} desk */
  constructor(host, desk) {
    this.#host = host;
    this.#desk = desk;
    this.#widths.observe(host);
  }

  render() {
    if (this.#host.hidden) return;
    const wait = this.#at + EVERY - performance.now();
    if (wait > 0) return this.#renderIn(wait);
    const { session } = this.#desk;
    const { view, words } = session;
    if (!this.#probe.isConnected) this.#host.append(this.#probe);
    this.#colours = this.#ask();
    const seen = `${session.runs} ${session.jumps} ${view.past.branch} ${view.now} ${view.steps} ${view.past.end} ${this.#colours} ${this.#host.clientWidth}`;
    if (seen === this.#seen) return;
    const metrics = session.metrics();
    if (!metrics) return;
    this.#at = performance.now();
    this.#seen = seen;
    for (const plot of plotsOf(metrics, words)) {
      const known = this.#drawn.get(plot.id);
      if (known) known.plot = plot;
      else this.#drawn.set(plot.id, { plot, width: 0 });
    }
    this.#show(metrics);
    for (const drawn of this.#drawn.values()) {
      this.#draw(drawn);
      say(drawn);
    }
  }

  /** @param {number} wait milliseconds */
  #renderIn(wait) {
    if (this.#waits) return;
    this.#waits = true;
    setTimeout(() => {
      this.#waits = false;
      this.render();
    }, wait);
  }

  /** The colours as they are now: the probe takes each on, and says what that comes to. */
  #ask() {
    const names = Array.from({ length: COLOURS }, (_, at) => `--plot-${at}`);
    return [...names, '--quiet', '--line', '--ink'].map((name) => {
      this.#probe.style.color = `var(${name})`;
      return getComputedStyle(this.#probe).color;
    });
  }

  /** Everything but what is on the canvases. @param {Metrics} metrics */
  #show(metrics) {
    const { view, words } = this.#desk.session;
    const plots = plotsOf(metrics, words).map(({ id }) => id);
    for (const [id, { chart }] of this.#drawn) {
      if (plots.includes(id)) continue;
      chart?.destroy();
      this.#drawn.delete(id);
    }
    const { rows, summary } = reignsOf(metrics, view);
    render(
      html`<div class="scroll plots" tabindex="0" role="group" aria-label="Plots of what each node does">
        <ul class="plot-names" aria-label="The lines">
          ${metrics.nodes.map(
            ({ name }, at) =>
              html`<li>
                <i
                  class="plot-swatch ${at >= COLOURS ? 'dashed' : ''}"
                  style="--swatch: var(--plot-${at % COLOURS})"
                ></i
                >${name}
              </li>`,
          )}
        </ul>
        <div class="plot-grid">
          <figure class="plot" aria-labelledby="${this.#desk.id}-plot-led">
            <figcaption id="${this.#desk.id}-plot-led">
              <b>Who led</b> <span class="quiet">share of the time</span>
            </figcaption>
            <div class="reigns">
              ${rows.map(
                ({ name, share, stretches }) =>
                  html`<span>${name}</span>
                    <div class="reign-track" @click=${this.#seek}>
                      ${stretches.map(
                        ({ from, to, reign }) =>
                          html`<i
                            class="reign ${epochClass(reign.epoch)}"
                            style="left: ${from * 100}%; width: ${(to - from) * 100}%"
                            title="${name} leads${reign.epoch ? `, ${words.epoch} ${reign.epoch.text}` : ''}: ${moment(reign.from)} to ${moment(reign.until ?? metrics.now)}"
                            >${reign.epoch?.text ?? nothing}</i
                          >`,
                      )}
                    </div>
                    <span>${share}</span>`,
              )}
            </div>
            <p class="plot-said">${summary}</p>
          </figure>
          ${plots.map((id) => this.#figure(id))}
        </div>
        ${this.#table(metrics)}
      </div>`,
      this.#host,
    );
  }

  /** @param {string} id */
  #figure(id) {
    const drawn = this.#drawn.get(id);
    if (!drawn) return nothing;
    const { plot } = drawn;
    const name = `${this.#desk.id}-plot-${id}`;
    return html`<figure class="plot" aria-labelledby=${name}>
      <figcaption id=${name}><b>${plot.title}</b> <span class="quiet">${plot.unit}</span></figcaption>
      <div
        class="plot-canvas"
        aria-hidden="true"
        ${ref((element) => {
          drawn.host = /** @type {HTMLElement | undefined} */ (element);
        })}
      ></div>
      <p
        class="plot-said"
        ${ref((element) => {
          drawn.said = /** @type {HTMLElement | undefined} */ (element);
        })}
      ></p>
    </figure>`;
  }

  /** @param {Metrics} metrics */
  #table({ nodes, now }) {
    const { bids } = this.#desk.session.words;
    const number = (/** @type {number} */ n) => n.toLocaleString('en');
    const time = (/** @type {number | undefined} */ micros) => (micros === undefined ? '–' : span(micros));
    return html`<table class="plain figures">
      <caption>
        What each node has done in ${moment(now)}
      </caption>
      <thead>
        <tr>
          <th scope="col">node</th>
          ${
            bids === ''
              ? nothing
              : html`<th scope="col">${bids} begun</th>
                  <th scope="col">won</th>`
          }
          <th scope="col">led</th>
          <th scope="col">messages sent</th>
          <th scope="col">received</th>
          <th scope="col">bytes sent</th>
          <th scope="col">received</th>
          <th scope="col">committed</th>
          <th scope="col" title="From a leader's taking something in until it knows it to be committed: half of them">
            commit, half within
          </th>
          <th scope="col" title="The same: 99 in 100 of them">99% within</th>
        </tr>
      </thead>
      <tbody>
        ${nodes.map(
          ({ name, totals, commit }) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${
                bids === ''
                  ? nothing
                  : html`<td>${number(totals.tried)}</td>
                      <td>${number(totals.won)}</td>`
              }
              <td>${span(totals.led)}</td>
              <td>${number(totals.sent)}</td>
              <td>${number(totals.received)}</td>
              <td>${number(totals.sent_bytes)}</td>
              <td>${number(totals.received_bytes)}</td>
              <td>${number(totals.committed)}</td>
              <td>${time(commit.median)}</td>
              <td>${time(commit.most)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
  }

  /** Goes to the time that was clicked on a track. */
  #seek = (/** @type {MouseEvent} */ event) => {
    const { view } = this.#desk.session;
    const { left, width } = /** @type {HTMLElement} */ (event.currentTarget).getBoundingClientRect();
    this.#desk.seek(((event.clientX - left) / width) * Math.max(view.past.end, view.now));
  };

  /** What is on a canvas. @param {Drawn} drawn */
  #draw(drawn) {
    const { plot, host } = drawn;
    if (!host) return;
    const width = host.clientWidth;
    if (width === 0) return;
    const shape = `${plot.lines.length} ${plot.bars !== undefined} ${this.#colours}`;
    const data = /** @type {uPlot.AlignedData} */ ([plot.xs, ...plot.lines.map(({ ys }) => ys)]);
    if (drawn.chart && drawn.shape === shape && host.contains(drawn.chart.root)) {
      if (drawn.width !== width) drawn.chart.setSize({ width, height: HEIGHT });
      drawn.chart.setData(data);
    } else {
      drawn.chart?.destroy();
      drawn.shape = shape;
      drawn.chart = new uPlot(this.#options(drawn, width), data, host);
      if (!plot.bars) this.#listen(drawn.chart);
    }
    drawn.width = width;
  }

  /** @param {uPlot} chart */
  #listen(chart) {
    chart.over.addEventListener('click', ({ clientX }) => {
      const place = clientX - chart.over.getBoundingClientRect().left;
      this.#desk.seek(Math.max(0, chart.posToVal(place, 'x')) * 1e6);
    });
  }

  /** @param {Drawn} drawn @param {number} width @returns {uPlot.Options} */
  #options(drawn, width) {
    const { bars, lines, steps } = drawn.plot;
    const [quiet, faint] = this.#colours.slice(COLOURS);
    const font = `12px ${getComputedStyle(this.#host).fontFamily}`;
    const axis = { stroke: quiet, font, ticks: { show: false } };
    const end = () => {
      const { past, now } = this.#desk.session.view;
      return Math.max(past.end, now) / 1e6;
    };
    const brief = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
    const places = (/** @type {number[]} */ splits) =>
      splits.map((at) => (Number.isInteger(at) && drawn.plot.bars?.[at]) || '');
    const seconds = (/** @type {number[]} */ splits) => splits.map((at) => `${Number(at.toFixed(3))} s`);
    return {
      ...{ width, height: HEIGHT, padding: [6, 8, 0, 0], legend: { show: false } },
      cursor: {
        y: false,
        // Nothing is dragged here: what uPlot takes for the end of a drag is a click, too.
        ...{ drag: { x: false, y: false, click: () => {} }, points: { show: !bars } },
        ...(bars ? {} : { sync: { key: `${this.#desk.id}-plots` } }),
      },
      scales: {
        x: {
          time: false,
          range: () => (bars ? [-0.6, Math.max(1, drawn.plot.xs.length) - 0.4] : [0, Math.max(0.001, end())]),
        },
        y: { range: (_, __, most) => [0, Math.max(1, most ?? 0) * 1.1] },
      },
      axes: [
        {
          ...axis,
          ...{ size: 22, gap: 3, space: bars ? 55 : 60, grid: { show: false } },
          ...(bars ? { incrs: [1, 2, 4, 8, 16, 32, 64] } : {}),
          values: (_, splits) => (bars ? places(splits) : seconds(splits)),
        },
        {
          ...axis,
          ...{ size: 44, gap: 4, space: 30, grid: { stroke: faint, width: 1 } },
          values: (_, splits) => splits.map((at) => brief.format(at)),
        },
      ],
      series: [
        {},
        ...lines.map(({ node }, at) => {
          const place = node ?? at;
          const stroke = this.#colours[place % COLOURS];
          return {
            ...{ stroke, width: 1.5, points: { show: false } },
            ...(place >= COLOURS || (node === undefined && at > 0) ? { dash: [5, 3] } : {}),
            ...(steps ? { paths: uPlot.paths.stepped?.({ align: 1 }) } : {}),
            ...(bars ? { fill: stroke, width: 0, paths: uPlot.paths.bars?.({ size: [0.9, 40] }) } : {}),
          };
        }),
      ],
      hooks: {
        setCursor: [
          ({ cursor: { idx, left = -1 } }) => {
            drawn.pointed = left >= 0 && typeof idx === 'number' ? idx : undefined;
            say(drawn);
          },
        ],
      },
    };
  }
}

/** Says what is pointed at, or else what there is to see. A pointer moves more often than figures change. @param {Drawn} drawn */
function say({ plot, said, pointed }) {
  if (!said) return;
  said.textContent = pointed !== undefined && pointed < plot.xs.length ? readout(plot, pointed) : plot.summary;
}
