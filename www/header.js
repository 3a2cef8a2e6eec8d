// The header: which protocol runs, how many of everything, from which seed; and how the page looks.
//
// The protocol's own number fields come with its card, so this file knows none of them. Choosing a protocol starts it
// at once; sizes and seed are a form that is sent, so that half a number restarts nothing. What the core refuses is
// said beside the form, and what was running goes on.

import { html, nothing, render } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { icon } from './icons.js';
import { shortcut } from './keys.js';

/** @typedef {import('./desk.js').Desk} Desk */
/** @typedef {import('../src/wasm.js').Settings} Settings */

/**
 * What the header can ask the page for.
 * @typedef {{ big(): void, theme(): void, help(): void, isBig(): boolean, isDark(): boolean }} Wishes
 */

/** The header of the page. */
export class HeaderView {
  #host;
  #desk;
  #wishes;
  /** On a narrow page the form is folded away until it is asked for. */
  #unfolded = false;
  /** @type {string | undefined} the name of the field that was refused */
  #wrong;
  /** Whether the person is going through the protocols with the keyboard, and has not chosen one yet. */
  #browsing = false;

  /** @param {HTMLElement} host @param {Desk} desk @param {Wishes} wishes */
  constructor(host, desk, wishes) {
    this.#host = host;
    this.#desk = desk;
    this.#wishes = wishes;
    host.textContent = '';
  }

  render() {
    const { session } = this.#desk;
    const { words, settings, runs } = session;
    const said = this.#desk.said('start');
    if (said === '') this.#wrong = undefined;
    render(
      html`<h1>Raft Playground</h1>
        <button
          type="button"
          class="fold"
          aria-expanded=${this.#unfolded}
          aria-controls="setup"
          @click=${() => {
            this.#unfolded = !this.#unfolded;
            this.render();
          }}
        >
          ${words.title}
        </button>
        <form id="setup" class="setup ${this.#unfolded ? 'unfolded' : ''}" novalidate @submit=${this.#send}>
          <label
            ><span class="unseen">Protocol</span>
            <select name="protocol" @keydown=${this.#browse} @change=${this.#choose} @blur=${this.#settle}>
              ${session.cards.map(
                (card) =>
                  html`<option value=${card.protocol} ?selected=${card.protocol === words.protocol}>
                    ${card.title}
                  </option>`,
              )}
            </select></label
          >
          ${
            // A new run gets new fields, which show what it was started with; a run that goes on keeps what was typed.
            repeat(
              words.counts,
              (count) => `${runs} ${count.name}`,
              (count) =>
                html`<label
                  >${count.label}
                  <input
                    type="number"
                    name=${count.name}
                    min=${count.min}
                    max=${count.max}
                    value=${settings[count.name] ?? count.value}
                    aria-invalid=${this.#wrong === count.name ? 'true' : nothing}
                    aria-describedby=${this.#wrong === count.name ? 'start-said' : nothing}
                    required
                /></label>`,
            )
          }
          ${repeat(
            [runs],
            (run) => run,
            () =>
              html`<label
                >Seed
                <input
                  class="seed"
                  name="seed"
                  inputmode="numeric"
                  autocomplete="off"
                  spellcheck="false"
                  value=${session.view.seed ?? ''}
                  aria-invalid=${this.#wrong === 'seed' ? 'true' : nothing}
                  aria-describedby=${this.#wrong === 'seed' ? 'start-said' : nothing}
              /></label>`,
          )}
          <button type="button" class="iconic" aria-label="Another seed" title="Another seed" @click=${this.#dice}>
            ${icon('dice')}
          </button>
          <button type="submit">Restart</button>
          <p id="start-said" class="wrong" role="alert">${said}</p>
        </form>
        <div class="looks">
          <button
            type="button"
            title="Scenarios that come with the page (${shortcut('scenarios')})"
            @click=${() => this.#desk.command('scenarios')}
          >
            Scenarios
          </button>
          <button
            type="button"
            class="iconic"
            aria-label="Side by side"
            title="Side by side: other protocols under the same faults (${shortcut('beside')})"
            @click=${() => this.#desk.command('beside')}
          >
            ${icon('beside')}
          </button>
          <button
            type="button"
            title="Share this moment, or open a file (${shortcut('share')})"
            @click=${() => this.#desk.command('share')}
          >
            Share
          </button>
          <button
            type="button"
            class="iconic"
            aria-label="Large text"
            title="Large text, for a lecture (${shortcut('big')})"
            aria-pressed=${this.#wishes.isBig()}
            @click=${this.#wishes.big}
          >
            <span aria-hidden="true">A<small>A</small></span>
          </button>
          <button
            type="button"
            class="iconic"
            aria-label="Dark"
            title="Dark or light"
            aria-pressed=${this.#wishes.isDark()}
            @click=${this.#wishes.theme}
          >
            ${icon('theme')}
          </button>
          <button
            type="button"
            class="iconic"
            aria-label="Help: all keys"
            title="All keys (?)"
            @click=${this.#wishes.help}
          >
            <span aria-hidden="true">?</span>
          </button>
        </div>`,
      this.#host,
    );
  }

  #send = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    this.#start(/** @type {HTMLFormElement} */ (event.currentTarget));
  };

  #dice = (/** @type {Event} */ event) => {
    const { form } = /** @type {HTMLButtonElement} */ (event.currentTarget);
    if (!form) return;
    // The one draw in the whole page that no seed decides, since it draws the seed.
    /** @type {HTMLInputElement} */ (form.elements.namedItem('seed')).value = String(
      1 + (crypto.getRandomValues(new Uint32Array(1))[0] % 9999),
    );
    this.#start(form);
  };

  // An arrow key on a closed list of choices changes it at once, on the way to the one that is meant: nothing is started,
  // and no run is lost, before Enter or before the list is left.
  #browse = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === 'Enter') this.#settle(event);
    else if (event.key !== 'Tab' && event.key !== ' ') this.#browsing = true;
  };

  #settle = (/** @type {Event} */ event) => {
    if (!this.#browsing) return;
    this.#browsing = false;
    this.#choose(event);
  };

  #choose = async (/** @type {Event} */ event) => {
    const select = /** @type {HTMLSelectElement} */ (event.currentTarget);
    const { words, view } = this.#desk.session;
    if (this.#browsing) return;
    const chosen = select.value;
    const comes = chosen !== words.protocol;
    select.setAttribute('aria-busy', String(comes));
    if (!comes) return this.#desk.session.stay();
    // Sizes have other names and meanings there, so the other protocol begins with its own.
    await this.#desk.start({ protocol: chosen, seed: view.seed, traffic: view.traffic });
    // It may have taken a while to load what runs it, and another one may have been chosen since.
    if (select.value !== chosen) return;
    select.setAttribute('aria-busy', 'false');
    select.value = this.#desk.session.words.protocol;
  };

  /** @param {HTMLFormElement} form */
  async #start(form) {
    const { session } = this.#desk;
    const fields = new FormData(form);
    /** @type {Settings} */
    const settings = { protocol: session.words.protocol, traffic: session.view.traffic };
    for (const { name, label, min, max } of session.words.counts) {
      const text = String(fields.get(name) ?? '');
      // An empty field is the number 0 for JavaScript, but not for a person.
      const number = text.trim() === '' ? NaN : Number(text);
      if (!Number.isInteger(number) || number < min || number > max) {
        return this.#refuse(
          name,
          `How many ${label}? ${min === max ? `There is only ${min}` : `From ${min} to ${max}`}.`,
        );
      }
      settings[name] = number;
    }
    const seed = String(fields.get('seed') ?? '').trim();
    if (!/^\d+$/.test(seed)) return this.#refuse('seed', 'A seed is a whole number from 0 on.');
    settings.seed = seed;
    const focused = document.activeElement instanceof HTMLInputElement && document.activeElement.name;
    if (!(await this.#desk.start(settings))) {
      const why = this.#desk.said('start');
      return why === '' ? undefined : this.#refuse('seed', why);
    }
    // The new run has new fields; who sent the form from one of them goes on in its successor.
    const heir = focused ? form.elements.namedItem(focused) : null;
    if (heir instanceof HTMLElement) heir.focus();
  }

  /** @param {string} name of the field @param {string} sentence */
  #refuse(name, sentence) {
    this.#wrong = name;
    this.#desk.say('start', sentence);
  }
}
