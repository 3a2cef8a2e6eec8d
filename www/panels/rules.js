// The rules that the protocol follows, each with what it does, where it is described and its switch or its field; and
// who takes part. Changing one is a step of the run like any other, so it can be undone and is part of what is shared.
//
// Which rules there are, what they may be and under which headings they stand comes with the run. One heading is shown
// at a time: there are too many for one look, and nothing is to be searched by scrolling.

import { html, nothing, render } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { repeat } from 'lit-html/directives/repeat.js';
import { MembersForm } from './members.js';

/** @typedef {import('../desk.js').Desk} Desk */
/** @typedef {import('../../src/wasm.js').ChoiceCard} ChoiceCard */
/** @typedef {import('../../src/wasm.js').View} View */

/** The heading of what chooses everything at once: it stands above all others. */
const ALL = 'all';
/** The heading of who takes part. */
const MEMBERS = 'members';

/** What may be written into a field, as an example. @type {Record<string, string>} */
const FORMS = { number: 'a whole number', span: '50ms', spread: '150ms..300ms', share: '5%', text: '' };

/** How a value is read aloud and set back to. @param {string} value */
const said = (value) => ({ true: 'on', false: 'off' })[value] ?? value;

/** The rules panel. */
export class RulesPanel {
  #host;
  #desk;
  #members;
  #group = '';
  /** @type {ChoiceCard[]} */
  #cards = [];
  /** @type {View | undefined} the view that they were asked for at */
  #at;
  /** @type {Map<string, string>} what was typed and refused, or is being typed */
  #drafts = new Map();
  /** The rule that was refused. */
  #wrong = '';
  #runs = 0;

  /** @param {HTMLElement} host @param {Desk} desk */
  constructor(host, desk) {
    this.#host = host;
    this.#desk = desk;
    this.#members = new MembersForm(desk, () => this.render());
  }

  /** Puts the person to the rules. @param {{ group?: string }} [wish] under which heading */
  focus({ group } = {}) {
    if (group) this.#group = group;
    this.render();
    const first = group ? '.rules input, .rules button' : '.headings [aria-pressed="true"]';
    /** @type {HTMLElement | null} */ (this.#host.querySelector(first))?.focus();
  }

  render() {
    const { session } = this.#desk;
    const { view, words, runs } = session;
    if (this.#runs !== runs) {
      this.#runs = runs;
      this.#drafts.clear();
      this.#members.forget();
    }
    // They are asked for with each new view, since undo and time travel change them as well as the fields here do.
    if (this.#at !== view) {
      this.#at = view;
      this.#cards = session.choices();
    }
    if (this.#desk.said('rules') === '') this.#wrong = '';
    const changes = words.standings.length > 0 ? [MEMBERS] : [];
    const headings = [...new Set(this.#cards.map(({ group }) => group)), ...changes].filter((group) => group !== ALL);
    if (!headings.includes(this.#group)) this.#group = headings[0] ?? '';
    render(
      headings.length === 0
        ? html`<p class="quiet">${words.title} has no rules that can be chosen while it runs.</p>`
        : html`<div class="row headings" role="group" aria-label="Which rules">
              ${headings.map((group) => this.#heading(group))}
              ${this.#cards.filter(({ group }) => group === ALL).map((card) => this.#preset(card))}
            </div>
            <div class="scroll rules" tabindex="0" role="group" aria-label=${this.#group}>
              ${this.#group === MEMBERS ? this.#members.template() : this.#rules()}
            </div>`,
      this.#host,
    );
  }

  /** @param {string} group */
  #heading(group) {
    const changed = this.#cards.some((card) => card.group === group && card.value !== card.usual);
    return html`<button
      type="button"
      class="heading"
      aria-pressed=${group === this.#group}
      @click=${() => {
        this.#group = group;
        this.#host.querySelector('.rules')?.scrollTo(0, 0);
        this.render();
      }}
    >
      ${group}${changed ? html`<span class="changed" title="something here is not as usual"> •</span>` : nothing}
    </button>`;
  }

  /** A button for each word that chooses everything at once. @param {ChoiceCard} card */
  #preset(card) {
    const words = typeof card.kind === 'string' ? [] : card.kind.word;
    return html`<span class="preset" role="group" aria-label=${card.label} title="${card.label}: ${card.sentence}">
      <span class="quiet" aria-hidden="true">all as in</span>
      ${words.map(
        (word) =>
          html`<button type="button" aria-pressed=${card.value === word} @click=${() => this.#set(card, word)}>
            ${word}
          </button>`,
      )}
    </span>`;
  }

  #rules() {
    const cards = this.#cards.filter(({ group }) => group === this.#group);
    const unsafe = cards.every(({ safety }) => safety);
    return html`${
      unsafe
        ? html`<p class="warning">
            Without one of these something breaks sooner or later: that is what they are here to show.
          </p>`
        : nothing
    }
    ${repeat(
      cards,
      (card) => card.name,
      (card) => this.#rule(card),
    )}`;
  }

  /** @param {ChoiceCard} card */
  #rule(card) {
    const { name, label, sentence, section, value, usual } = card;
    const wrong = this.#wrong === name ? this.#desk.said('rules') : '';
    const hints = `${this.#desk.id}-rule-${name}`;
    return html`<div class="rule ${value === usual ? '' : 'changed'}">
      ${this.#control(card, hints)}
      <p id=${hints}>
        ${sentence} <cite>${section}</cite> ${
          value === usual
            ? nothing
            : html`<button
                type="button"
                class="link usual"
                aria-label="${label}: back to ${said(usual)}, as usual"
                @click=${() => this.#set(card, usual)}
              >
                usually ${said(usual)}
              </button>`
        }
      </p>
      <p class="wrong" role="alert">${wrong}</p>
    </div>`;
  }

  /** @param {ChoiceCard} card @param {string} hints the id of what explains it */
  #control(card, hints) {
    const { name, label, kind, value } = card;
    if (kind === 'switch') {
      return html`<button
        type="button"
        role="switch"
        class="switch"
        aria-checked=${value}
        aria-describedby=${hints}
        @click=${() => this.#set(card, String(value !== 'true'))}
      >
        ${label}
      </button>`;
    }
    if (typeof kind !== 'string') {
      return html`<label
        >${label}
        <select
          aria-describedby=${hints}
          .value=${live(value)}
          @change=${(/** @type {Event} */ event) => this.#set(card, valueOf(event))}
        >
          ${kind.word.map((word) => html`<option value=${word} ?selected=${word === value}>${word}</option>`)}
        </select></label
      >`;
    }
    const type = (/** @type {Event} */ event) => this.#drafts.set(name, valueOf(event));
    return html`<label
      >${label}
      <input
        size=${kind === 'spread' ? 13 : kind === 'text' ? 12 : 7}
        title=${FORMS[kind] ?? ''}
        autocomplete="off"
        spellcheck="false"
        aria-describedby=${hints}
        aria-invalid=${this.#wrong === name ? 'true' : nothing}
        .value=${live(this.#drafts.get(name) ?? value)}
        @input=${type}
        @change=${(/** @type {Event} */ event) => this.#set(card, valueOf(event))}
        @keydown=${(/** @type {KeyboardEvent} */ event) => {
          if (event.key !== 'Escape' || !this.#drafts.delete(name)) return;
          event.stopPropagation();
          this.#wrong = '';
          this.#desk.say('rules');
        }}
    /></label>`;
  }

  /** @param {ChoiceCard} card @param {string} value */
  #set({ name, label, value: before }, value) {
    const text = value.trim();
    if (text === before) {
      this.#drafts.delete(name);
      return this.#desk.say('rules');
    }
    this.#wrong = name;
    if (text === '') return this.#desk.say('rules', `“${label}” is empty.`);
    if (this.#desk.take('rules', `set ${name} ${text}`)) this.#drafts.delete(name);
  }
}

/** @param {Event} event */
const valueOf = (event) => /** @type {HTMLInputElement | HTMLSelectElement} */ (event.currentTarget).value;
