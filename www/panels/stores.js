// Every node's own copy of the key-value store, side by side: a row for each node, a column for each key. Where the
// nodes do not agree, those who differ from most are marked, by a sign as well as by colour.

import { html, nothing, render } from 'lit-html';
import { icon } from '../icons.js';
import { leaderOf, oddOnes, trouble } from '../reading.js';

/** @typedef {import('../desk.js').Desk} Desk */

/** What a store without the key has, for the comparison; no value looks like this. */
const ABSENT = '\u0000';

/** The stores panel. */
export class StoresPanel {
  #host;
  #desk;

  /** @param {HTMLElement} host @param {Desk} desk */
  constructor(host, desk) {
    this.#host = host;
    this.#desk = desk;
  }

  render() {
    const { view } = this.#desk.session;
    const stores = view.nodes.flatMap((card) => (card.node.store ? [{ card, store: new Map(card.node.store) }] : []));
    const keys = [...new Set(stores.flatMap(({ store }) => [...store.keys()]))].sort();
    // A crashed node has forgotten its store; that is no difference of opinion.
    const running = stores.filter(({ card }) => card.up);
    const odd = new Map(keys.map((key) => [key, oddOnes(running.map(({ store }) => store.get(key) ?? ABSENT))]));
    const without = view.nodes.length - stores.length;
    const leader = leaderOf(view);
    render(
      html`<div class="scroll" tabindex="0" role="group" aria-label="The key-value stores">
        <table class="plain stores">
          <thead>
            <tr>
              <th scope="col">node</th>
              ${keys.map((key) => html`<th scope="col">${key}</th>`)}
              ${keys.length === 0 ? html`<th scope="col" class="quiet">no keys yet</th>` : nothing}
            </tr>
          </thead>
          <tbody>
            ${stores.map(
              ({ card, store }) =>
                html`<tr class=${card.up ? '' : 'down'}>
                  <th scope="row">
                    ${card.name}${card === leader ? icon('crown') : nothing} <span class="quiet">${trouble(card)}</span>
                  </th>
                  ${keys.map((key) => {
                    const value = store.get(key);
                    const differs = card.up && odd.get(key)?.has(value ?? ABSENT);
                    return html`<td
                      class=${differs ? 'differs' : ''}
                      title=${differs ? 'differs from other nodes' : ''}
                    >
                      ${value ?? html`<span class="quiet">–</span>`}${differs ? html` <b aria-hidden="true">≠</b>` : nothing}
                    </td>`;
                  })}
                  ${keys.length === 0 ? html`<td class="quiet">empty</td>` : nothing}
                </tr>`,
            )}
          </tbody>
        </table>
        ${without > 0 ? html`<p class="quiet">The other ${without} nodes keep no store.</p>` : nothing}
      </div>`,
      this.#host,
    );
  }
}
