// The logs side by side: a row for each node, a cell for each slot, aligned by index, so that a difference jumps to the
// eye. A cell shows the epoch in its colour; solid is committed, dashed is not yet, a dot is applied, the bold line is
// where a node's knowledge of what is committed ends, a dotted base is not on the node's disk yet. What a snapshot has
// taken the place of is one folded block, and an entry that says who takes part has a bar. Under a row stand the marks
// of the leader: an arrow at the slot that it sends that node next, a ring at the highest slot that it knows the node
// to hold.
//
// It shows as many slots as have room and follows the end until somebody scrolls. What the words are it is told.

import { html, nothing, render } from 'lit-html';
import { icon } from '../icons.js';
import { briefMembers } from '../members.js';
import { epochClass } from '../palette.js';
import { clashOf, differences, leaderOf, trouble, windowOf } from '../reading.js';

/** @typedef {import('../desk.js').Desk} Desk */
/** @typedef {import('../../src/wasm.js').NodeCard} NodeCard */
/** @typedef {import('../../src/wasm.js').Peer} Peer */

/** The most slots that a view carries. */
const MOST = 24;
/** More rows than this get one line each. */
const ROOMY_ROWS = 6;

/** The log panel. */
export class LogPanel {
  #host;
  #desk;
  /** @type {number | undefined} the first slot that the person scrolled to; undefined follows the end */
  #from;
  #room = 8;
  #runs = 0;
  /** When the promise was broken whose slots have been brought into sight. */
  #shown = -1;

  /** @param {HTMLElement} host @param {Desk} desk */
  constructor(host, desk) {
    this.#host = host;
    this.#desk = desk;
    host.textContent = '';
    new ResizeObserver(() => this.#measure()).observe(host);
  }

  render() {
    const { session, selection } = this.#desk;
    const { view, words } = session;
    if (this.#runs !== session.runs) {
      this.#runs = session.runs;
      this.#from = undefined;
      // Other nodes may have longer names, and these leave less room.
      queueMicrotask(() => this.#measure());
    }
    const { at = -1, claims = [] } = view.violation ?? {};
    if (this.#shown !== at) {
      this.#shown = at;
      const slots = claims.flatMap(({ slot }) => slot ?? []);
      // From there on both are seen, what contradicts and what follows.
      if (slots.length > 0) this.#from = Math.min(...slots);
    }
    const first = windowOf(view.last_slot, this.#room, this.#from);
    const end = windowOf(view.last_slot, this.#room, undefined);
    if (first >= end) this.#from = undefined;
    const indexes = Array.from({ length: this.#room }, (_, offset) => first + offset);
    const odd = differences(view.nodes);
    const leader = leaderOf(view);
    const roomy = view.nodes.length <= ROOMY_ROWS;
    this.#host.classList.toggle('many', !roomy);
    render(
      html`<h2 class="unseen">${capital(words.slots)}</h2>
        <table class="logs ${roomy ? 'roomy' : 'dense'}">
          <caption class="unseen">
            For each node the ${words.epoch} and the command at each ${words.slot}
          </caption>
          <thead>
            <tr>
              <th scope="col"><span class="slot-word">${words.slot}</span></th>
              ${indexes.map((index) => html`<th scope="col" class=${odd.has(index) ? 'odd' : ''}>${index}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${view.nodes.map((card) => {
              const peer = leader?.node.peers.find((each) => each.node === card.id);
              const chosen = selection?.kind === 'node' && selection.id === card.id;
              return html`<tr class="${card.up ? `row-${card.node.mark}` : 'down'} ${chosen ? 'chosen' : ''}">
                <th scope="row" class=${card.node.committed < first ? 'frontier' : ''}>
                  <button
                    type="button"
                    class="name ${clashOf(view, card.id) ? 'clash' : ''}"
                    aria-pressed=${chosen}
                    title="${card.name}: ${trouble(card) || card.node.role}"
                    @click=${() => this.#desk.select(chosen ? undefined : { kind: 'node', id: card.id })}
                  >
                    ${card.name}<span class=${card === leader ? '' : 'away'}>${icon('crown')}</span></button
                  >${
                    // Who does not decide is told apart by a word.
                    card.node.mark === 'passive' || card.node.mark === 'absent'
                      ? html`<span class="part">${card.node.role}</span>`
                      : nothing
                  }
                </th>
                ${this.#folded(card, first, peer)}
                ${indexes.map((index) => (index < card.node.first_slot ? nothing : this.#cell(card, index, first, peer, odd.get(index))))}
              </tr>`;
            })}
          </tbody>
        </table>
        <div class="foot">
          <p class="key">
            <span><i class="sample dot"></i>applied</span>
            <span><i class="sample line"></i>${words.committed}</span>
            ${
              words.next
                ? html`<span><i class="sample next"></i>${words.next}</span>
                    <span><i class="sample matched"></i>${words.matched}</span>`
                : nothing
            }
          </p>
          <div class="scrollers" role="group" aria-label="Scroll the ${words.slots}">
            ${this.#scroller('start', `First ${words.slot}`, 1, first === 1)}
            ${this.#scroller('back', `Lower ${words.slot}`, first - half(this.#room), first === 1)}
            ${this.#scroller('on', `Higher ${words.slot}`, first + half(this.#room), first >= end)}
            ${this.#scroller('end', `Last ${words.slot}, and follow it`, undefined, first >= end)}
          </div>
        </div>`,
      this.#host,
    );
    this.#desk.session.showFrom(this.#from === undefined ? undefined : first);
  }

  /**
   * The slots that a snapshot has taken the place of, as one block over as many columns as are shown of them.
   *
   * @param {NodeCard} card
   * @param {number} first the first slot that is shown
   * @param {Peer | undefined} peer
   */
  #folded({ node, name }, first, peer) {
    const last = node.first_slot - 1;
    const shown = Math.min(last, first + this.#room - 1) - first + 1;
    if (shown < 1) return nothing;
    const { words } = this.#desk.session;
    const { snapshot } = node;
    const range = last > 1 ? `1–${last}` : '1';
    const place = (/** @type {number} */ slot) => `left: ${(100 * (slot - first + 0.5)) / shown}%`;
    const within = (/** @type {number} */ slot) => slot >= first && slot < first + shown;
    const title =
      `${name}: ${words.slot} ${range} in a snapshot` +
      (snapshot ? ` up to ${snapshot.slot}, ${words.epoch} ${snapshot.epoch.text}, ${snapshot.bytes} bytes` : '');
    return html`<td class="base ${node.committed === first + shown - 1 ? 'frontier' : ''}" colspan=${shown}>
      <div class="snapshot ${epochClass(snapshot?.epoch)}" title=${title}>
        <b>${range}</b>
        ${shown > 1 ? html`<span class="text">in a snapshot</span>` : html`<br /><span class="text">snapshot</span>`}
      </div>
      ${peer && within(peer.next) ? html`<i class="mark next" style=${place(peer.next)} title="${words.next} of ${name}"></i>` : nothing}
      ${
        peer && within(peer.matched)
          ? html`<i class="mark matched" style=${place(peer.matched)} title="${words.matched} of ${name}"></i>`
          : nothing
      }
    </td>`;
  }

  /**
   * @param {NodeCard} card
   * @param {number} index
   * @param {number} first the first slot that is shown
   * @param {Peer | undefined} peer
   * @param {Set<string> | undefined} odd
   */
  #cell({ id, node, name }, index, first, peer, odd) {
    const { view, words } = this.#desk.session;
    const clash = clashOf(view, id, index);
    const slot = node.slots.find((each) => each.index === index);
    const marks = html`${peer?.next === index ? html`<i class="mark next" title="${words.next} of ${name}"></i>` : nothing}
    ${peer && peer.matched === index ? html`<i class="mark matched" title="${words.matched} of ${name}"></i>` : nothing}`;
    const frontier = `${node.committed === index ? 'frontier' : ''} ${clash ? 'clash' : ''}`;
    const accused = clash ? `; contradiction: ${clash}` : '';
    // A log that ends before what is shown says where.
    const behind =
      index === first && first > 1 && node.last_slot < first ? this.#behind(name, node.last_slot) : nothing;
    if (!slot) {
      // A gap below what the node has, or a place that is still free.
      const gap = index < node.last_slot ? 'gap' : '';
      return html`<td class="${gap} ${frontier}" title=${accused.slice(2) || nothing}>${behind}${marks}</td>`;
    }
    const committed = index <= node.committed;
    const applied = index <= node.applied;
    const differs = odd?.has(slot.digest) ?? false;
    const flying = node.durable !== undefined && index > node.durable;
    const [above, below] = linesOf(slot);
    const title =
      `${name}, ${words.slot} ${index}: ${slot.text}, ${words.epoch} ${slot.epoch.text}, ` +
      (applied ? 'applied' : committed ? 'committed' : 'not known here to be committed') +
      (flying ? ', not on its disk yet' : '') +
      (differs ? '; other nodes hold something else here' : '') +
      accused;
    return html`<td class=${frontier}>
      <div
        class="slot ${epochClass(slot.epoch)} ${committed ? 'committed' : 'open'} ${applied ? 'applied' : ''} ${
          differs ? 'differs' : ''
        } ${flying ? 'flying' : ''} ${slot.kind}"
        title=${title}
        @click=${() => {
          this.#desk.select({ kind: 'node', id });
          this.#desk.ask?.(`entry ${id} ${index}`);
        }}
      >
        <b>${slot.epoch.text}</b> <span class="text">${above}<br />${below}</span>
      </div>
      ${marks}
    </td>`;
  }

  /** @param {string} name @param {number} last the last slot of that node */
  #behind(name, last) {
    const { slot, slots } = this.#desk.session.words;
    const title = last > 0 ? `${name} ends at ${slot} ${last}` : `${name} has nothing in its ${slots}`;
    return html`<span class="behind" title=${title}>${last > 0 ? `← ${last}` : 'empty'}</span>`;
  }

  /**
   * @param {'start' | 'back' | 'on' | 'end'} picture
   * @param {string} label
   * @param {number | undefined} from
   * @param {boolean} disabled
   */
  #scroller(picture, label, from, disabled) {
    return html`<button
      type="button"
      class="iconic"
      aria-label=${label}
      title=${label}
      aria-disabled=${disabled ? 'true' : 'false'}
      @click=${() => {
        // A button that is no use now keeps the focus of whoever has just pressed it.
        if (disabled) return;
        this.#from = from === undefined ? undefined : Math.max(1, from);
        this.render();
      }}
    >
      ${icon(picture)}
    </button>`;
  }

  /** How many cells have room beside the names. */
  #measure() {
    const style = getComputedStyle(this.#host);
    const cell = parseFloat(style.getPropertyValue('--cell')) * parseFloat(style.fontSize);
    const names = this.#host.querySelector('tbody th')?.getBoundingClientRect().width ?? 0;
    const inner = this.#host.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const room = Math.floor((inner - names - 4) / (cell || 48));
    const fitting = Math.max(3, Math.min(MOST, room));
    if (fitting === this.#room) return;
    this.#room = fitting;
    this.render();
  }
}

/**
 * What a slot says, in two lines: what is done, and with what. In one line no value would be read. Where it says who
 * takes part, those of them that have room; half way, those before above those after.
 *
 * @param {import('../../src/wasm.js').Slot} slot
 */
function linesOf({ kind, text }) {
  const [verb, ...rest] = text.split(' ');
  if (kind !== 'members') return [verb, rest.join(' ')];
  const [before, after] = rest.join(' ').split(' -> ').map(briefMembers);
  if (after) return [before, `→ ${after}`];
  const at = before.indexOf(' +');
  if (at > 0) return [before.slice(0, at), before.slice(at + 1)];
  const lists = before.split(' ');
  return [lists.slice(0, 2).join(' '), lists.slice(2).join(' ')];
}

/** @param {number} count */
const half = (count) => Math.max(1, Math.floor(count / 2));

/** @param {string} word */
const capital = (word) => word.charAt(0).toUpperCase() + word.slice(1);
