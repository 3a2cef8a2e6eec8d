// A little form for an action that needs one more thing from the person: by how much a message is to be delayed, how
// long a link or a disk is to take, whom an order is about. It knows those steps' texts; what came of them is its
// caller's business.

import { html } from 'lit-html';

/** @typedef {import('../actions.js').Action} Action */
/** @typedef {import('../names.js').Thing} Thing */

/** @param {Thing} thing @param {Action} action */
function questionOf(thing, action) {
  if (thing.kind === 'link') {
    const step = `latency ${thing.from}--${thing.to}`;
    return { label: 'Time on the way, both ways', value: '50ms..80ms', step };
  }
  if (action.ask === 'disk') return { label: 'A write takes', value: '50ms..80ms', step: `disk ${thing.id}` };
  if (action.ask === 'order') return { label: 'To', value: '', step: action.step ?? '' };
  return { label: 'Later by', value: '20ms', step: `delay ${thing.id}` };
}

/**
 * @param {{ thing: Thing, action: Action }} asking
 * @param {(step: string) => void} answer
 * @param {() => void} cancel
 */
export function askForm({ thing, action }, answer, cancel) {
  const { label, value, step } = questionOf(thing, action);
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const fields = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    answer(`${step} ${String(fields.get('answer') ?? '').trim()}`);
  };
  const key = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    cancel();
  };
  return html`<form class="ask row" @submit=${submit} @keydown=${key}>
    <label
      >${label}
      ${
        action.choices
          ? html`<select name="answer">
              ${action.choices.map((choice) => html`<option>${choice}</option>`)}
            </select>`
          : html`<input name="answer" value=${value} size="12" autocomplete="off" />`
      }</label
    >
    <button type="submit">${action.label.replace(/…$/, '')}</button>
    <button type="button" @click=${cancel}>Cancel</button>
  </form>`;
}
