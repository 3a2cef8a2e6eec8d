// "Why?": the answer to a question about what is selected, in sentences with their sections, and the events that led
// there. A click on one goes to its moment; all of them are highlighted in the list of events and on the line of time.
// The answer stands, also while time goes on or somebody goes back, until another thing is selected.

import { html, nothing } from 'lit-html';
import { counted, messageOf, moment } from '../format.js';
import { Asker } from '../why.js';

/** @typedef {import('../desk.js').Desk} Desk */
/** @typedef {import('../names.js').Thing} Thing */
/** @typedef {import('../../src/wasm.js').Answer} Answer */
/** @typedef {import('../../src/wasm.js').ChainLink} ChainLink */

/**
 * What led to what was asked about: the numbers of the events that were told of it, and when they happened.
 * @typedef {{ numbers: Set<number>, times: number[] }} Causes
 */

/**
 * What can be asked about a thing, or about all of it where none is selected: each question with what it is called.
 *
 * @param {Thing | undefined} thing
 * @param {import('../../src/wasm.js').View} view
 * @returns {[question: string, label: string][]}
 */
export function questionsOf(thing, view) {
  /** @type {[string, string][]} */
  const general = [
    ['leader', view.nodes.some(({ up, node }) => up && node.mark === 'crown') ? 'Why this leader?' : 'Why no leader?'],
  ];
  if (view.violation) general.push(['violation', 'Why this violation?']);
  if (thing?.kind === 'node')
    return [[`node ${thing.id}`, 'Why is it so?'], [`refusal ${thing.id}`, 'Why did it refuse?'], ...general];
  if (thing?.kind === 'client') return [[`client ${thing.id}`, 'Why this answer, or none?'], ...general];
  if (thing?.kind === 'message') return [[`message ${thing.id}`, 'Why was it sent?']];
  return general;
}

/** What of an answer is highlighted. @param {ChainLink[]} chain @returns {Causes} */
export function causesOf(chain) {
  const told = chain.filter(({ told: [first] }) => first > 0);
  const numbers = told.flatMap(({ told: [first, last] }) =>
    Array.from({ length: last - first + 1 }, (_, i) => first + i),
  );
  return { numbers: new Set(numbers), times: [...new Set(chain.map(({ at }) => at))] };
}

/**
 * What is in the first package already: to import it here, too, would put it into a file of its own.
 * @typedef {{ keyOf: typeof import('../names.js').keyOf, source: typeof import('../source.js').source }} Helpers
 */

/** The part of the inspector that asks and answers. */
export class WhyPart {
  #desk;
  #helpers;
  #asker;
  /** @type {string | undefined} what the answer is about, and of which run; nothing where nothing was asked */
  #about;
  #question = '';
  /** @type {{ answer: Answer, steps: number, at: number } | undefined} */
  #found;
  #wrong = '';
  #asked = 0;

  /** @param {Desk} desk @param {Helpers} helpers */
  constructor(desk, helpers) {
    this.#desk = desk;
    this.#helpers = helpers;
    this.#asker = new Asker(desk.session);
  }

  /** @param {Thing} [thing] */
  #subject(thing) {
    const { runs, view } = this.#desk.session;
    return `${thing ? this.#helpers.keyOf(thing) : ''} ${runs} ${view.past.branch}`;
  }

  /** Asks about what is selected. @param {string} question */
  async ask(question) {
    const turn = (this.#asked += 1);
    this.#about = this.#subject(this.#desk.selection);
    this.#question = question;
    this.#wrong = '';
    this.#found = undefined;
    this.#desk.causes = undefined;
    this.#desk.changed();
    try {
      const answer = await this.#asker.ask(question);
      if (turn !== this.#asked) return;
      const { steps, now } = this.#desk.session.view;
      this.#found = { answer, steps, at: now };
      this.#desk.causes = causesOf(answer.chain);
    } catch (error) {
      if (turn !== this.#asked) return;
      this.#wrong = messageOf(error);
    }
    this.#desk.changed();
  }

  #close() {
    this.#asked += 1;
    this.#about = undefined;
    this.#found = undefined;
    this.#desk.causes = undefined;
    this.#asker.close();
    // Whoever renders at this moment has perhaps rendered what was highlighted already.
    queueMicrotask(() => this.#desk.changed());
  }

  /** What stands in the inspector while this thing is selected. @param {Thing} [thing] */
  part(thing) {
    if (this.#about === undefined) return nothing;
    if (this.#about !== this.#subject(thing)) {
      this.#close();
      return nothing;
    }
    const { session } = this.#desk;
    const questions = questionsOf(thing, session.view);
    return html`<section class="why" aria-label="Why?">
      <button
        type="button"
        class="iconic close"
        aria-label="Close the answer"
        title="Close the answer"
        @click=${() => this.#close()}
      >
        ×
      </button>
      <div role="status">${this.#answer()}</div>
      <div class="row" role="group" aria-label="Questions">
        ${questions.map(
          ([question, label]) =>
            html`<button type="button" aria-pressed=${question === this.#question} @click=${() => this.ask(question)}>
              ${label}
            </button>`,
        )}
        ${thing?.kind === 'message' || thing?.kind === 'client' ? nothing : this.#place(thing)}
      </div>
      ${this.#found && this.#found.answer.chain.length > 0 ? this.#chain(this.#found.answer) : nothing}
    </section>`;
  }

  /** Asks about a place that is typed. @param {Thing} [thing] */
  #place(thing) {
    const { words, view } = this.#desk.session;
    const of = thing?.kind === 'node' ? `${thing.id} ` : '';
    const send = (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      const form = /** @type {HTMLFormElement} */ (event.currentTarget);
      this.ask(`entry ${of}${new FormData(form).get('place')}`);
    };
    return html`<form class="row" @submit=${send}>
      <label>
        Why is ${words.slot}
        <input name="place" type="number" min="1" required value=${Math.max(1, view.last_slot)} />
      </label>
      <button type="submit">so?</button>
    </form>`;
  }

  #answer() {
    if (this.#wrong) return html`<p class="wrong">${this.#wrong}</p>`;
    if (!this.#found) return html`<p class="quiet">…</p>`;
    const { answer, steps, at } = this.#found;
    return html`<p class="quiet">
        At ${moment(at)}, after ${counted(steps, 'event')}:
        ${this.#desk.session.view.steps === steps ? nothing : html`<button type="button" @click=${() => this.#desk.seekEvent(steps)}>go there</button>`}
      </p>
      <ul class="reasons">
        ${answer.reasons.map(({ text, section }) => html`<li>${text} ${this.#helpers.source(section)}</li>`)}
      </ul>`;
  }

  /** @param {Answer} answer */
  #chain({ chain, more }) {
    const { view } = this.#desk.session;
    return html`<h3>What led there</h3>
      <ol class="chain">
        ${chain.map(
          ({ steps, at, text, section }) =>
            html`<li aria-current=${view.steps === steps ? 'true' : 'false'}>
              <button type="button" title="Go to this moment" @click=${() => this.#desk.seekEvent(steps)}>
                ${moment(at)}
              </button>
              <span>${text} ${this.#helpers.source(section)}</span>
            </li>`,
        )}
      </ol>
      ${more > 0 ? html`<p class="quiet">${counted(more, 'more event')} had a part in it.</p>` : nothing}`;
  }
}
