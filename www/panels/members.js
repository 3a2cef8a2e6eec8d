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
    const singles = leader ? singleSteps(leader.id, now, wanted) : [];
    // What can be done stands above, where it is seen however many nodes there are; what it leads to beneath, so that
    // nothing moves while somebody chooses.
    return html`${joint ? this.#halfDone(leader, seer) : this.#ways(leader, wanted, singles)}
      <p class="wrong" role="alert">${this.#desk.said('rules')}</p>
      <table class="plain members">
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
      ${joint ? nothing : html`<p class="quiet">${this.#explained(leader, singles)}</p>`}`;
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

  /** @param {NodeCard | undefined} leader @param {Map<string, number>} wanted @param {string[]} singles */
  #ways(leader, wanted, singles) {
    const { words, view } = this.#desk.session;
    const order = words.orders.find(({ names }) => names === 'all');
    const idle = singles.length === 0;
    const start = startAction(view);
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
      <button
        type="button"
        ?disabled=${idle}
        title="The first of the single changes that lead there"
        @click=${() => this.#take(singles[0])}
      >
        One by one
      </button>
      <button
        type="button"
        ?disabled=${this.#wishes.size === 0}
        title="Choose nothing"
        @click=${() => {
          this.forget();
          this.#changed();
        }}
      >
        Leave all as it is
      </button>
      <button
        type="button"
        ?disabled=${start.disabled !== undefined}
        title=${start.hint}
        @click=${() => this.#take(start.step)}
      >
        ${start.label}
      </button>
    </div>`;
  }

  /** @param {NodeCard | undefined} leader @param {string[]} singles */
  #explained(leader, singles) {
    if (!leader) return 'Nobody leads at this moment, and only a leader can change who takes part.';
    const steps = singles.map((step) => step.split(' ').slice(2).join(' '));
    if (steps.length > 1) return `One by one: ${steps.join(', ')}, each once the one before is committed.`;
    if (steps.length === 1) return `One by one: ${steps[0]}.`;
    const order = this.#desk.session.words.orders.find(({ names }) => names === 'all');
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
