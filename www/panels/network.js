// The network as a whole: what every link does to messages, and who cannot reach whom. Values are the texts that steps
// use, so that what is shown can be typed; single links are treated where they are, in the ring.

import { html, render } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { nameOf, partitionStep } from '../reading.js';

/** @typedef {import('../desk.js').Desk} Desk */

/** The qualities of a link, by the words that begin their steps. */
const QUALITIES = /** @type {const} */ ([
  ['latency', 'Time on the way', 'a time or a range: 10ms..20ms'],
  ['loss', 'Lost', 'a share: 5%'],
  ['duplication', 'Arrives twice', 'a share: 2%'],
  ['reordering', 'May be overtaken', 'a share: 10%'],
]);

/** The network panel. */
export class NetworkPanel {
  #host;
  #desk;
  /** @type {Map<string, string>} what the person has typed and not applied yet */
  #drafts = new Map();
  /** @type {Set<string>} one side of the cut that is being prepared */
  #side = new Set();
  #runs = 0;

  /** @param {HTMLElement} host @param {Desk} desk */
  constructor(host, desk) {
    this.#host = host;
    this.#desk = desk;
  }

  /** Puts the person to the partition helper. */
  focus() {
    this.render();
    /** @type {HTMLElement | null} */ (this.#host.querySelector('.part input'))?.focus();
  }

  render() {
    const { session } = this.#desk;
    const { view } = session;
    if (this.#runs !== session.runs) {
      this.#runs = session.runs;
      this.#drafts.clear();
      this.#side.clear();
    }
    const step = partitionStep(view, [...this.#side]);
    render(
      html`<div class="scroll" tabindex="0" role="group" aria-label="The network">
        <form class="row part" @submit=${this.#part}>
          <fieldset>
            <legend>Part these from the others</legend>
            ${view.nodes.map(
              (card) =>
                html`<label class="check"
                  ><input
                    type="checkbox"
                    .checked=${live(this.#side.has(card.id))}
                    @change=${() => this.#flip(card.id)}
                  />${card.name}</label
                >`,
            )}
          </fieldset>
          <button type="submit" ?disabled=${step === undefined}>Part</button>
          <button type="button" title="Heal every link (B also brings every node back)" @click=${this.#heal}>
            Heal all
          </button>
          <p class="wrong" role="alert">${this.#desk.said('part')}</p>
        </form>
        <form class="row" novalidate @submit=${this.#apply}>
          ${QUALITIES.map(
            ([name, label, form]) =>
              html`<label title=${form}
                >${label}
                <input
                  name=${name}
                  size=${name === 'latency' ? 11 : 5}
                  autocomplete="off"
                  spellcheck="false"
                  .value=${live(this.#drafts.get(name) ?? view.network[name])}
                  @input=${this.#type}
              /></label>`,
          )}
          <button type="submit">Apply to all links</button>
          <p class="wrong" role="alert">${this.#desk.said('network')}</p>
        </form>
        ${
          view.links.length > 0
            ? html`<table class="plain">
                <thead>
                  <tr>
                    <th scope="col">link</th>
                    ${QUALITIES.map(([, label]) => html`<th scope="col">${label}</th>`)}
                  </tr>
                </thead>
                <tbody>
                  ${view.links.map(
                    (link) =>
                      html`<tr>
                        <th scope="row">${nameOf(view, link.from)} → ${nameOf(view, link.to)}</th>
                        ${
                          link.cut
                            ? html`<td colspan="4"><b class="no">cut</b></td>`
                            : QUALITIES.map(([name]) => html`<td>${link[name]}</td>`)
                        }
                      </tr>`,
                  )}
                </tbody>
              </table>`
            : html`<p class="quiet">No link is cut, and none differs from the others.</p>`
        }
      </div>`,
      this.#host,
    );
  }

  #type = (/** @type {Event} */ event) => {
    const { name, value } = /** @type {HTMLInputElement} */ (event.currentTarget);
    this.#drafts.set(name, value);
  };

  #apply = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const { network } = this.#desk.session.view;
    const changed = QUALITIES.map(([name]) => name).filter((name) => {
      const draft = this.#drafts.get(name);
      return draft !== undefined && draft.trim() !== network[name];
    });
    const empty = QUALITIES.find(([name]) => changed.includes(name) && this.#drafts.get(name)?.trim() === '');
    if (empty) return this.#desk.say('network', `“${empty[1]}” is empty: expected ${empty[2]}.`);
    for (const [i, name] of changed.entries()) {
      if (this.#desk.take('network', `${name} all ${this.#drafts.get(name)?.trim()}`)) continue;
      // All or nothing: what was changed before is as it was, and everything stays in its field, to be mended.
      const refused = this.#desk.said('network');
      for (const done of changed.slice(0, i)) this.#desk.take('network', `${done} all ${network[done]}`);
      return this.#desk.say('network', refused);
    }
    this.#drafts.clear();
    this.#desk.say('network');
  };

  #part = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const step = partitionStep(this.#desk.session.view, [...this.#side]);
    if (step) this.#desk.take('part', step);
  };

  #heal = () => {
    if (this.#desk.session.view.links.some(({ cut }) => cut)) this.#desk.take('part', 'heal');
    else this.#desk.say('part', 'No link is cut.');
  };

  /** @param {string} id */
  #flip(id) {
    if (!this.#side.delete(id)) this.#side.add(id);
    this.render();
  }
}
