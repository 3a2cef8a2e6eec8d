// Side by side: the same clients, the same seed and the same faults under other protocols, in lockstep with the cluster
// of the desk. One hand on the clock moves them all; what a person does to one is done to each that can do it, and what
// one cannot do it says. Each has a ring and a caption, and refuses to know more: panels are about the desk's own cluster.
//
// It is loaded when somebody wants it.

import { html, nothing, render } from 'lit-html';
import { Desk } from './desk.js';
import { closeDialog, openDialog } from './dialog.js';
import { counted, messageOf } from './format.js';
import { Session } from './session.js';
import { Stage } from './stage.js';

/** How many may stand beside the desk's own. */
export const MOST = 2;

/** @typedef {{ session: Session, stage: Stage, head: HTMLElement, column: HTMLElement }} Column */

/** The clusters beside the one of a desk. */
export class Besides {
  #rows;
  #desk;
  #engine;
  #own;
  /** @type {string[]} the protocols beside */
  shown = [];
  /** @type {Column[]} */
  #columns = [];
  #runs = -1;

  /**
   * @param {HTMLElement} rings where the columns stand, the desk's own being the first
   * @param {Desk} desk
   * @param {import('./engine.js').Engine} engine
   */
  constructor(rings, desk, engine) {
    this.#rows = rings;
    this.#desk = desk;
    this.#engine = engine;
    this.#own = document.createElement('p');
    this.#own.className = 'beside-head';
    desk.subscribe(() => this.#follow());
  }

  /**
   * Shows these protocols beside the desk's own, all from the start; none ends it.
   *
   * @param {string[]} protocols
   */
  async show(protocols) {
    const { session } = this.#desk;
    const { runs } = session;
    try {
      for (const name of protocols) await this.#engine.load(name);
    } catch (error) {
      this.#desk.say('keys', messageOf(error));
      return;
    }
    // Who has begun something else meanwhile wants that.
    if (runs !== session.runs) return;
    this.shown = protocols.filter((name) => name !== session.words.protocol).slice(0, MOST);
    this.#runs = -1;
    // All begin at the same time, or they would not be in lockstep; the last run is kept like any other.
    if (this.shown.length > 0) await this.#desk.start({ ...session.settings, traffic: session.view.traffic });
    this.#follow();
  }

  #follow() {
    const { session } = this.#desk;
    if (this.#runs !== session.runs) {
      this.#runs = session.runs;
      this.#build();
    }
    if (this.shown.length === 0) return;
    head(this.#own, session);
    for (const { head: place, session: other } of this.#columns) head(place, other);
  }

  #build() {
    const { session, player } = this.#desk;
    player.leave();
    for (const { stage, session: other, column } of this.#columns) {
      stage.stop();
      other.close();
      column.remove();
    }
    this.#columns = [];
    this.#own.remove();
    // A script says what the nodes of one protocol do, so others cannot follow it.
    if (session.story.lines.length > 0 && this.shown.length > 0) {
      this.shown = [];
      this.#desk.say('keys', 'A scenario is a story of one protocol: the others were put away.');
    }
    this.shown = this.shown.filter((name) => name !== session.words.protocol);
    this.#rows.dataset.columns = String(1 + this.shown.length);
    this.#rows.closest('.desk')?.classList.toggle('beside', this.shown.length > 0);
    if (this.shown.length === 0) return;
    this.#rows.firstElementChild?.prepend(this.#own);
    for (const protocol of this.shown) this.#columns.push(this.#column(protocol));
  }

  /** @param {string} protocol @returns {Column} */
  #column(protocol) {
    const { session, player } = this.#desk;
    const { seed, traffic, clients } = session.view;
    const other = new Session(this.#engine, { protocol, seed, traffic, num_clients: clients.length });
    const desk = new Desk(other, player);
    player.join(other, (refused) => desk.say('keys', refused));
    const part = (/** @type {string} */ name) => {
      const element = document.createElement('div');
      element.className = name;
      return element;
    };
    const [column, place, ring, caption, menu] = ['column', 'beside-head', 'ring-host', 'caption-host', ''].map(part);
    column.append(place, ring, caption, menu);
    column.setAttribute('role', 'group');
    column.setAttribute('aria-label', other.words.title);
    this.#rows.append(column);
    const stage = new Stage(desk, { ring, caption, menu }, []);
    return { session: other, stage, head: place, column };
  }
}

/** Which protocol it is, and how far its clients have come. @param {HTMLElement} host @param {Session} session */
function head(host, { words, view }) {
  const answered = view.clients.reduce((sum, client) => sum + client.answered, 0);
  render(
    html`<strong>${words.title}</strong>
      <span class="quiet">${counted(answered, 'answer')}, ${counted(view.steps, 'event')}</span>`,
    host,
  );
}

/**
 * The dialog that chooses them.
 *
 * @param {HTMLElement} host
 * @param {Desk} desk
 * @param {Besides} besides
 */
export function openBeside(host, desk, besides) {
  const body = openDialog(host, 'Side by side', 'beside-dialog');
  const { session } = desk;
  const others = session.cards.filter((card) => card.protocol !== session.words.protocol);
  const send = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const chosen = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)).getAll('protocol').map(String);
    besides.show(chosen);
    closeDialog(host);
  };
  render(
    html`<form @submit=${send}>
      <p>
        Other protocols under the same clients, the same seed and the same faults, in lockstep with
        ${session.words.title}. What you do to one is done to each.
      </p>
      ${others.map(
        (card) =>
          html`<label class="check beside-choice"
            ><input
              type="checkbox"
              name="protocol"
              value=${card.protocol}
              ?checked=${besides.shown.includes(card.protocol) || besides.shown.length === 0}
            />
            <span><strong>${card.title}</strong> <span class="quiet">${card.sentence}</span></span></label
          >`,
      )}
      <div class="row">
        <button type="submit" class="strong">Begin anew, side by side</button>
        ${
          besides.shown.length > 0
            ? html`<button
                type="button"
                @click=${() => {
                  besides.show([]);
                  closeDialog(host);
                }}
              >
                Only ${session.words.title}
              </button>`
            : nothing
        }
      </div>
    </form>`,
    body,
  );
}
