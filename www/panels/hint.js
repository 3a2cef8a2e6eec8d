// Three things to try, for somebody who has just come. Each can be done at once with its button; the hint goes when it
// is dismissed, and does not come back in this browser.

import { html, nothing } from 'lit-html';
import { recall, remember } from '../memory.js';
import { nextWrite } from '../reading.js';

/** @typedef {import('../desk.js').Desk} Desk */

/**
 * @param {Desk} desk
 * @param {() => void} changed
 */
export function hint(desk, changed) {
  if (recall('hint') === 'dismissed') return nothing;
  const write = () => desk.submit({ client: 'c1', op: 'put', ...nextWrite(desk.session.view) });
  const dismiss = () => {
    remember('hint', 'dismissed');
    changed();
  };
  return html`<div class="hint">
    <h3>Three things to try</h3>
    <ul>
      <li><button type="button" class="link" @click=${write}>Write a key</button> and watch it travel.</li>
      <li>
        <button type="button" class="link" @click=${() => desk.command('crash-leader')}>Crash the leader</button> and
        see whether the cluster recovers.
      </li>
      <li>
        <button type="button" class="link" @click=${() => desk.command('step')}>Step event by event</button> with the
        key S, or skip to what happens next with N.
      </li>
    </ul>
    <button type="button" class="link quiet" @click=${dismiss}>Do not show this again</button>
  </div>`;
}
