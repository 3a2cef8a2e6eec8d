// The dialog of the branches: every way in which this run went, as a tree, and what two of them have not in common.
//
// It is loaded when it is opened for the first time. Time stands still while it is open. Each entry is changed in its
// place, and what was done is said in a sentence beneath the tree, since what was deleted is not there to be seen. What
// a branch is and which of them may go is the core's business; this file only draws what it is told.

import { html, nothing, render } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { repeat } from 'lit-html/directives/repeat.js';
import { commonOf, factsOf, partingsOf, titlesOf, treeOf } from './forks.js';
import { moment } from './format.js';
import { icon } from './icons.js';
import { nameOf } from './reading.js';

/** @typedef {import('../src/wasm.js').View} View */
/** @typedef {import('../src/wasm.js').Branch} Branch */
/** @typedef {import('../src/wasm.js').Difference} Difference */
/** @typedef {import('./forks.js').Fork} Fork */

/**
 * What the dialog needs of a desk.
 *
 * @typedef {object} Branching
 * @property {string} id
 * @property {{ view: View, branches(): Branch[], compare(left: number, right: number): Difference | undefined }} session
 * @property {{ clock: { playing: boolean } }} player
 * @property {(id: number) => boolean} switchTo
 * @property {(id: number, name: string) => boolean} rename
 * @property {(id: number) => boolean} deleteBranch
 * @property {(spot: 'branches') => string} said
 * @property {(...spots: 'branches'[]) => void} forget
 * @property {(listener: () => void) => () => void} subscribe
 * @property {() => void} changed
 */

/** One dialog, from when it is opened to when it is closed. */
class BranchesDialog {
  #host;
  #desk;
  /** @type {number | undefined} the branch whose name is being changed */
  #editing;
  /** What was done last, or why not. */
  #note = '';
  /** @type {[left: number | undefined, right: number | undefined]} which two are compared */
  #pair = [undefined, undefined];
  /** @type {{ of: string, difference: Difference | undefined }} the last answer, and the question */
  #answer = { of: '', difference: undefined };

  /** @param {HTMLElement} host @param {Branching} desk */
  constructor(host, desk) {
    this.#host = host;
    this.#desk = desk;
  }

  render() {
    const { id, session } = this.#desk;
    const branches = session.branches();
    const titles = titlesOf(branches);
    const longest = Math.max(1, ...branches.map(({ end }) => end));
    render(
      html`<dialog
        class="help branching"
        aria-labelledby="${id}-branches"
        @click=${this.#outside}
        @cancel=${this.#leave}
      >
        <div class="title">
          <h2 id="${id}-branches">Branches of this run</h2>
          <button type="button" class="iconic" aria-label="Close" title="Close (Esc)" @click=${this.close}>
            ${icon('close')}
          </button>
        </div>
        <p class="quiet">Acting in the past forks the run: what was stays as it was, on a branch of its own.</p>
        <div class="tree">${this.#tree(treeOf(branches), titles, longest)}</div>
        <p class="note" role="status" tabindex="-1">${this.#note}</p>
        <p class="wrong" role="alert">${this.#desk.said('branches')}</p>
        ${branches.length > 1 ? this.#comparison(branches, titles) : nothing}
      </dialog>`,
      this.#host,
    );
  }

  /** @param {Fork[]} forks @param {Map<number, string>} titles @param {number} longest @returns {unknown} */
  #tree(forks, titles, longest) {
    return html`<ul class="forks">
      ${repeat(
        forks,
        ({ branch }) => branch.id,
        ({ branch, forks: inner }) =>
          html`<li>
            ${this.#entry(branch, titles.get(branch.id) ?? branch.name, longest)}
            ${inner.length > 0 ? this.#tree(inner, titles, longest) : nothing}
          </li>`,
      )}
    </ul>`;
  }

  /** @param {Branch} branch @param {string} title @param {number} longest */
  #entry(branch, title, longest) {
    const { id, current, fork, end } = branch;
    const share = (/** @type {number} */ time) => `${((time / longest) * 100).toFixed(1)}%`;
    return html`<div class="fork ${current ? 'current' : ''}" aria-current=${current ? 'true' : nothing}>
      <div class="what">
        ${id === this.#editing ? this.#renaming(branch) : html`<b>${title}</b>`}
        ${current ? html`<span class="badge">shown</span>` : nothing}
        <span class="quiet">${factsOf(branch)}</span>
        <span class="span" aria-hidden="true"
          ><span style="width: ${share(fork)}"></span><span class="own" style="width: ${share(end - fork)}"></span
        ></span>
      </div>
      <div class="acts" role="group" aria-label=${title}>
        ${this.#button('show', 'Show', title, id, current, () => this.#show(id, title))}
        ${this.#button('rename', 'Rename', title, id, false, () => this.#edit(id))}
        ${this.#button('delete', 'Delete', title, id, current, () => this.#delete(id, title))}
      </div>
    </div>`;
  }

  /** @param {Branch} branch */
  #renaming({ id, name }) {
    const keep = (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      const form = /** @type {HTMLFormElement} */ (event.currentTarget);
      const fresh = /** @type {HTMLInputElement} */ (form.elements.namedItem('name')).value.trim();
      if (!this.#desk.rename(id, fresh)) return;
      this.#note = '';
      this.#rest(id);
    };
    const leave = (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== 'Escape') return;
      // This Escape is the field's; the next one is the dialog's.
      event.preventDefault();
      event.stopPropagation();
      this.#rest(id);
    };
    return html`<form class="renaming" @submit=${keep} @keydown=${leave}>
      <input
        name="name"
        size="34"
        autocomplete="off"
        aria-label="Name of the branch; Enter keeps it, Escape leaves it"
        .value=${name}
      />
      <button type="submit">Keep</button>
    </form>`;
  }

  /**
   * A button of an entry. One that does nothing now can be reached all the same, and says why.
   *
   * @param {string} kind
   * @param {string} label
   * @param {string} title
   * @param {number} id
   * @param {boolean} shown whether it is about the branch that is shown, and so does nothing
   * @param {() => void} act
   */
  #button(kind, label, title, id, shown, act) {
    const why = kind === 'show' ? 'is shown already' : 'is shown and cannot be deleted: show another one first';
    const press = () => {
      if (!shown) return act();
      this.#say(`“${title}” ${why}.`);
    };
    return html`<button
      type="button"
      data-act="${kind} ${id}"
      aria-label="${label} ${title}${shown ? `: it ${why}` : ''}"
      title=${shown ? `This one ${why}` : nothing}
      aria-disabled=${shown ? 'true' : nothing}
      @click=${press}
    >
      ${label}
    </button>`;
  }

  /** @param {Branch[]} branches @param {Map<number, string>} titles */
  #comparison(branches, titles) {
    const [left, right] = this.#chosen(branches);
    const choice = (/** @type {0 | 1} */ side, /** @type {number} */ value, /** @type {string} */ label) =>
      html`<label
        >${label}
        <select @change=${(/** @type {Event} */ event) => this.#compare(side, event)}>
          ${branches.map(
            ({ id }) => html`<option value=${id} .selected=${live(id === value)}>${titles.get(id)}</option>`,
          )}
        </select></label
      >`;
    const [one, other] = [left, right].map((id) => titles.get(id) ?? '');
    return html`<div class="row comparing" role="group" aria-label="Compare two branches">
        ${choice(0, left, 'Compare')} ${choice(1, right, 'with')}
      </div>
      <div class="difference" aria-live="polite">
        ${
          left === right
            ? html`<p>Choose two different branches.</p>`
            : differenceWords(this.#ask(branches, left, right), one, other, this.#desk.session.view)
        }
      </div>`;
  }

  /** Which two are compared: what was chosen, or else the branch that is shown and where it comes from. @param {Branch[]} branches */
  #chosen(branches) {
    const there = (/** @type {number | undefined} */ id) => branches.find((branch) => branch.id === id);
    const left = there(this.#pair[0]) ?? branches.find(({ current }) => current) ?? branches[0];
    const others = branches.filter((branch) => branch !== left);
    const right =
      there(this.#pair[1]) ?? there(left.parent) ?? others.find(({ parent }) => parent === left.id) ?? others[0];
    // Once seen they stay as they are, whichever branch is shown meanwhile.
    this.#pair = [left.id, right.id];
    return /** @type {[number, number]} */ (this.#pair);
  }

  /** To compare is to run both: it is asked once for each question. @param {Branch[]} branches @param {number} left @param {number} right */
  #ask(branches, left, right) {
    const known = branches.filter(({ id }) => id === left || id === right).map(({ end_steps: steps }) => steps);
    const of = [left, right, ...known].join(' ');
    if (this.#answer.of !== of) this.#answer = { of, difference: this.#desk.session.compare(left, right) };
    return this.#answer.difference;
  }

  /** @param {0 | 1} side @param {Event} event */
  #compare(side, event) {
    this.#pair[side] = Number(/** @type {HTMLSelectElement} */ (event.currentTarget).value);
    this.#say('');
  }

  /** @param {number} id @param {string} title */
  #show(id, title) {
    if (this.#desk.switchTo(id)) this.#say(`“${title}” is shown.`);
  }

  /** @param {number} id */
  #edit(id) {
    this.#editing = id;
    this.#say('');
    const field = /** @type {HTMLInputElement | null} */ (this.#host.querySelector('.renaming input'));
    field?.focus();
    field?.select();
  }

  /** The name is not being changed any more. @param {number} id */
  #rest(id) {
    this.#editing = undefined;
    this.render();
    /** @type {HTMLElement | null} */ (this.#host.querySelector(`[data-act="rename ${id}"]`))?.focus();
  }

  /** @param {number} id @param {string} title */
  #delete(id, title) {
    if (!this.#desk.deleteBranch(id)) return;
    this.#say(`“${title}” was deleted.`);
    // The button that had the focus is gone with its branch.
    /** @type {HTMLElement | null} */ (this.#host.querySelector('.note'))?.focus();
  }

  /** @param {string} note */
  #say(note) {
    this.#note = note;
    this.#desk.forget('branches');
    this.render();
  }

  close = () => this.#host.querySelector('dialog')?.close();

  #leave = (/** @type {Event} */ event) => {
    if (this.#editing === undefined) return;
    event.preventDefault();
    this.#rest(this.#editing);
  };

  // A click beside the dialog is one on its backdrop, and that belongs to the dialog itself.
  #outside = (/** @type {MouseEvent} */ event) => {
    if (event.target !== event.currentTarget) return;
    const { left, right, top, bottom } = /** @type {Element} */ (event.currentTarget).getBoundingClientRect();
    const { clientX: x, clientY: y } = event;
    if (x < left || x > right || y < top || y > bottom) this.close();
  };
}

/**
 * @param {Difference | undefined} difference
 * @param {string} left
 * @param {string} right
 * @param {View} view
 */
function differenceWords(difference, left, right, view) {
  if (!difference) return html`<p>These two cannot be compared.</p>`;
  const { number, contrasts } = difference;
  const partings = partingsOf(difference, left, right);
  const event = partings.map(
    ({ on, at, step, by_hand: byHand }, i) =>
      html`${i > 0 ? '; ' : ''}on “${on}” at ${moment(at)} <code>${step}</code>${byHand ? ' (by hand)' : ''}`,
  );
  const only = partings.length === 1 ? ' only' : '';
  return html`<p>
      ${commonOf(difference, left, right)}
      ${partings.length > 0 ? html`Event ${number.toLocaleString('en')}:${only} ${event}.` : nothing}
    </p>
    ${
      contrasts.length > 0
        ? html`<div class="scroll" tabindex="0" role="group" aria-label="What differs">
            <table class="plain">
              <caption>
                What differs just after that
              </caption>
              <thead>
                <tr>
                  ${['node', 'what', left, right].map((head) => html`<th scope="col">${head}</th>`)}
                </tr>
              </thead>
              <tbody>
                ${contrasts.map(
                  (row) =>
                    html`<tr>
                      <th scope="row">${nameOf(view, row.node)}</th>
                      <td>${row.what}</td>
                      <td>${row.left}</td>
                      <td>${row.right}</td>
                    </tr>`,
                )}
              </tbody>
            </table>
          </div>`
        : partings.length > 0
          ? html`<p class="quiet">Just after that, no node shows a difference.</p>`
          : nothing
    }`;
}

/**
 * Opens the dialog. The focus comes back to what opened it, and time goes on if it did.
 *
 * @param {HTMLElement} host
 * @param {Branching} desk
 * @param {HTMLElement} [opener]
 */
export function openBranches(host, desk, opener) {
  if (host.querySelector('dialog')) return;
  const { clock } = desk.player;
  const played = clock.playing;
  clock.playing = false;
  desk.forget('branches');
  // A place of its own for each opening: nothing of the last one is left.
  const box = document.createElement('div');
  host.replaceChildren(box);
  const view = new BranchesDialog(box, desk);
  view.render();
  const end = desk.subscribe(() => view.render());
  const dialog = /** @type {HTMLDialogElement} */ (box.querySelector('dialog'));
  dialog.addEventListener('close', () => {
    end();
    box.remove();
    clock.playing ||= played;
    desk.forget('branches');
    opener?.focus({ preventScroll: true });
    desk.changed();
  });
  dialog.showModal();
  desk.changed();
}
