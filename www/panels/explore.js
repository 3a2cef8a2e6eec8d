// "Explore from here": from the moment on screen everything is tried that can happen, in every order, within bounds, in
// the background. What is found opens as a branch that leaves the run at that moment.

import { html, nothing, render } from 'lit-html';
import {
  ROOMS,
  SEARCHES,
  Exploring,
  boundsInWords,
  memoryInWords,
  outcome,
  progressInWords,
  usual,
} from '../exploring.js';
import { counted, moment, spoken } from '../format.js';
import { leaderOf } from '../reading.js';
import { entriesOf } from '../reader.js';
import { KnownOf } from './known.js';

/** @typedef {import('../desk.js').Desk} Desk */
/** @typedef {import('../../src/wasm.js').Bug} Bug */
/** @typedef {import('../../src/wasm.js').Explorable} Explorable */
/** @typedef {import('../../src/wasm.js').Counterexample} Counterexample */
/** @typedef {import('../exploring.js').Reach} Reach */

/** What was begun: from which moment of which run, in which words. @typedef {{ runs: number, at: string, bounds: string, reach: Reach }} Begun */

/** How often whoever cannot see the numbers is told of them, in milliseconds. */
const TOLD_EVERY = 5000;

/** A field's text. @param {Event} event */
const typed = (event) => /** @type {HTMLInputElement | HTMLSelectElement} */ (event.currentTarget).value;

/** The panel of exploring. */
export class ExplorePanel {
  #host;
  #desk;
  #exploring = new Exploring(() => this.render());
  /** @type {KnownOf<Explorable>} what can be asked */
  #known = new KnownOf(
    (protocol) => this.#learn(protocol),
    () => this.render(),
  );
  /** @type {Reach} what was typed and chosen; what is missing is as usual */
  #chosen = {};
  /** @type {Begun | undefined} */
  #begun;
  /** @type {{ scenario: string, branch: number, runs: number } | undefined} what was opened, and as which branch */
  #opened;
  /** @type {{ text: string, at: number }} what was said last to whoever cannot see it */
  #told = { text: '', at: -Infinity };

  /** @param {HTMLElement} host @param {Desk} desk */
  constructor(host, desk) {
    this.#host = host;
    this.#desk = desk;
  }

  /**
   * Puts the person to it; where a mistake is named, what it breaks is looked for, within bounds that suit it.
   *
   * @param {{ bug?: Bug, property?: string }} [wish]
   */
  async focus(wish) {
    await this.#known.loading;
    this.render();
    /** @type {HTMLElement | null} */ (this.#host.querySelector('.explore-go'))?.focus();
    if (wish?.property !== undefined) this.#choose('property', wish.property);
    const known = this.#known.of(this.#desk.session.words.protocol);
    if (wish?.bug && known) this.#suit(known, wish.bug);
  }

  /** Looks for what a mistake breaks. @param {Explorable} known @param {Bug} bug */
  #suit(known, bug) {
    const suited = known.suited.find((each) => each.bug === bug.name);
    this.#chosen = { ...this.#chosen, property: bug.breaks, ...Object.fromEntries(suited?.reach ?? []) };
    // Where nobody leads so far, somebody has to begin to.
    if (!leaderOf(this.#desk.session.view)) this.#chosen.epochs = String(Number(this.#reach(known).epochs) + 1);
    this.#begin(known, this.#reach(known));
  }

  /** @param {string} protocol */
  async #learn(protocol) {
    const known = (await this.#desk.session.whole())?.explorable?.(protocol);
    if (!known) throw new Error('This page has nothing that explores.');
    return known;
  }

  render() {
    const { protocol } = this.#desk.session.words;
    const known = this.#known.of(protocol);
    render(known ? this.#template(known) : this.#known.waiting(protocol, 'what explores'), this.#host);
  }

  /** What is asked for, as far as it means something to this protocol. @param {Explorable} known @returns {Reach} */
  #reach({ limits, properties }) {
    const reach = usual(limits);
    for (const name of Object.keys(reach)) reach[name] = this.#chosen[name] ?? reach[name];
    if (!properties.some(({ name }) => name === reach.property)) reach.property = '';
    return reach;
  }

  /** @param {Explorable} known */
  #template(known) {
    const reach = this.#reach(known);
    const { refused, going, standing } = this.#exploring;
    return html`<div class="row choose">${this.#start(known, reach)}</div>
      <div class="explore scroll" tabindex="0" role="group" aria-label="Exploration">
        ${refused ? html`<p class="wrong" role="alert">${refused}</p>` : nothing}
        ${this.#begun && (standing || going) ? this.#progress(this.#begun) : nothing}
        ${this.#bounds(known, reach, going)}
      </div>`;
  }

  /** What is chosen under a name, from now on. @param {string} name @param {string} value */
  #choose(name, value) {
    this.#chosen = { ...this.#chosen, [name]: value };
    this.render();
  }

  /** @param {Explorable} known @param {Reach} reach */
  #start(known, reach) {
    const { going } = this.#exploring;
    return html`<button
        type="button"
        class="explore-go"
        @click=${() => (going ? this.#exploring.stop() : this.#begin(known, reach))}
      >
        ${going ? 'Stop' : 'Explore from here'}
      </button>
      <label
        >What shall fall
        <select ?disabled=${going} @change=${(/** @type {Event} */ event) => this.#choose('property', typed(event))}>
          <option value="" ?selected=${reach.property === ''}>anything</option>
          ${known.properties.map(
            ({ name, sentence }) =>
              html`<option value=${name} title=${sentence} ?selected=${reach.property === name}>
                ${spoken(name)}
              </option>`,
          )}
        </select></label
      >`;
  }

  /**
   * @param {string} name
   * @param {Reach} reach
   * @param {boolean} disabled
   * @param {{ max: number, min?: number, describedby?: string }} range
   */
  #number(name, reach, disabled, { max, min = 0, describedby }) {
    return html`<input
      type="number"
      min=${min}
      max=${max}
      step="1"
      name=${name}
      aria-describedby=${describedby ?? nothing}
      .value=${reach[name]}
      ?disabled=${disabled}
      @input=${(/** @type {Event} */ event) => this.#choose(name, typed(event))}
    />`;
  }

  /**
   * @param {string} name
   * @param {string} label
   * @param {string} said
   * @param {{ reach: Reach, going: boolean, on?: 'true' | 'false' }} state `on` is what it is where it is checked
   */
  #check(name, label, said, { reach, going, on = 'true' }) {
    const id = `${this.#desk.id}-explore-${name}`;
    const chosen = (/** @type {Event} */ event) =>
      /** @type {HTMLInputElement} */ (event.currentTarget).checked === (on === 'true');
    return html`<div class="bound">
      <label
        ><input
          type="checkbox"
          name=${name}
          aria-describedby=${id}
          .checked=${reach[name] === on}
          ?disabled=${going}
          @change=${(/** @type {Event} */ event) => this.#choose(name, String(chosen(event)))}
        />
        ${label}</label
      >
      <span class="quiet" id=${id}>${said}</span>
    </div>`;
  }

  /** @param {Explorable} known @param {Reach} reach @param {boolean} going */
  #bounds({ limits }, reach, going) {
    const { words } = this.#desk.session;
    const sentence = (/** @type {string} */ name) => `${this.#desk.id}-explore-${name}`;
    return html`<fieldset class="bounds">
      <legend>Within these bounds, from the moment on screen</legend>
      ${limits.map(
        ({ name, label, sentence: said, most }) =>
          html`<div class="bound">
            <label>${this.#number(name, reach, going, { max: most, describedby: sentence(name) })} ${label}</label>
            <span class="quiet" id=${sentence(name)}>${said}</span>
          </div>`,
      )}
      <div class="bound">
        <label
          >${this.#number('depth', reach, going, { min: 1, max: 65535, describedby: sentence('depth') })} moves at
          most</label
        >
        <span class="quiet" id=${sentence('depth')}
          >How many things happen one after another; as many as can where it is empty.</span
        >
      </div>
      ${this.#check('in_order', 'links keep their order', 'No message overtakes another one on its link.', {
        reach,
        going,
      })}
      ${
        words.epoch === ''
          ? nothing
          : this.#check(
              'late',
              'nothing comes late',
              `What is of a ${words.epoch} that its receiver has left behind is lost: a small part of the states.`,
              { reach, going, on: 'false' },
            )
      }
      <div class="bound wide">
        <label
          >May also happen, once each
          <input
            type="text"
            name="may"
            size="24"
            placeholder="cut n1--n2; heal"
            aria-describedby=${sentence('may')}
            .value=${reach.may}
            ?disabled=${going}
            @input=${(/** @type {Event} */ event) => this.#choose('may', typed(event))}
        /></label>
        <span class="quiet" id=${sentence('may')}
          >Steps as scripts have them, with ; between them: orders, requests, cuts.</span
        >
      </div>
      <div class="bound wide">
        <label
          >In which order
          <select
            name="search"
            aria-describedby=${sentence('search')}
            ?disabled=${going}
            @change=${(/** @type {Event} */ event) => this.#choose('search', typed(event))}
          >
            ${SEARCHES.map(
              ([name, label]) => html`<option value=${name} ?selected=${reach.search === name}>${label}</option>`,
            )}
          </select></label
        >
        ${
          reach.search === 'random'
            ? html`<label>${this.#number('seed', reach, going, { max: 4294967295 })} seed</label>`
            : nothing
        }
        <span class="quiet" id=${sentence('search')}>${SEARCHES.find(([name]) => name === reach.search)?.[2]}</span>
      </div>
      <div class="bound wide">
        <label
          >Remember at most
          <select
            name="states"
            aria-describedby=${sentence('states')}
            ?disabled=${going}
            @change=${(/** @type {Event} */ event) => this.#choose('states', typed(event))}
          >
            ${ROOMS.map(
              ([room, memory]) =>
                html`<option value=${room} ?selected=${reach.states === String(room)}>
                  ${room.toLocaleString('en')} states, about ${memory}
                </option>`,
            )}
          </select></label
        >
        <span class="quiet" id=${sentence('states')}
          >Where there are more it stops, and can go on with twice as many.</span
        >
      </div>
    </fieldset>`;
  }

  /** @param {Explorable} known @param {Reach} reach */
  #begin(known, reach) {
    const { player, session } = this.#desk; // What is explored is what the person sees, and it stays on screen.
    const script = player.see((shown) => shown.script());
    player.clock.playing = false;
    this.#begun = {
      runs: session.runs,
      at: moment(session.view.now),
      bounds: boundsInWords(known.limits, reach),
      reach,
    };
    this.#opened = undefined;
    this.#told = { text: '', at: -Infinity };
    this.#desk.say('explore');
    this.#exploring.begin(entriesOf(script), reach);
    this.#host.querySelector('.explore')?.scrollTo(0, 0); // How it stands is above the bounds.
  }

  /** @param {Begun} begun */
  #progress({ at, bounds, reach }) {
    const { standing, going, rate } = this.#exploring;
    const title = html`<p>From ${at}: ${bounds}.</p>`;
    if (!standing)
      return html`${title}
        <p class="quiet" role="status">Loading what explores…</p>`;
    const said = outcome(standing, going, reach);
    const { found, status, states, most } = standing;
    return html`${title} ${found ? this.#found(found, said) : html`<p role="status"><strong>${said}</strong></p>`}
      ${
        status === 'running' && !going
          ? html`<button type="button" @click=${() => this.#exploring.go()}>Go on</button>`
          : nothing
      }
      ${
        status === 'full'
          ? html`<button type="button" @click=${() => this.#exploring.pass()}>
              Go on with room for ${(2 * most).toLocaleString('en')}
            </button>`
          : nothing
      }
      <progress max=${most} .value=${states} aria-label="Of what may be remembered"></progress>
      <dl class="figures">
        ${progressInWords(standing, rate).map(
          ([what, value]) =>
            html`<div>
              <dt>${what}</dt>
              <dd>${value}</dd>
            </div>`,
        )}
      </dl>
      <p class="unseen" aria-live="polite">${going ? this.#tell() : ''}</p>`;
  }

  /** How far it has come, now and then: nobody wants to hear ten numbers a second. */
  #tell() {
    const { standing } = this.#exploring;
    const now = performance.now();
    if (standing && now - this.#told.at > TOLD_EVERY) {
      this.#told = { text: `${counted(standing.states, 'state')}, ${memoryInWords(standing.memory)}`, at: now };
    }
    return this.#told.text;
  }

  /** @param {Counterexample} found @param {string} said */
  #found(found, said) {
    const { sentence, section, text, scenario } = found;
    const wrong = this.#opened?.scenario === scenario ? this.#desk.said('explore') : '';
    return html`<section class="prey" aria-label="What was found">
      <p role="status"><strong>${said}</strong></p>
      <p>${text}.</p>
      <div class="row">
        <button type="button" @click=${() => this.#open(found)}>Open it as a branch</button>
        <span class="quiet">Its ${counted(found.steps, 'step')} are taken one at a time.</span>
      </div>
      <p class="quiet">What must hold: ${sentence} (${section})</p>
      ${wrong ? html`<p class="wrong" role="alert">${wrong}</p>` : nothing}
    </section>`;
  }

  /** @param {Counterexample} found */
  async #open({ property, scenario }) {
    const desk = this.#desk;
    const { runs } = desk.session;
    if (this.#begun?.runs !== runs) {
      // The run that it leaves is gone: then it is opened as a run of its own.
      this.#opened = { scenario, branch: 0, runs };
      if (await desk.open('explore', scenario)) desk.player.clock.playing = false;
      return this.render();
    }
    const known = this.#opened?.runs === runs && this.#opened.scenario === scenario ? this.#opened.branch : undefined;
    const branch = await desk.branchOff('explore', scenario, `${spoken(property)} falls`, known);
    this.#opened = { scenario, branch: branch ?? 0, runs };
    this.render();
  }
}
