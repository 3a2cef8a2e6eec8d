// What the picture means: every role and every kind of message that the protocol has, drawn with the very figures of
// the ring, each with one sentence; then the signs that are the same for all protocols. All words but the last come
// from the vocabulary.

import { html, render } from 'lit-html';
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
        <dl class="figures">
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
        <dl class="signs">
          ${signs(words).map(
            ([sign, meaning]) =>
              html`<div>
                <dt>${sign}</dt>
                <dd>${meaning}</dd>
              </div>`,
          )}
        </dl>
      </div>`,
      this.#host,
    );
  }
}

/**
 * The signs that are the same for all protocols, as far as this one has what they are about.
 *
 * @param {import('../../src/wasm.js').Vocabulary} words
 * @returns {[string, string][]}
 */
function signs({ epoch, slots, main_timer: timer, committed, next, matched, standings, orders }) {
  const changes = standings.length > 0;
  /** @type {[string | false, string][]} */
  const all = [
    [epoch !== '' && 'a colour', `one ${epoch}, the same on the ring and in the ${slots}`],
    ['hollow', 'a message that answers another, with + for yes and − for no'],
    [timer !== undefined && 'the arc on a rim', `the ${timer} timer, which empties`],
    [epoch !== '' && '✓ with a name', `whom a node has backed in this ${epoch}`],
    [epoch !== '' && 'small circles', 'who has backed a node that seeks to lead: full yes, crossed no, hollow open'],
    [
      changes && 'two lines around nodes',
      'members before (dashed) and after (solid) a change: a majority of both must agree',
    ],
    ['a small disk', 'writes are on their way to the node’s disk'],
    ['grey with a cross', 'crashed; hatched is paused, a dotted fence is cut off'],
    ['scissors', 'a cut link, with an arrow where it is cut one way only; shaded groups can reach each other'],
    ['a dashed message', 'waits at the door of a paused node; a red cross shows where one was lost'],
    ['a dashed cell', `not known there to be committed; the bold line is the ${committed}`],
    ['a dot', 'applied to the store'],
    ['a cell with a dotted base', 'not on that node’s disk yet'],
    [orders.length > 0 && 'a folded block', `the first entries, in a snapshot`],
    [changes && 'a cell with a bar', 'an entry that says who takes part'],
    [next !== '' && 'arrow and ring', `the ${next} and the ${matched} that the leader keeps of a node`],
    ['a red frame with ≠', 'other nodes hold something else there'],
    ['a red frame with ✗', 'nodes and cells that contradict each other: what is checked does not hold'],
  ];
  return all.flatMap(([sign, meaning]) => (sign === false ? [] : [/** @type {[string, string]} */ ([sign, meaning])]));
}

/** @param {RoleWord} role */
function rolePicture({ mark }) {
  const face = {
    ...{ name: '', id: '', epoch: '', valued: false, value: '', role: '', backs: '', badge: '' },
    ...{ mark, up: true, paused: false, isolated: false, timed: false, tallies: [] },
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
