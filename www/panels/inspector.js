// What is selected, in full: its facts, and what can be done with it. The buttons come first and stand still while the
// facts below them change. It knows four kinds of things (node, message, link, client) and no protocol: a protocol's
// own facts arrive as names and values.

import { html, nothing, render } from 'lit-html';
import { actionsFor } from '../actions.js';
import { counted, moment, span } from '../format.js';
import { slotAtStake, talliesOf } from '../members.js';
import { keyOf } from '../names.js';
import { epochClass } from '../palette.js';
import { nameOf, trouble, troubles } from '../reading.js';
import { source } from '../source.js';
import { askForm } from './ask.js';
import { hint } from './hint.js';

/** @typedef {import('../desk.js').Desk} Desk */
/** @typedef {import('../names.js').Thing} Thing */
/** @typedef {import('../actions.js').Action} Action */
/** @typedef {import('../../src/wasm.js').NodeCard} NodeCard */
/** @typedef {import('../../src/wasm.js').Flight} Flight */
/** @typedef {import('../../src/wasm.js').Fact} Fact */
/** @typedef {import('../../src/wasm.js').Peer} Peer */

/**
 * What happens with an action that is chosen, and where all of them are offered.
 * @typedef {{ choose(thing: Thing, action: Action): void, menu(thing: Thing, at: { x: number, y: number }): void }} Does
 */

/** The inspector. */
export class InspectorPanel {
  #host;
  #desk;
  #does;
  /** @type {{ flight: Flight, facts: Fact[] } | undefined} the selected message, which may have arrived since */
  #message;
  /** @type {{ thing: Thing, action: Action } | undefined} what is being asked for */
  #asking;
  /** @type {import('./why.js').WhyPart | undefined} */
  #why;

  /**
   * @param {HTMLElement} host
   * @param {Desk} desk
   * @param {Does} does
   */
  constructor(host, desk, does) {
    this.#host = host;
    this.#desk = desk;
    this.#does = does;
    host.textContent = '';
    desk.ask = async (question) => {
      const { WhyPart } = await import('./why.js');
      this.#why ??= new WhyPart(desk, { keyOf, source });
      this.#why.ask(question);
    };
  }

  /** Asks for what an action still needs to know. @param {Thing} thing @param {Action} action */
  ask(thing, action) {
    this.#asking = { thing, action };
    this.render();
    /** @type {HTMLElement | null} */ (this.#host.querySelector('.ask :is(input, select)'))?.focus();
  }

  render() {
    const { selection } = this.#desk;
    const said = this.#desk.said('inspector');
    if (this.#asking && (!selection || keyOf(selection) !== keyOf(this.#asking.thing))) this.#asking = undefined;
    render(
      html`${selection ? this.#thing(selection) : this.#nothing()}
        <p class="wrong" role="alert">${said}</p>`,
      this.#host,
    );
  }

  #nothing() {
    const { words } = this.#desk.session;
    return html`<div class="title">
        <h2>${words.title}</h2>
        <span>
          ${
            this.#desk.explore
              ? html`<button
                  type="button"
                  title="Try everything that can happen from here"
                  @click=${() => this.#desk.explore?.()}
                >
                  Explore…
                </button>`
              : nothing
          }
          ${this.#askWhy('leader')}
        </span>
      </div>
      <div class="scroll" tabindex="0" role="group" aria-label="About ${words.title}">
        ${hint(this.#desk, () => {
          this.render();
          // Whoever dismissed it by keyboard goes on from here.
          /** @type {HTMLElement | null} */ (this.#host.querySelector('.scroll'))?.focus();
        })}
        ${this.#why?.part()}
        <p>${words.sentence}</p>
        <p class="quiet">Select a node, a message or a link to see all of it here.</p>
      </div>`;
  }

  /** @param {Thing} thing */
  #thing(thing) {
    const { view } = this.#desk.session;
    if (thing.kind === 'node') {
      const card = view.nodes.find((each) => each.id === thing.id);
      return card ? this.#sheet(thing, card.name, nodeState(card), this.#node(card)) : this.#nothing();
    }
    if (thing.kind === 'client') {
      const card = view.clients.find((each) => each.id === thing.id);
      if (!card) return this.#nothing();
      const { running, last, leader } = card;
      return this.#sheet(
        thing,
        `Client ${card.id}`,
        running ? 'waiting' : 'idle',
        facts([
          ['asks', running && `${running.text} (request ${running.seq})`],
          ['whom', running && (running.to ? nameOf(view, running.to) : 'nobody; tries again later')],
          ['attempts', running?.attempts],
          ['gives up waiting at', running && moment(running.retry)],
          ['last answer', last && `${last.text} → ${last.answer}`],
          ['takes for the leader', leader && nameOf(view, leader)],
          ['queued', card.queued],
          ['answered', card.answered],
        ]),
      );
    }
    if (thing.kind === 'link') return this.#link(thing);
    return this.#flight(thing);
  }

  /** @param {Thing & { kind: 'link' }} thing */
  #link(thing) {
    const { view } = this.#desk.session;
    const oneWay = (/** @type {string} */ from, /** @type {string} */ to) => {
      const card = view.links.find((each) => each.from === from && each.to === to);
      const { latency, loss, duplication, reordering } = card ?? view.network;
      const words = `${latency}, loses ${loss}, doubles ${duplication}, reorders ${reordering}`;
      return /** @type {[string, string]} */ ([
        `${nameOf(view, from)} → ${nameOf(view, to)}`,
        card?.cut ? 'cut' : words,
      ]);
    };
    const ways = [oneWay(thing.from, thing.to), oneWay(thing.to, thing.from)];
    const cut = ways.filter(([, words]) => words === 'cut').length;
    const state = ['open', 'cut one way', 'cut'][cut];
    return this.#sheet(thing, `${nameOf(view, thing.from)} – ${nameOf(view, thing.to)}`, state, facts(ways));
  }

  /** @param {Thing & { kind: 'message' }} thing */
  #flight(thing) {
    const { session } = this.#desk;
    const flight = session.view.messages.find((each) => each.id === thing.id);
    // A message never changes, so its facts are asked for once and outlive its arrival.
    if (flight && this.#message?.flight.id !== thing.id) {
      this.#message = { flight, facts: session.message(thing.id)?.facts ?? [] };
    } else if (flight && this.#message) this.#message.flight = flight;
    if (this.#message?.flight.id !== thing.id) return this.#nothing();
    const { flight: known, facts: carried } = this.#message;
    const state =
      known.lost !== undefined
        ? 'lost'
        : !flight
          ? 'no longer on its way'
          : known.held
            ? 'waits at the door'
            : 'on its way';
    return this.#sheet(
      thing,
      known.kind,
      state,
      html`${facts([
        ['from', nameOf(session.view, known.from)],
        ['to', nameOf(session.view, known.to)],
        [session.words.epoch, known.epoch?.text],
        ...carried
          .filter(({ name }) => name !== session.words.epoch)
          .map(({ name, value }) => /** @type {[string, string]} */ ([name, value])),
        ['sent', moment(known.sent)],
        [known.lost === undefined ? 'arrives' : 'lost', (flight || known.lost) && moment(known.lost ?? known.arrives)],
        ['name', known.id],
      ])}`,
    );
  }

  /** @param {NodeCard} card */
  #node(card) {
    const { session, player } = this.#desk;
    const { words, view } = session;
    const { node } = card;
    const own = new Set(node.facts.map((fact) => fact.name));
    /** @type {[string, unknown][]} */
    const rows = [
      [words.committed, node.committed],
      [words.applied, node.applied],
      [`last ${words.slot}`, node.last_slot],
      ['leader', node.leader && nameOf(view, node.leader)],
      ...node.facts.map(({ name, value }) => /** @type {[string, string]} */ ([name, value])),
      ['clock', card.drift],
      ['not yet on disk', card.unflushed > 0 ? counted(card.unflushed, 'write') : undefined],
      ...card.timers.map(
        (timer) =>
          /** @type {[string, string]} */ ([`${timer.name} timer`, `in ${span(Math.max(0, timer.due - player.now))}`]),
      ),
      ['store', node.store?.map(([key, value]) => `${key}=${value}`).join(', ')],
    ];
    const { tally } = node;
    const halves = talliesOf(card);
    // Who leads is looked at for the others.
    return html`${node.peers.length > 0 ? this.#peers(node.peers) : nothing}
    ${facts(rows.filter(([name], i) => i > 3 || !own.has(name)))}
    ${
      halves.length > 0
        ? html`<p>
            ${tally ? 'Granted' : `At ${words.slot} ${slotAtStake(card)}`}:
            ${halves.map((half, i) => `${i > 0 ? 'and ' : ''}${half.granted.length} of ${half.voters.join(' ')}`).join(', ')};
            needed: ${halves.map(({ needed }) => needed).join(' and ')}.
          </p>`
        : nothing
    }
    ${
      tally && halves.length === 0
        ? html`<p>
            Granted: ${names(tally.granted)}. Refused: ${names(tally.refused)}. Needed: ${tally.needed} of
            ${tally.voters.length}.
          </p>`
        : nothing
    } `;
  }

  /** What a leader keeps of the others: how each is sent what it lacks, and how much of that is on its way. @param {Peer[]} peers */
  #peers(peers) {
    const { words, view } = this.#desk.session;
    // Who knows no such states and no snapshots has no columns for them.
    const states = peers.some(({ state }) => state !== '');
    const parts = peers.some(({ snapshot }) => snapshot);
    return html`<table class="plain peers">
      <thead>
        <tr>
          <th scope="col">peer</th>
          ${states ? html`<th scope="col" title="how it is sent what it lacks">state</th>` : nothing}
          <th scope="col">${words.next}</th>
          <th scope="col">${words.matched}</th>
          ${states ? html`<th scope="col" title="messages without an answer yet, and the bytes in them">on the way</th>` : nothing}
          ${parts ? html`<th scope="col">snapshot</th>` : nothing}
        </tr>
      </thead>
      <tbody>
        ${peers.map(
          (peer) =>
            html`<tr>
              <th scope="row">${nameOf(view, peer.node)}</th>
              ${states ? html`<td>${peer.state}</td>` : nothing}
              <td>${peer.next}</td>
              <td>${peer.matched}</td>
              ${states ? html`<td>${inFlight(peer)}</td>` : nothing} ${parts ? html`<td>${partOf(peer)}</td>` : nothing}
            </tr>`,
        )}
      </tbody>
    </table>`;
  }

  /** @param {Thing} thing @param {MouseEvent} event */
  #more(thing, event) {
    const box = /** @type {HTMLElement} */ (event.currentTarget).getBoundingClientRect();
    this.#does.menu(thing, { x: box.left, y: box.bottom });
  }

  /** @param {Thing} thing @param {string} name @param {unknown} state @param {unknown} body */
  #sheet(thing, name, state, body) {
    const { view, words } = this.#desk.session;
    const actions = actionsFor(thing, view, words);
    // The first part of the menu has buttons here; what lies under the network and the clocks stays in the menu.
    const parts = actions.findIndex((action) => action.apart);
    const first = parts < 0 ? actions : actions.slice(0, parts);
    return html`<div class="title">
        <h2>${name}</h2>
        <p class="state">${state}</p>
      </div>
      <div class="actions" role="group" aria-label="What can be done with ${name}">
        ${first.map(
          (action) =>
            html`<button
              type="button"
              ?disabled=${action.disabled !== undefined}
              title=${hintOf(action)}
              @click=${() => this.#does.choose(thing, action)}
            >
              ${action.label}
            </button>`,
        )}
        ${
          parts < 0
            ? nothing
            : html`<button
                type="button"
                aria-haspopup="menu"
                aria-label="More"
                title="More"
                @click=${(/** @type {MouseEvent} */ event) => this.#more(thing, event)}
              >
                …
              </button>`
        }
        ${thing.kind === 'link' ? nothing : this.#askWhy(`${thing.kind} ${thing.id}`)}
      </div>
      ${
        this.#asking
          ? askForm(
              this.#asking,
              (step) => {
                if (this.#desk.take('inspector', step)) this.#asking = undefined;
                this.render();
              },
              () => {
                this.#asking = undefined;
                this.render();
              },
            )
          : nothing
      }
      <div class="scroll" tabindex="0" role="group" aria-label="Facts about ${name}">
        ${this.#why?.part(thing)} ${body}
      </div>`;
  }

  /** @param {string} question */
  #askWhy(question) {
    return html`<button type="button" @click=${() => this.#desk.ask?.(question)}>Why?</button>`;
  }
}

/** A square for each message without an answer, as far as there is room, and the bytes. @param {Peer} peer */
const inFlight = ({ in_flight: count, bytes }) =>
  count === 0
    ? html`<span class="quiet">nothing</span>`
    : html`<span class="window" aria-hidden="true">${'▪'.repeat(Math.min(count, 8))}</span> ${count}${
          bytes > 0 ? `, ${counted(bytes, 'byte')}` : ''
        }`;

/** How much of a snapshot has come across. @param {Peer} peer */
const partOf = ({ snapshot }) =>
  snapshot
    ? html`<progress max=${snapshot[1]} value=${snapshot[0]}></progress> ${snapshot[0]} of ${snapshot[1]} bytes`
    : nothing;

/** @param {[string, unknown][]} rows those without a value are left out */
const facts = (rows) =>
  html`<dl class="facts">
    ${rows
      .filter(([, value]) => value !== undefined && value !== '')
      .map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
  </dl>`;

/** @param {NodeCard} card */
const nodeState = (card) =>
  html`${card.up ? [card.node.role, ...troubles(card)].join(', ') : trouble(card)}
  ${card.node.epoch ? html`<span class="chip ${epochClass(card.node.epoch)}">${card.node.epoch.text}</span>` : nothing}`;

/** @param {Action} action */
const hintOf = ({ label, key, disabled }) =>
  disabled ? `${label}: not now, ${disabled}` : `${label}${key ? ` (${key})` : ''}`;

/** @param {string[]} ids */
const names = (ids) => (ids.length > 0 ? ids.join(', ') : 'none');
