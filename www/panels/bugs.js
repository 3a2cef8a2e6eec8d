// "Break it": the mistakes that the protocol can be told to make, each with the line of code as it should be and as it
// is then, what it breaks, what must happen for that, and who has made it.
//
// Which there are comes with the package that runs them, which is loaded when this panel is opened. Making one is a step
// of the run like any other; a run that cannot break any rule goes on in that package.

import { html, nothing, render } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { spoken } from '../format.js';
import { KnownOf } from './known.js';

/** @typedef {import('../desk.js').Desk} Desk */
/** @typedef {import('../../src/wasm.js').Bug} Bug */
/** @typedef {import('../../src/wasm.js').Suited} Suited */

/** What must happen for a mistake to do harm. @type {Record<string, string>} */
const NEEDS = {
  crash: 'a crash',
  loss: 'a partition, or loss',
  reorder: 'messages that are late or overtaken',
  duplicate: 'a message that arrives twice',
  skew: 'clocks that differ',
  order: 'an order of an operator',
};

/** Settings that are chosen before a run alone. @param {[name: string, value: string]} setting */
const isSize = ([name]) => name.startsWith('num_');

/** The panel of mistakes. */
export class BugsPanel {
  #host;
  #desk;
  /** @type {KnownOf<{ bugs: Bug[], suited: Suited[] }>} the mistakes, those that exploring shows, and what suits these */
  #known = new KnownOf(
    (protocol) => this.#learn(protocol),
    () => this.render(),
  );
  /** Only what breaks this is shown; everything where it is empty. */
  #wanted = '';
  /** @type {Set<string>} the mistakes of which everything is shown */
  #open = new Set();

  /** @param {HTMLElement} host @param {Desk} desk */
  constructor(host, desk) {
    this.#host = host;
    this.#desk = desk;
  }

  /** Puts the person to the mistakes. */
  focus() {
    /** @type {HTMLElement | null} */ (this.#host.querySelector('select, button'))?.focus();
  }

  /** @param {string} protocol */
  async #learn(protocol) {
    const { session } = this.#desk;
    const bugs = await session.bugs();
    return { bugs, suited: (await session.whole())?.explorable?.(protocol).suited ?? [] };
  }

  render() {
    const { protocol } = this.#desk.session.words;
    const known = this.#known.of(protocol);
    render(known ? this.#template(known.bugs) : this.#known.waiting(protocol, 'what can be broken'), this.#host);
  }

  /** @param {Bug[]} bugs */
  #template(bugs) {
    const { session } = this.#desk;
    if (bugs.length === 0)
      return html`<p class="quiet">${session.words.title} has no rule that can be broken here.</p>`;
    const targets = [...new Set(bugs.map(({ breaks }) => breaks))];
    if (!targets.includes(this.#wanted)) this.#wanted = '';
    const shown = bugs.filter(({ breaks }) => this.#wanted === '' || breaks === this.#wanted);
    return html`<div class="row choose">${this.#choice(targets)}${this.#state(bugs)}</div>
      <div class="scroll bugs" tabindex="0" role="group" aria-label="Mistakes">
        ${this.#refusal()}
        ${repeat(
          shown,
          ({ name }) => name,
          (bug) => this.#bug(bug),
        )}
      </div>`;
  }

  /** Which mistakes are shown. @param {string[]} targets what they break */
  #choice(targets) {
    return html`<label
      >What shall break
      <select
        @change=${(/** @type {Event} */ event) => {
          this.#wanted = /** @type {HTMLSelectElement} */ (event.currentTarget).value;
          this.#host.querySelector('.bugs')?.scrollTo(0, 0);
          this.render();
        }}
      >
        <option value="" ?selected=${this.#wanted === ''}>anything</option>
        ${targets.map(
          (name) => html`<option value=${name} ?selected=${this.#wanted === name}>${spoken(name)}</option>`,
        )}
      </select></label
    >`;
  }

  /** What is broken at this moment. @param {Bug[]} bugs */
  #state(bugs) {
    const broken = this.#desk.session.broken ?? [];
    const labels = bugs.filter(({ name }) => broken.includes(name)).map(({ label }) => label);
    return html`<span class="state" role="status"
      >${
        labels.length === 0
          ? html`<span class="quiet">Every rule is kept.</span>`
          : html`<strong>Broken on purpose:</strong> ${labels.join('; ')}
              <button type="button" @click=${() => this.#desk.break('none')}>Mend it</button>`
      }</span
    >`;
  }

  /** Why what was asked for last was refused. */
  #refusal() {
    const said = this.#desk.said('bugs');
    return said ? html`<p class="wrong" role="alert">${said}</p>` : nothing;
  }

  /** @param {Bug} bug */
  #bug(bug) {
    const { name, label, sentence, breaks } = bug;
    const made = this.#desk.session.broken?.includes(name) ?? false;
    return html`<details
      class="bug ${made ? 'made' : ''}"
      ?open=${this.#open.has(name)}
      @toggle=${(/** @type {Event} */ event) => {
        if (/** @type {HTMLDetailsElement} */ (event.currentTarget).open) this.#open.add(name);
        else this.#open.delete(name);
        this.render();
      }}
    >
      <summary>
        <span>${label}${made ? html` <strong class="now">made now</strong>` : nothing}</span>
        <span class="quiet">${spoken(breaks)}</span>
      </summary>
      ${
        this.#open.has(name)
          ? html`<p>${sentence}</p>
              ${this.#code(bug)}${this.#facts(bug)}${this.#buttons(bug, made)}`
          : nothing
      }
    </details>`;
  }

  /** @param {Bug} bug */
  #code({ right, wrong }) {
    return html`<dl class="change">
      <dt>should be</dt>
      <dd><code>${right}</code></dd>
      <dt>is then</dt>
      <dd><code>${wrong}</code></dd>
    </dl>`;
  }

  /** @param {Bug} bug */
  #facts(bug) {
    const needs = bug.needs.map((need) => NEEDS[need] ?? need).join('; ');
    const chosen = bug.with.map(([name, value]) => `${name} = ${value}`).join(', ');
    const facts = [
      ['breaks', spoken(bug.breaks)],
      ['takes', needs || 'nothing but time'],
      ['chosen with it', chosen],
      ['seen in', bug.seen_in],
      ['rule', bug.section],
    ];
    return html`<dl class="signs">
      ${facts
        .filter(([, text]) => text !== '')
        .map(
          ([what, text]) =>
            html`<div>
              <dt>${what}</dt>
              <dd>${text}</dd>
            </div>`,
        )}
    </dl>`;
  }

  /** @param {Bug} bug @param {boolean} made */
  #buttons(bug, made) {
    const desk = this.#desk;
    const others = (desk.session.broken ?? []).filter((name) => name !== bug.name);
    const now = bug.with.filter((setting) => !isSize(setting));
    const { protocol } = this.#desk.session.words;
    const suited = this.#known.of(protocol)?.suited.find((each) => each.bug === bug.name);
    return html`<div class="row">
      ${
        made
          ? html`<button type="button" @click=${() => desk.break(others.join(' ') || 'none')}>Mend it</button>`
          : html`<button type="button" @click=${() => desk.break([...others, bug.name].join(' '), now)}>
              Break it from now on
            </button>`
      }
      <button type="button" @click=${() => this.#begin(bug)}>Break it from the start</button>
      ${
        desk.find
          ? html`<button type="button" class="find" @click=${() => desk.find?.(bug)}>Find a violation</button>`
          : nothing
      }
      ${
        suited && desk.explore
          ? html`<button type="button" @click=${() => this.#explore(bug, [...others, bug.name], suited)}>
              ${made ? 'Explore from here' : 'Break it and explore from here'}
            </button>`
          : nothing
      }
    </div>`;
  }

  /**
   * Everything that can happen from this moment on is tried, with the mistake and what suits it.
   *
   * @param {Bug} bug
   * @param {string[]} broken what is broken from now on
   * @param {Suited} suited
   */
  async #explore(bug, broken, suited) {
    const desk = this.#desk;
    const now = [...bug.with, ...suited.with].filter((setting) => !isSize(setting));
    // While time goes on, the moment would not be the same any more.
    desk.player.clock.playing = false;
    if (await desk.break(broken.join(' '), now)) desk.explore?.({ bug });
  }

  /** The same cluster anew, which makes this mistake from the start. @param {Bug} bug */
  #begin(bug) {
    const { session } = this.#desk;
    const sizes = session.words.counts.map(({ name, value }) => [name, String(session.settings[name] ?? value)]);
    const bare = {
      protocol: session.words.protocol,
      seed: String(session.view.seed),
      traffic: String(session.view.traffic),
    };
    const settings = { ...bare, ...Object.fromEntries(sizes), ...Object.fromEntries(bug.with), bug: bug.name };
    const line = ([name = '', value = '']) =>
      `${name} = ${/^(\d+|true|false)$/.test(value) ? value : JSON.stringify(value)}`;
    const title = `title = ${JSON.stringify(`Broken on purpose: ${bug.label}`)}`;
    const story = `story = ${JSON.stringify(bug.sentence)}`;
    return this.#desk.open('bugs', [title, story, ...Object.entries(settings).map(line), ''].join('\n'));
  }
}
