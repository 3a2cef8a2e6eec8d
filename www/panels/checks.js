// Everything that is checked at every event: what must hold, where that is stated, how often it was checked, and whether
// it holds at this moment. What does not hold any more says when it fell, who contradicts whom, and leads there.
//
// All of it comes from the run; what is checked, and what it is called, is the protocol's business.

import { html, nothing, render } from 'lit-html';
import { counted, moment, spoken } from '../format.js';
import { nameOf } from '../reading.js';
import { source } from '../source.js';

/** @typedef {import('../desk.js').Desk} Desk */
/** @typedef {import('../../src/wasm.js').CheckCard} CheckCard */
/** @typedef {import('../../src/wasm.js').ViolationCard} ViolationCard */

/** The checks panel. */
export class ChecksPanel {
  #host;
  #desk;

  /** @param {HTMLElement} host @param {Desk} desk */
  constructor(host, desk) {
    this.#host = host;
    this.#desk = desk;
  }

  render() {
    const { session } = this.#desk;
    const checks = session.checks();
    const fallen = checks.filter(({ violation }) => violation);
    // What fell first stands first: it is what somebody has come to see.
    fallen.sort((one, other) => (one.violation?.steps ?? 0) - (other.violation?.steps ?? 0));
    const whole = checks.filter(({ violation }) => !violation);
    render(
      html`<div class="scroll checks" tabindex="0" role="group" aria-label="What is checked">
        <p class=${fallen.length > 0 ? 'wrong' : 'quiet'} role="status">${told(checks.length, fallen.length)}</p>
        <ul>
          ${[...fallen, ...whole].map((check) => this.#check(check))}
        </ul>
      </div>`,
      this.#host,
    );
  }

  /** @param {CheckCard} check */
  #check({ property, sentence, section, checked, violation }) {
    const name = property.charAt(0).toUpperCase() + spoken(property.slice(1));
    return html`<li class=${violation ? 'fell' : 'holds'}>
      <p>
        <b>${name}</b> <span class="state">${violation ? 'broken' : 'holds'}</span>
        <span class="quiet">checked ${counted(checked, 'time')}</span>
        ${
          !violation && this.#desk.explore
            ? html`<button
                type="button"
                class="link"
                aria-label="${name}: explore from here"
                @click=${() => this.#desk.explore?.({ property })}
              >
                explore from here
              </button>`
            : nothing
        }
      </p>
      <p>${sentence} ${source(section)}</p>
      ${violation ? this.#fall(violation) : nothing}
    </li>`;
  }

  /** @param {ViolationCard} violation */
  #fall({ text, claims, at, steps }) {
    const { view } = this.#desk.session;
    return html`<p class="fall">
        ${text}.
        ${
          view.steps === steps
            ? html`<span class="quiet">At ${moment(at)}, which is now.</span>`
            : html`<button type="button" class="link" @click=${() => this.#desk.seekEvent(steps)}>
                Go to ${moment(at)}, when it fell
              </button>`
        }
      </p>
      <table class="plain">
        <caption class="unseen">
          What cannot be true together
        </caption>
        <thead>
          <tr>
            <th scope="col">who</th>
            <th scope="col">${this.#desk.session.words.slot}</th>
            <th scope="col">what</th>
          </tr>
        </thead>
        <tbody>
          ${claims.map(
            ({ node, slot, value }) =>
              html`<tr>
                <th scope="row">${node ? nameOf(view, node) : '–'}</th>
                <td>${slot ?? '–'}</td>
                <td>${value}</td>
              </tr>`,
          )}
        </tbody>
      </table>`;
  }
}

/** @param {number} all @param {number} fallen */
function told(all, fallen) {
  if (all === 0) return 'There is nothing that several nodes could contradict each other about, so nothing is checked.';
  if (fallen > 0) return `${fallen} of ${all} ${fallen === 1 ? 'does' : 'do'} not hold any more.`;
  return `All ${all} hold at this moment. Each is checked at every event that changes something it is about.`;
}
