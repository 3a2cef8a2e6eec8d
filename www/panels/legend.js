// What the picture means: every role and every kind of message that the protocol has, drawn with the very figures of
// the ring, each with one sentence; then the signs that are the same for all protocols. All words but the last come
// from the vocabulary.

import { html, render } from 'lit/html.js';
import { messageFigure, nodeFigure } from '../figures.js';
import { svg } from '../paint.js';

/** @typedef {import('../desk.js').Desk} Desk */
/** @typedef {import('../figures.js').Primitive} Primitive */
/** @typedef {import('../../src/wasm.js').RoleWord} RoleWord */
/** @typedef {import('../../src/wasm.js').MessageWord} MessageWord */

/** The legend panel. */
export class LegendPanel {
  #host;
  #desk;
  #runs = 0;

  /** @param {HTMLElement} host @param {Desk} desk */
  constructor(host, desk) {
    this.#host = host;
    this.#desk = desk;
  }

  render() {
    const { words, runs } = this.#desk.session;
    // A legend changes only with the protocol.
    if (this.#runs === runs) return;
    this.#runs = runs;
    render(
      html`<div class="scroll" tabindex="0" role="group" aria-label="Legend">
        <p>${words.sentence}</p>
        <dl class="legend">
          ${words.roles.map(
            (role) =>
              html`<div>
                <dt>${rolePicture(role)} ${role.name}</dt>
                <dd>${role.sentence}</dd>
              </div>`,
          )}
          ${words.messages.map(
            (kind) =>
              html`<div>
                <dt>${messagePicture(kind)} ${kind.name}</dt>
                <dd>${kind.sentence}</dd>
              </div>`,
          )}
        </dl>
        <p class="quiet">
          A fill is a ${words.epoch}, the same in the ring and in the ${words.slots}. A hollow message answers another,
          with + for yes and − for no. The arc on a rim is the ${words.main_timer ?? 'main'} timer, which empties. Grey
          with a cross is crashed, hatched is paused, a dotted fence is cut off. In the ${words.slots} a dashed cell is
          not committed, a dot says that it is applied, a red frame with ≠ that other nodes hold something else there.
        </p>
      </div>`,
      this.#host,
    );
  }
}

/** @param {RoleWord} role */
function rolePicture({ mark }) {
  const face = {
    ...{ name: '', id: '', epoch: '', valued: false, value: '', role: '', backs: '', badge: '' },
    ...{ mark, up: true, paused: false, isolated: false, timed: false, tally: undefined },
  };
  return picture(`node ${mark} epoch-0`, nodeFigure(face, { r: 34 }, true, ''), 120);
}

/** @param {MessageWord} word */
function messagePicture({ shape, reply }) {
  const message = { shape, label: '', kind: '', lost: false, sign: reply ? /** @type {const} */ ('plus') : undefined };
  return picture(`message ${reply ? 'reply' : ''} epoch-0`, messageFigure(message, 18, false), 68);
}

/**
 * The figure alone, in an SVG of its own.
 *
 * @param {string} classes
 * @param {Primitive[]} parts
 * @param {number} size of the view box
 */
function picture(classes, parts, size) {
  const root = svg('svg', {
    class: 'ring picture',
    viewBox: `${-size / 2} ${-size / 2} ${size} ${size}`,
    'aria-hidden': 'true',
  });
  const group = svg('g', { class: classes });
  for (const [tag, attributes] of parts.filter(([, { class: kind }]) => kind !== 'grip' && kind !== 'words')) {
    group.append(svg(tag, attributes));
  }
  root.append(group);
  return root;
}
