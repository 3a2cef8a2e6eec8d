// Who takes part, as a form: for each node a choice, and the ways from here to there. All at once is one step, which
// needs both the majority before and the one after; one after another is a step for each node, as the core takes them.

import { html, nothing } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { singleSteps, standingsOf, wholeStep } from '../members.js';
import { FULL, startAction } from '../orders.js';
import { leaderOf, trouble } from '../reading.js';

/** @typedef {import('../desk.js').Desk} Desk */
/** @typedef {import('../../src/wasm.js').NodeCard} NodeCard */

/** The form of the members; whoever holds it renders it. */
export class MembersForm {
  #desk;
  #changed;
  /** @type {Map<string, number>} what the person wants that is not so yet */
  #wishes = new Map();
  #stay = false;

  /** @param {Desk} desk @param {() => void} changed called when it has to be rendered anew */
  constructor(desk, changed) {
    this.#desk = desk;
    this.#changed = changed;
  }

  /** What was wanted is not wanted any more. */
  forget() {
    this.#wishes.clear();
    this.#stay = false;
  }

  template() {
    const { view, words } = this.#desk.session;
    const leader = leaderOf(view);
    const seer = leader ?? view.nodes.find((card) => card.up) ?? view.nodes[0];
    const now = standingsOf(view, seer);
    for (const [id, wish] of this.#wishes) if (!now.has(id) || now.get(id) === wish) this.#wishes.delete(id);
    const wanted = new Map([...now].map(([id, standing]) => [id, this.#wishes.get(id) ?? standing]));
    const joint = seer.node.quorums.length > 1;
    return html`<table class="plain members">
        <thead>
          <tr>
            <th scope="col">node</th>
            ${words.standings.map((standing) => html`<th scope="col">${standing}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${view.nodes.map((card) => this.#row(card, wanted.get(card.id) ?? FULL, this.#wishes.has(card.id)))}
        </tbody>
      </table>
      ${joint ? this.#halfDone(leader, seer) : this.#ways(leader, now, wanted)}
      <p class="wrong" role="alert">${this.#desk.said('rules')}</p>`;
  }

  /** @param {NodeCard} card @param {number} standing @param {boolean} wished */
  #row({ id, name, ...card }, standing, wished) {
    const { standings } = this.#desk.session.words;
    return html`<tr class=${wished ? 'wished' : ''}>
      <th scope="row">
        ${name}${wished ? html` <span title="not so yet">*</span>` : nothing}
        <span class="quiet">${trouble(/** @type {NodeCard} */ ({ id, name, ...card })) || card.node.role}</span>
      </th>
      ${standings.map(
        (word, i) =>
          html`<td>
            <input
              type="radio"
              name="${this.#desk.id}-member-${id}"
              aria-label="${name} ${word}"
              .checked=${live(standing === i)}
              @change=${() => {
                this.#wishes.set(id, i);
                this.#changed();
              }}
            />
          </td>`,
      )}
    </tr>`;
  }

  /** @param {NodeCard | undefined} leader @param {Map<string, number>} now @param {Map<string, number>} wanted */
  #ways(leader, now, wanted) {
    const { words, view } = this.#desk.session;
    const order = words.orders.find(({ names }) => names === 'all');
    const singles = leader ? singleSteps(leader.id, now, wanted) : [];
    const idle = singles.length === 0;
    const start = startAction(view);
    const saidOf = (/** @type {string} */ step) => step.split(' ').slice(2).join(' ');
    return html`<div class="row">
        <button
          type="button"
          class="strong"
          ?disabled=${idle}
          title="${order?.sentence} ${order?.section}"
          @click=${() => leader && this.#take(wholeStep(leader.id, wanted, this.#stay))}
        >
          All at once
        </button>
        <label class="check" title="Both sets of nodes count until somebody ends it"
          ><input
            type="checkbox"
            .checked=${live(this.#stay)}
            @change=${() => {
              this.#stay = !this.#stay;
              this.#changed();
            }}
          />
          and stay half way</label
        >
        <button type="button" ?disabled=${idle} @click=${() => this.#take(singles[0])}>
          One by one${idle ? '' : `: ${saidOf(singles[0])}`}
        </button>
        ${
          this.#wishes.size > 0
            ? html`<button
                type="button"
                @click=${() => {
                  this.forget();
                  this.#changed();
                }}
              >
                Leave all as it is
              </button>`
            : nothing
        }
        <button
          type="button"
          ?disabled=${start.disabled !== undefined}
          title=${start.hint}
          @click=${() => this.#take(start.step)}
        >
          ${start.label}
        </button>
      </div>
      <p class="quiet">${this.#explained(leader, singles.slice(1).map(saidOf), order)}</p>`;
  }

  /** @param {NodeCard | undefined} leader @param {string[]} later @param {import('../../src/wasm.js').OrderWord | undefined} order */
  #explained(leader, later, order) {
    if (!leader) return 'Nobody leads at this moment, and only a leader can change who takes part.';
    if (later.length > 0) return `Then one by one: ${later.join(', ')}, each once the one before is committed.`;
    return html`${order?.sentence} <cite>${order?.section}</cite>`;
  }

  /** @param {NodeCard | undefined} leader @param {NodeCard} seer */
  #halfDone(leader, { node }) {
    const [after, before] = node.quorums;
    const majority = (/** @type {string[]} */ ids) => `${Math.floor(ids.length / 2) + 1} of ${ids.join(' ')}`;
    const order = this.#desk.session.words.orders.find(({ verb }) => verb === 'leave');
    return html`<p><b>Half way:</b> ${majority(before)} must agree, and so must ${majority(after)}.</p>
      <div class="row">
        <button
          type="button"
          class="strong"
          ?disabled=${!leader}
          title=${order?.sentence ?? ''}
          @click=${() => leader && this.#take(`tell ${leader.id} leave`)}
        >
          ${order?.label ?? 'End the change'}
        </button>
        <cite>${order?.section}</cite>
      </div>`;
  }

  /** @param {string | undefined} step */
  #take(step) {
    if (step) this.#desk.take('rules', step);
  }
}
