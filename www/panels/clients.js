// The clients and what they wait for, and the form in which a person writes a request for one of them. Answers stand
// where the question stood: a client's row shows its running request, and then what came of it.

import { html, nothing, render } from 'lit-html';
import { nameOf } from '../reading.js';

/** @typedef {import('../desk.js').Desk} Desk */
/** @typedef {import('../../src/wasm.js').ClientCard} ClientCard */

/** The keys that are proposed for writing, one after another. */
const KEYS = ['a', 'b', 'c', 'd', 'e'];

/** The clients panel. */
export class ClientsPanel {
  #host;
  #desk;
  #op = 'put';
  /** Counts the values that are proposed, so that each write can be told from the last. */
  #writes = 1;

  /** @param {HTMLElement} host @param {Desk} desk */
  constructor(host, desk) {
    this.#host = host;
    this.#desk = desk;
  }

  /** Puts the person into the form. @param {{ client?: string, to?: string, op?: string }} [wish] what for */
  focus({ client, to, op = this.#op } = {}) {
    this.#op = op;
    this.render();
    const form = this.#host.querySelector('form');
    const set = (/** @type {string} */ name, /** @type {string | undefined} */ value) => {
      const field = form?.elements.namedItem(name);
      if (value !== undefined && field instanceof HTMLSelectElement) field.value = value;
    };
    set('op', op);
    set('client', client);
    set('to', to);
    const key = form?.elements.namedItem('key');
    if (key instanceof HTMLInputElement) {
      key.focus();
      key.select();
    }
  }

  render() {
    const { view, words } = this.#desk.session;
    const said = this.#desk.said('request');
    render(
      html`<form class="row request" novalidate @submit=${this.#send}>
          <label
            ><span class="unseen">Operation</span
            ><select name="op" @change=${this.#chooseOp}>
              <option>put</option>
              <option>get</option>
              <option>delete</option>
            </select></label
          >
          <label>key <input name="key" value="a" size="4" autocomplete="off" spellcheck="false" /></label>
          <span class="either">
            <label class=${this.#op === 'put' ? '' : 'away'}
              >value
              <input
                name="value"
                value="val_1"
                size="7"
                autocomplete="off"
                spellcheck="false"
                ?disabled=${this.#op !== 'put'}
            /></label>
            ${
              // Only a put has a value, and only a get asks which way: they have one place, so that nothing moves.
              words.reads.length > 0
                ? html`<label
                    class=${this.#op === 'get' ? '' : 'away'}
                    title="How a get is to be answered: see Rules, reads"
                    >by
                    <select name="by" ?disabled=${this.#op !== 'get'}>
                      <option value="">usual way</option>
                      ${words.reads.map((way) => html`<option>${way}</option>`)}
                    </select></label
                  >`
                : nothing
            }
          </span>
          <label
            >from
            <select name="client">
              ${view.clients.map((card) => html`<option>${card.id}</option>`)}
            </select></label
          >
          <label
            >to
            <select name="to">
              <option value="">its leader</option>
              ${view.nodes.filter((card) => card.door).map((card) => html`<option value=${card.id}>${card.name}</option>`)}
            </select></label
          >
          <button type="submit" class="strong" title="A put never overwrites: delete the key first">Send</button>
          <button
            type="button"
            role="switch"
            class="switch"
            title="Whether clients send requests of their own"
            aria-checked=${view.traffic}
            @click=${() => this.#desk.take('clients', `traffic ${view.traffic ? 'off' : 'on'}`)}
          >
            Traffic
          </button>
          <p class="wrong" role="alert">${said || this.#desk.said('clients')}</p>
        </form>
        <div class="scroll" tabindex="0" role="group" aria-label="Clients and their requests">
          <table class="plain clients">
            <thead>
              <tr>
                <th scope="col">client</th>
                <th scope="col">asks</th>
                <th scope="col">last answer</th>
                <th scope="col" title="requests that wait behind the running one">queue</th>
              </tr>
            </thead>
            <tbody>
              ${view.clients.map((card) => this.#row(card))}
            </tbody>
          </table>
        </div>`,
      this.#host,
    );
  }

  /** @param {ClientCard} card */
  #row({ id, running, last, queued }) {
    const { view } = this.#desk.session;
    const away = running?.busy ? 'turned away: too much to do' : 'nobody yet';
    const whom = running?.to ? nameOf(view, running.to) : away;
    return html`<tr>
      <th scope="row">${id}</th>
      <td>
        ${
          running
            ? html`<b>${running.text}</b>
                <span class="quiet">${whom}${running.attempts > 1 ? `, attempt ${running.attempts}` : ''}</span>`
            : html`<span class="quiet">nothing</span>`
        }
      </td>
      <td>
        ${last ? html`<span class="quiet">${last.text} →</span> <b class=${last.ok ? 'yes' : 'no'}>${last.answer}</b>` : nothing}
      </td>
      <td>${queued > 0 ? queued : nothing}</td>
    </tr>`;
  }

  #chooseOp = (/** @type {Event} */ event) => {
    this.#op = /** @type {HTMLSelectElement} */ (event.currentTarget).value;
    this.render();
  };

  #send = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    const fields = new FormData(form);
    const text = (/** @type {string} */ name) => String(fields.get(name) ?? '').trim();
    const put = text('op') === 'put';
    const taken = this.#desk.submit({
      client: text('client'),
      op: text('op'),
      key: text('key'),
      value: put ? text('value') : undefined,
      to: text('to') || undefined,
      by: (text('op') === 'get' && text('by')) || undefined,
    });
    if (!taken || !put) return;
    // The next write is proposed only in place of what was proposed, never over the person's own. A put never
    // overwrites, so it is for the next key.
    const [key, value] = ['key', 'value'].map((name) => form.elements.namedItem(name));
    if (!(key instanceof HTMLInputElement && value instanceof HTMLInputElement)) return;
    if (value.value === `val_${this.#writes}`) value.value = `val_${this.#writes + 1}`;
    if (key.value === KEYS[(this.#writes - 1) % KEYS.length]) key.value = KEYS[this.#writes % KEYS.length];
    this.#writes += 1;
  };
}
