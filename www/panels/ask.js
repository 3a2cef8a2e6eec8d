// A little form for an action that needs one more thing from the person: by how much a message is to be delayed, how
// long a link is to take. It knows those steps' texts; what came of them is its caller's business.

import { html } from 'lit-html';

/** @typedef {import('../actions.js').Action} Action */
/** @typedef {import('../names.js').Thing} Thing */

/**
 * @param {{ thing: Thing, action: Action }} asking
 * @param {(step: string) => void} answer
 * @param {() => void} cancel
 */
export function askForm({ thing, action }, answer, cancel) {
  const question =
    thing.kind === 'link'
      ? { label: 'Time on the way, both ways', value: '50ms..80ms', step: `latency ${thing.from}--${thing.to}` }
      : { label: 'Later by', value: '20ms', step: `delay ${thing.id}` };
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const fields = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    answer(`${question.step} ${String(fields.get('answer') ?? '').trim()}`);
  };
  const key = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    cancel();
  };
  return html`<form class="ask row" @submit=${submit} @keydown=${key}>
    <label>${question.label} <input name="answer" value=${question.value} size="12" autocomplete="off" /></label>
    <button type="submit">${action.label.replace(/…$/, '')}</button>
    <button type="button" @click=${cancel}>Cancel</button>
  </form>`;
}
