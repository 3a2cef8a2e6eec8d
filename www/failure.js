// What is shown when the core has panicked. That is a fault of this program, never of the person: it says so, keeps the
// seed and the steps that led to it, and offers to copy them and to start afresh.

import { html, nothing, render } from 'lit-html';
import { reportOf } from './report.js';

/** @typedef {import('./desk.js').Desk} Desk */

/** The failure that each host shows, so that each takes the focus once. @type {WeakMap<HTMLElement, unknown>} */
const shown = new WeakMap();

/**
 * Shows the panel while there is a failure, and takes it away when there is none.
 *
 * @param {HTMLElement} host
 * @param {Desk} desk
 */
export function showFailure(host, desk) {
  const { failure } = desk.session;
  if (!failure) {
    render(nothing, host);
    return;
  }
  const report = reportOf(failure);
  const copy = async (/** @type {Event} */ event) => {
    const button = /** @type {HTMLButtonElement} */ (event.currentTarget);
    try {
      await navigator.clipboard.writeText(report);
      button.textContent = 'Copied';
    } catch {
      // No clipboard here; the text is selected instead, ready for the person's own copying.
      const text = host.querySelector('textarea');
      text?.focus();
      text?.select();
      button.textContent = 'Selected: copy it now';
    }
  };
  render(
    html`<section
      class="failure"
      role="alertdialog"
      tabindex="-1"
      aria-labelledby="failure-title"
      aria-describedby="failure-text"
    >
      <h2 id="failure-title">The simulation has stopped</h2>
      <p id="failure-text">
        It met a fault of its own and cannot go on. This is what led to it; with it somebody can see the same again.
      </p>
      <textarea readonly rows="8" aria-label="Seed and steps" .value=${report}></textarea>
      <div class="row">
        <button type="button" @click=${copy}>Copy seed and steps</button>
        <button type="button" class="strong" @click=${() => desk.start(failure.settings)}>Start afresh</button>
      </div>
    </section>`,
    host,
  );
  if (shown.get(host) === failure) return;
  shown.set(host, failure);
  /** @type {HTMLElement | null} */ (host.querySelector('.failure'))?.focus();
}
