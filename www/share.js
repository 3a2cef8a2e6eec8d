// The dialog that hands a run to somebody else and takes one from them: as a link, as a text and as a file.
//
// What it shows is the moment at which it was opened; the cluster behind it may go on. What it is given to open goes to
// the desk, and a refusal is shown beneath the field that holds what was refused, which stays there to be mended. What
// was typed is still there when the dialog is opened again. It is loaded when it is first asked for, and refuses to know
// what a scenario says and what becomes of the run that is replaced.

import { html, nothing, render } from 'lit-html';
import { fileName, textOf } from './files.js';
import { counted, messageOf, moment } from './format.js';
import { icon } from './icons.js';
import { linkTo, textIn } from './link.js';

/** Some programs cut what is longer. */
const SHORT_ENOUGH = 2000;

/** @typedef {{ script(): string, words: { protocol: string, title: string }, story?: { title: string },
 *   view: { now: number }, failure?: unknown }} Shown what is told of the run */

/**
 * What the dialog needs of a desk.
 *
 * @typedef {object} Table
 * @property {Shown} session
 * @property {{ see(question: (session: Shown) => string): string }} player
 * @property {(spot: 'open') => string} said
 * @property {(spot: 'open', sentence?: string) => void} say
 * @property {(spot: 'open', text: string) => Promise<boolean>} open another run in place of this one
 */

/**
 * @typedef {object} Wishes
 * @property {string} [refused] a text that came from elsewhere and was refused, with the sentence at the spot `open`
 */

/** One dialog for each host, so that what was typed outlasts its closing. @type {WeakMap<HTMLElement, Share>} */
const dialogs = new WeakMap();

/**
 * Opens the dialog; what the desk has to say at the spot `open` is shown in it.
 *
 * @param {HTMLElement} host
 * @param {Table} desk
 * @param {Wishes} [wishes]
 */
export function openShare(host, desk, wishes = {}) {
  const dialog = dialogs.get(host) ?? new Share(host);
  dialogs.set(host, dialog);
  dialog.open(desk, wishes);
}

class Share {
  #host;
  /** @type {Table} */
  #desk = /** @type {Table} */ ({});
  /** The moment that is shared, as a text; empty where there is none. */
  #script = '';
  #link = '';
  /** Why there is no link. */
  #unlinked = '';
  #name = '';
  #at = '';
  /** What the person wants to open. */
  #typed = '';
  /** What has been copied or saved, and how that went. @type {{ part?: 'link' | 'text', sentence?: string }} */
  #done = {};
  /** Whether the press that is going on has begun beside the dialog. */
  #pressedOutside = false;

  /** @param {HTMLElement} host */
  constructor(host) {
    this.#host = host;
  }

  /** @param {Table} desk @param {Wishes} wishes */
  open(desk, wishes) {
    this.#desk = desk;
    const { session, player } = desk;
    this.#done = {};
    this.#link = '';
    this.#unlinked = '';
    // The very moment that the person sees, which may be shortly before the next event.
    this.#script = session.failure ? '' : player.see((cluster) => cluster.script());
    this.#name = fileName(session.story?.title || session.words.protocol, session.view.now);
    this.#at = moment(session.view.now);
    // What somebody has typed is worth more than a copy of a file that they still have.
    if (this.#typed.trim() === '') this.#typed = wishes.refused ?? '';
    this.#render();
    const dialog = this.#dialog();
    if (dialog && !dialog.open) dialog.showModal();
    /** @type {HTMLElement | null | undefined} */ (
      dialog?.querySelector(desk.said('open') || this.#script === '' ? '[name="open"]' : '.copy-link')
    )?.focus();
    if (this.#script !== '') this.#makeLink(this.#script);
  }

  #dialog = () => this.#host.querySelector('dialog');
  #close = () => this.#dialog()?.close();

  #render() {
    render(
      html`<dialog
        class="help share"
        aria-labelledby="share-title"
        @pointerdown=${this.#press}
        @click=${this.#release}
        @close=${this.#closed}
      >
        <div class="title">
          <h2 id="share-title">Share and open</h2>
          <button type="button" class="iconic" aria-label="Close" title="Close (Esc)" @click=${this.#close}>
            ${icon('close')}
          </button>
        </div>
        ${this.#script === '' ? html`<p>The simulation has stopped, so there is no moment to share.</p>` : this.#out()}
        ${this.#in()}
      </dialog>`,
      this.#host,
    );
  }

  /** What goes out: the moment as a link, and as a file. */
  #out() {
    const { part, sentence } = this.#done;
    const length = this.#link.length;
    return html`<section aria-labelledby="share-link-title">
        <h3 id="share-link-title">Link to this moment (${this.#at})</h3>
        <div class="row">
          <input
            class="address"
            name="link"
            readonly
            aria-label="Link"
            aria-describedby="share-link-note"
            .value=${this.#link}
            @focus=${(/** @type {Event} */ event) => /** @type {HTMLInputElement} */ (event.target).select()}
          />
          <button
            type="button"
            class="strong copy-link"
            aria-label="Copy link"
            @click=${() => this.#copy('link', this.#link)}
          >
            Copy
          </button>
        </div>
        <p class="note">
          <span id="share-link-note">
            ${
              this.#unlinked
                ? html`<span class="wrong">${this.#unlinked}</span>`
                : length === 0
                  ? 'The link is being made…'
                  : `${counted(length, 'character')}.`
            }
            ${
              length > SHORT_ENOUGH
                ? html`Some programs cut links of more than ${SHORT_ENOUGH.toLocaleString('en')}: save a file instead.`
                : nothing
            }
          </span>
          <span role="status">${part === 'link' ? sentence : ''}</span>
        </p>
      </section>
      <section aria-labelledby="share-text-title">
        <h3 id="share-text-title">As a scenario file</h3>
        <textarea
          class="scenario"
          name="script"
          rows="7"
          readonly
          wrap="off"
          spellcheck="false"
          aria-label="The scenario’s text"
          .value=${this.#script}
        ></textarea>
        <div class="row">
          <button type="button" aria-label="Copy text" @click=${() => this.#copy('text', this.#script)}>Copy</button>
          <button type="button" title=${this.#name} @click=${this.#save}>Save as file</button>
          <span class="note" role="status">${part === 'text' ? sentence : ''}</span>
        </div>
      </section>`;
  }

  /** What comes in, and why it was not taken. */
  #in() {
    const [sentence, ...lines] = this.#desk.said('open').split('\n');
    return html`<section aria-labelledby="share-open-title">
      <h3 id="share-open-title">Open</h3>
      <form novalidate @submit=${this.#send}>
        <textarea
          class="scenario"
          name="open"
          rows="4"
          wrap="off"
          spellcheck="false"
          autocomplete="off"
          aria-label="A scenario, or a link to a moment"
          placeholder="Paste a scenario or a link"
          aria-invalid=${sentence ? 'true' : nothing}
          aria-describedby=${sentence ? 'share-open-said' : nothing}
          .value=${this.#typed}
          @input=${(/** @type {Event} */ event) => {
            this.#typed = /** @type {HTMLTextAreaElement} */ (event.target).value;
          }}
        ></textarea>
        <div class="row">
          <button type="submit">Open</button>
          <button type="button" @click=${this.#browse}>Open a file…</button>
          <input
            type="file"
            hidden
            accept=".toml,.txt,text/plain"
            aria-label="A scenario file"
            @change=${this.#chosen}
          />
          <span class="note">It replaces the run that is shown.</span>
        </div>
        <div id="share-open-said" role="alert">
          <p class="wrong">${sentence}</p>
          ${lines.length > 0 ? html`<pre tabindex="0" class="scroll" aria-label="Where">${lines.join('\n')}</pre>` : nothing}
        </div>
      </form>
    </section>`;
  }

  /** @param {string} script */
  async #makeLink(script) {
    let fragment = '';
    let wrong = '';
    try {
      fragment = await linkTo(script);
    } catch (error) {
      wrong = messageOf(error);
    }
    // Another moment may have been taken meanwhile, with a link of its own under way.
    if (script !== this.#script) return;
    this.#unlinked = wrong;
    // The scenario says all of the run, so what the address says of another one would only contradict it.
    const address = new URL(location.href);
    address.search = '';
    address.hash = '';
    this.#link = wrong ? '' : address.href + fragment;
    this.#render();
  }

  /** @param {'link' | 'text'} part @param {string} text */
  async #copy(part, text) {
    if (text === '') return;
    let sentence = 'Copied.';
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // No clipboard here; the text is selected instead, ready for the person's own copying.
      /** @type {HTMLInputElement | HTMLTextAreaElement | null} */
      const field = this.#host.querySelector(part === 'link' ? '[name="link"]' : '[name="script"]');
      field?.focus();
      field?.select();
      sentence = 'Selected: copy it now.';
    }
    this.#tell(part, sentence);
  }

  #save = () => {
    const address = URL.createObjectURL(new Blob([this.#script], { type: 'application/toml' }));
    const link = document.createElement('a');
    link.href = address;
    link.download = this.#name;
    link.click();
    // The browser fetches it after the click is over.
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    this.#tell('text', `Saved as ${this.#name}.`);
  };

  /** @param {'link' | 'text'} part @param {string} sentence */
  #tell(part, sentence) {
    this.#done = { part, sentence };
    this.#render();
  }

  #send = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (this.#typed.trim() === '') this.#refuse('There is nothing to open yet: paste a scenario or a link here.');
    else this.#take(await textIn(this.#typed));
  };

  #browse = () => {
    /** @type {HTMLInputElement | null} */ (this.#host.querySelector('input[type="file"]'))?.click();
  };

  #chosen = async (/** @type {Event} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.currentTarget);
    const file = input.files?.[0];
    if (!file) return;
    const handed = await textOf(file);
    // The same file may be chosen again once it is mended.
    input.value = '';
    // What a sentence is about stands above it, unless something else was typed there; then it says the file's name.
    const isFree = this.#typed.trim() === '';
    if (handed.text !== undefined && isFree) this.#typed = handed.text;
    this.#take(handed, handed.text !== undefined && !isFree ? `“${file.name}”, ` : '');
  };

  /** @param {import('./link.js').Handed} handed @param {string} [about] what a sentence of the desk is about */
  async #take({ text, wrong }, about = '') {
    if (text === undefined) return this.#refuse(wrong);
    if (!(await this.#desk.open('open', text))) return this.#refuse(about + this.#desk.said('open'));
    this.#typed = '';
    this.#close();
  }

  /** @param {string} sentence */
  #refuse(sentence) {
    this.#desk.say('open', sentence);
    this.#render();
    /** @type {HTMLElement | null} */ (this.#host.querySelector('[name="open"]'))?.focus();
    this.#host.querySelector('#share-open-said')?.scrollIntoView({ block: 'nearest' });
  }

  /** Whether a press is on the dialog's backdrop, which belongs to the dialog itself. @param {MouseEvent} event */
  #isOutside({ target, currentTarget, clientX: x, clientY: y }) {
    const { left, right, top, bottom } = /** @type {Element} */ (currentTarget).getBoundingClientRect();
    return target === currentTarget && (x < left || x > right || y < top || y > bottom);
  }

  #press = (/** @type {PointerEvent} */ event) => {
    this.#pressedOutside = this.#isOutside(event);
  };

  // Who selects a text, and lets go of it beside the dialog, does not want to close it.
  #release = (/** @type {MouseEvent} */ event) => {
    if (this.#pressedOutside && this.#isOutside(event)) this.#close();
    this.#pressedOutside = false;
  };

  #closed = () => {
    if (this.#desk.said('open')) this.#desk.say('open');
  };
}
