// A dialog: a title, a way out, and whatever its caller renders into it. A click beside it, Esc and the cross close it;
// the browser gives the focus back to what had it.

import { html, render } from 'lit-html';
import { icon } from './icons.js';

/** Closes the dialog in a host, if one is open. @param {HTMLElement} host */
export const closeDialog = (host) => host.querySelector('dialog')?.close();

/**
 * Opens a dialog in place of the one that is open in this host.
 *
 * @param {HTMLElement} host
 * @param {string} title
 * @param {string} name of its class
 * @returns {HTMLElement} where its contents go
 */
export function openDialog(host, title, name) {
  // What another dialog has rendered here belongs to that one.
  const place = document.createElement('div');
  host.replaceChildren(place);
  const close = () => closeDialog(host);
  // A click beside the dialog is one on its backdrop, and that belongs to the dialog itself.
  const outside = (/** @type {MouseEvent} */ event) => {
    if (event.target !== event.currentTarget) return;
    const { left, right, top, bottom } = /** @type {Element} */ (event.currentTarget).getBoundingClientRect();
    const { clientX: x, clientY: y } = event;
    if (x < left || x > right || y < top || y > bottom) close();
  };
  render(
    html`<dialog class="dialog ${name}" aria-labelledby="dialog-title" @click=${outside}>
      <div class="title">
        <h2 id="dialog-title">${title}</h2>
        <button type="button" class="iconic" aria-label="Close" title="Close (Esc)" @click=${close}>
          ${icon('close')}
        </button>
      </div>
      <div class="body"></div>
    </dialog>`,
    place,
  );
  place.querySelector('dialog')?.showModal();
  return /** @type {HTMLElement} */ (place.querySelector('.body'));
}
