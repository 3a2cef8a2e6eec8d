// The dialog that goes to a time or to an event: `1.25` is a time in seconds, `850ms` one as scripts write it, `#312` the
// moment after so many events. It is loaded when it is opened for the first time.

import { html, render } from 'lit-html';
import { closeDialog, openDialog } from './dialog.js';

/** @typedef {import('./desk.js').Desk} Desk */

const UNITS = { us: 1, µs: 1, ms: 1000, s: 1e6, '': 1e6 };

/**
 * What somebody has written, as a time in microseconds or as a number of events.
 *
 * @param {string} text
 * @returns {{ now: number } | { steps: number } | undefined}
 */
export function placeFrom(text) {
  const event = /^\s*#\s*(\d{1,15})\s*$/.exec(text);
  if (event) return { steps: Number(event[1]) };
  const time = /^\s*(\d{1,9}(?:[.,]\d{1,6})?)\s*(us|µs|ms|s|)\s*$/.exec(text);
  if (!time) return undefined;
  const unit = /** @type {keyof typeof UNITS} */ (time[2]);
  return { now: Math.round(Number(time[1].replace(',', '.')) * UNITS[unit]) };
}

/**
 * Opens the dialog.
 *
 * @param {HTMLElement} host
 * @param {Desk} desk
 */
export function openGoto(host, desk) {
  const body = openDialog(host, 'Go to', 'goto');
  const { now, past, steps } = desk.session.view;
  const send = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const text = String(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)).get('to') ?? '');
    const place = placeFrom(text);
    if (!place) return draw(`“${text}” is neither a time, such as 1.25 s or 850 ms, nor an event, such as #312.`);
    const taken = 'now' in place ? desk.seek(place.now) : desk.seekEvent(place.steps);
    if (taken) closeDialog(host);
    else draw(desk.said('keys'));
  };
  const draw = (/** @type {string} */ wrong) =>
    render(
      html`<form @submit=${send}>
        <label
          >Time or event
          <input name="to" autocomplete="off" placeholder="1.25 s, 850 ms, #312" aria-describedby="goto-said" autofocus
        /></label>
        <button type="submit" class="strong">Go</button>
        <p id="goto-said" class="wrong" role="alert">${wrong}</p>
        <p class="quiet">
          Now it is ${(now / 1e6).toFixed(3)} s, after ${steps} events. This branch is known up to
          ${(past.end / 1e6).toFixed(3)} s and event #${past.end_steps}; beyond that it goes on.
        </p>
      </form>`,
      body,
    );
  draw('');
  /** @type {HTMLInputElement | null} */ (body.querySelector('input'))?.focus();
}
