// The custom element <raft-playground>: a cluster in somebody else's page.
//
//   <raft-playground protocol="raft" nodes="5" seed="7" speed="1/20" panels="log,events"></raft-playground>
//
// Attributes in, events out: a change of `protocol`, `seed`, `traffic` or of a size, under its short or its full name,
// starts another cluster, `speed` changes the clock, `panels` is read when the element enters the page. A value that
// cannot be is refused with a sentence, and what runs goes on. It tells `ready`, `told` (detail: one EventLine),
// `selected` (detail: the thing, or nothing) and `refused` (detail: a sentence).
//
// It works in the light DOM: what can be tabbed to stays in the page's own order, and labels and live regions work for
// every screen reader. Its style sheet names nothing outside of .playground but its colours, as custom properties.

import { Desk } from './desk.js';
import { loadEngine } from './engine.js';
import { showFailure } from './failure.js';
import { messageOf } from './format.js';
import { listenToKeys } from './keyboard.js';
import { Player } from './player.js';
import { Session } from './session.js';
import { PLACED, openingFrom } from './settings.js';
import { Stage } from './stage.js';

/** A cluster in a page. */
export class RaftPlayground extends HTMLElement {
  /** @type {Desk | undefined} */
  #desk;
  /** @type {Stage | undefined} */
  #stage;
  #away = new AbortController();
  /** What was wrong with the attributes when they were read last: what was said once is not said again. @type {string[]} */
  #complaints = [];
  /** The settings that the attributes asked for when they were read last, as one text. */
  #asked = '';

  /** The session, for a page that wants to do more than look; nothing before `ready`. */
  get session() {
    return this.#desk?.session;
  }

  async connectedCallback() {
    this.#away = new AbortController();
    const { signal } = this.#away;
    this.classList.add('playground');
    this.replaceChildren(furniture());
    try {
      const [engine] = await Promise.all([loadEngine(), styled()]);
      const opening = this.#opening(engine.cards);
      await engine.load(opening.settings.protocol, opening.settings.bug !== undefined);
      if (!signal.aborted) this.#open(engine, opening);
    } catch (error) {
      this.textContent = `The cluster could not be loaded: ${messageOf(error)}.`;
    }
  }

  disconnectedCallback() {
    this.#away.abort();
    this.#stage?.stop();
    this.#desk?.session.close();
    this.#desk = undefined;
    this.replaceChildren();
  }

  /**
   * Some attribute has changed: which of them are sizes, the protocols say, so all are looked at.
   *
   * @param {Desk} desk
   */
  #read(desk) {
    const { settings, speed, complaints } = this.#opening(desk.session.cards);
    const fresh = complaints.filter((sentence) => !this.#complaints.includes(sentence));
    this.#complaints = complaints;
    if (fresh.length > 0) return this.#refuse(fresh.join(' '));
    desk.player.clock.speed = speed;
    const asked = JSON.stringify(settings);
    if (asked !== this.#asked) this.#start(desk, settings);
    this.#asked = asked;
    desk.changed();
  }

  /** @param {Desk} desk @param {import('../src/wasm.js').Settings} settings */
  async #start(desk, settings) {
    if (await desk.start(settings)) return;
    const why = desk.said('start');
    if (why !== '') this.#refuse(why);
  }

  /** What the attributes ask for. @param {import('../src/wasm.js').ProtocolCard[]} cards */
  #opening(cards) {
    return openingFrom((name) => this.getAttribute(name), cards, []);
  }

  /** @param {import('./engine.js').Engine} engine @param {import('./settings.js').Opening} opening */
  #open(engine, opening) {
    const session = new Session(engine, opening.settings);
    const player = new Player(session);
    player.clock.speed = opening.speed;
    const desk = new Desk(session, player);
    this.#desk = desk;
    const find = (/** @type {string} */ name) => /** @type {HTMLElement} */ (this.querySelector(`.${name}`));
    const { panels } = opening;
    const tabs = panels.filter((name) => !PLACED.includes(name));
    const shown = (/** @type {string} */ name, wanted = panels.includes(name)) => {
      find(name).hidden = !wanted;
      return wanted ? find(name) : undefined;
    };
    const stage = new Stage(
      desk,
      {
        ring: find('ring-host'),
        caption: find('caption-host'),
        controls: find('controls'),
        menu: find('menus'),
        timeline: shown('timeline'),
        log: shown('log'),
        inspector: shown('inspector'),
        tabs: shown('tabs', tabs.length > 0),
      },
      tabs,
    );
    this.#stage = stage;
    stage.onFirstFrame = () => this.#tell('ready');
    const end = listenToKeys(this, desk, stage, {});
    this.#away.signal.addEventListener('abort', end);
    const attributes = new MutationObserver(() => this.#read(desk));
    attributes.observe(this, { attributes: true });
    this.#away.signal.addEventListener('abort', () => attributes.disconnect());
    this.#complaints = opening.complaints;
    this.#asked = JSON.stringify(opening.settings);
    this.#watch(desk);
    if (opening.complaints.length > 0) this.#refuse(opening.complaints.join(' '));
    // What runs the cluster may have taken a while to load, and an attribute may have changed since it was read.
    this.#read(desk);
  }

  /** Tells the page what happens here. @param {Desk} desk */
  #watch(desk) {
    const { session } = desk;
    let { jumps, lines, view } = { jumps: 0, lines: session.lines, view: session.view };
    let selection = desk.selection;
    let last = 0;
    let runs = 0;
    desk.subscribe(() => {
      showFailure(/** @type {HTMLElement} */ (this.querySelector('.failures')), desk);
      // What led to another moment was told when it happened, unless it is another run.
      if (jumps !== session.jumps) [jumps, last] = [session.jumps, runs === session.runs ? session.view.told : 0];
      runs = session.runs;
      if (lines !== session.lines || view !== session.view) {
        ({ lines, view } = session);
        for (const line of lines.filter(({ number }) => number > last)) this.#tell('told', line);
        last = lines.at(-1)?.number ?? last;
      }
      if (selection === desk.selection) return;
      selection = desk.selection;
      this.#tell('selected', selection);
    });
  }

  /** @param {string} sentence */
  #refuse(sentence) {
    this.#desk?.say('keys', sentence);
    this.#tell('refused', sentence);
  }

  /** @param {string} type @param {unknown} [detail] */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** Where the parts go. */
function furniture() {
  const template = document.createElement('template');
  template.innerHTML = `
    <div class="desk">
      <div class="stage" role="group" aria-label="The cluster">
        <div class="rings"><div class="column">
          <div class="ring-host"></div>
          <div class="caption-host"></div>
        </div></div>
        <div class="timeline" role="group" aria-label="Timeline" hidden></div>
      </div>
      <div class="controls" role="group" aria-label="Time"></div>
      <div class="side">
        <div class="log" role="group" aria-label="Logs" hidden></div>
        <div class="inspector" role="group" aria-label="Inspector" hidden></div>
        <div class="tabs" role="group" aria-label="More about the cluster" hidden></div>
      </div>
    </div>
    <div class="menus"></div>
    <div class="failures"></div>`;
  return template.content;
}

/** @type {Promise<void> | undefined} */
let sheet;

/** Loads the style sheet that lies beside this script, once for all elements. */
function styled() {
  sheet ??= new Promise((done) => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = new URL('./style.css', import.meta.url).href;
    // Without its style it is still a cluster, so a failure to load it does not stop anything.
    link.onload = link.onerror = () => done();
    document.head.append(link);
  });
  return sheet;
}
