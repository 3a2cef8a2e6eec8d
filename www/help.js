// The help dialog: every key, from the same table that the keyboard follows.

import { html, render } from 'lit-html';
import { icon } from './icons.js';
import { KEYS } from './keys.js';

/**
 * Opens the dialog, or closes it where it is open.
 *
 * @param {HTMLElement} host
 */
export function toggleHelp(host) {
  const close = () => host.querySelector('dialog')?.close();
  // A click beside the dialog is one on its backdrop, and that belongs to the dialog itself.
  const outside = (/** @type {MouseEvent} */ event) => {
    const { left, right, top, bottom } = /** @type {Element} */ (event.currentTarget).getBoundingClientRect();
    const { clientX: x, clientY: y } = event;
    if (x < left || x > right || y < top || y > bottom) close();
  };
  const again = (/** @type {KeyboardEvent} */ event) => event.key === '?' && close();
  render(
    html`<dialog class="help" aria-labelledby="help-title" @click=${outside} @keydown=${again}>
      <div class="title">
        <h2 id="help-title">All keys</h2>
        <button type="button" class="iconic" aria-label="Close" title="Close (Esc)" @click=${close}>
          ${icon('close')}
        </button>
      </div>
      <dl class="keys">
        ${KEYS.map(
          (row) =>
            html`<div>
              <dt><kbd>${row.show}</kbd></dt>
              <dd>${row.text}</dd>
            </div>`,
        )}
      </dl>
      <p>
        In the ring, Tab and the arrow keys go from node to message to client; Enter, a right click or a long press
        opens the menu of a thing. The keys in that menu work without it, too, as long as the thing is selected. Keys
        are never taken while you type.
      </p>
    </dialog>`,
    host,
  );
  const dialog = host.querySelector('dialog');
  if (dialog?.open) dialog.close();
  else dialog?.showModal();
}
