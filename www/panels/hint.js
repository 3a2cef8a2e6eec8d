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
  // Whoever has opened a story has something to try.
  if (recall('hint') === 'dismissed' || desk.session.story.lines.length > 0) return nothing;
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
        <button type="button" class="link" @click=${() => desk.command('earlier')}>Go back in time</button>, or drag the
        line under the ring, and do something else there: what was is kept.
      </li>
    </ul>
    <button type="button" class="link quiet" @click=${dismiss}>Do not show this again</button>
  </div>`;
}
