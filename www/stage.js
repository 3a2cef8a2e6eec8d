// Puts the parts together: ring, caption, controls and panels around one desk, and the loop that draws them.
//
// There is one animation loop, and it runs only while time goes on or something has changed. In a frame the ring is
// drawn each time, since things move; panels of text at most ten times a second, since nobody reads faster. The parts
// know the desk and not each other; what one part asks of another (a menu's "request" opens a form) goes through here.

import { actionsFor } from './actions.js';
import { CaptionView } from './caption.js';
import { ControlsView } from './controls.js';
import { messageOf } from './format.js';
import { isBig } from './looks.js';
import { openMenu } from './menu.js';
import { EventsPanel } from './panels/events.js';
import { InspectorPanel } from './panels/inspector.js';
import { LogPanel } from './panels/log.js';
import { nameOf, nextWrite } from './reading.js';
import { Ring } from './ring.js';
import { Tabs } from './tabs.js';

/** @typedef {import('./desk.js').Desk} Desk */
/** @typedef {import('./names.js').Thing} Thing */
/** @typedef {import('./actions.js').Action} Action */
/** @typedef {import('../src/wasm.js').View} View */

/**
 * Where the parts go. A part without a host is left out.
 *
 * @typedef {object} Hosts
 * @property {HTMLElement} ring
 * @property {HTMLElement} caption
 * @property {HTMLElement} [controls]
 * @property {HTMLElement} menu
 * @property {HTMLElement} [timeline]
 * @property {HTMLElement} [log]
 * @property {HTMLElement} [inspector]
 * @property {HTMLElement} [tabs]
 */

/** @typedef {new (host: HTMLElement, desk: Desk) => import('./tabs.js').Panel} PanelClass */

/**
 * A panel that is loaded once; from then on it is there at once.
 *
 * @param {() => Promise<PanelClass>} load
 * @returns {() => PanelClass | Promise<PanelClass>}
 */
function once(load) {
  /** @type {PanelClass | undefined} */
  let loaded;
  return () => loaded ?? load().then((Panel) => (loaded = Panel));
}

/** What keys lead into: loaded as soon as something can be seen, or what somebody types after such a key would be lost. */
const SOON = {
  clients: once(async () => (await import('./panels/clients.js')).ClientsPanel),
  network: once(async () => (await import('./panels/network.js')).NetworkPanel),
};

/**
 * The tabs. But for the first, they are loaded when they are opened. A group that begins with one of them stands apart:
 * what happens and what is done, what goes wrong, and how all of it looks.
 *
 * @type {{ id: string, label: string, apart?: boolean, panel: () => PanelClass | Promise<PanelClass> }[]}
 */
const TABS = [
  { id: 'events', label: 'Events', panel: () => EventsPanel },
  { id: 'script', label: 'Story', panel: async () => (await import('./panels/script.js')).ScriptPanel },
  { id: 'clients', label: 'Clients', panel: SOON.clients },
  { id: 'history', label: 'History', panel: async () => (await import('./panels/history.js')).HistoryPanel },
  { id: 'network', label: 'Network', panel: SOON.network },
  { id: 'rules', label: 'Rules', panel: async () => (await import('./panels/rules.js')).RulesPanel },
  { id: 'bugs', label: 'Break it', apart: true, panel: async () => (await import('./panels/bugs.js')).BugsPanel },
  { id: 'checks', label: 'Checks', panel: async () => (await import('./panels/checks.js')).ChecksPanel },
  { id: 'find', label: 'Find', panel: async () => (await import('./panels/find.js')).FindPanel },
  { id: 'stores', label: 'Stores', apart: true, panel: async () => (await import('./panels/stores.js')).StoresPanel },
  { id: 'plots', label: 'Plots', panel: async () => (await import('./panels/plots.js')).PlotsPanel },
  { id: 'legend', label: 'Legend', panel: async () => (await import('./panels/legend.js')).LegendPanel },
];

/**
 * The styles of what nobody sees in the first frame: once, for all stages of a document. What they are for is shown once
 * they are there, or cannot be had.
 *
 * @returns {Promise<unknown>}
 */
function lateStyles() {
  const href = import.meta.resolve('./late.css');
  const there = document.querySelector(`link[href="${href}"]`);
  if (there instanceof HTMLLinkElement && there.sheet) return Promise.resolve();
  const link = there ?? Object.assign(document.createElement('link'), { rel: 'stylesheet', href });
  const settled = new Promise((done) => ['load', 'error'].forEach((event) => link.addEventListener(event, done)));
  // The next stage tries anew.
  link.addEventListener('error', () => link.remove());
  if (!there) document.head.append(link);
  return settled;
}

/** How long text stands at least while time goes on, in milliseconds. */
const TEXT_EVERY = 100;

/** Ring, caption, controls and panels of one desk. */
export class Stage {
  #desk;
  #hosts;
  #ring;
  #caption;
  /** @type {ControlsView | undefined} */
  #controls;
  /** @type {InspectorPanel | undefined} */
  #inspector;
  /** @type {import('./timeline.js').TimelineView | undefined} */
  #timeline;
  /** @type {Tabs | undefined} */
  #tabs;
  /** @type {{ render(): void }[]} everything that is text */
  #texts = [];
  /** @type {View | undefined} the view that the ring shows */
  #drawn;
  #runs = 0;
  #frame = 0;
  #stale = true;
  /** Whether something could be seen already. */
  #seen = false;
  #textAt = -Infinity;
  #leave;
  /** @type {(() => void) | undefined} called once something can be seen */
  onFirstFrame;

  /**
   * @param {Desk} desk
   * @param {Hosts} hosts
   * @param {string[]} tabs which tabs there are
   */
  constructor(desk, hosts, tabs) {
    this.#desk = desk;
    this.#hosts = hosts;
    this.#ring = new Ring(hosts.ring, {
      onSelect: (thing) => desk.select(thing),
      onMenu: (thing, at) => this.menu(thing, at),
    });
    this.#caption = new CaptionView(hosts.caption, desk);
    if (hosts.controls) {
      this.#controls = new ControlsView(hosts.controls, desk);
      this.#texts.push(this.#controls);
    }
    if (hosts.log) this.#texts.push(new LogPanel(hosts.log, desk));
    if (hosts.inspector) {
      const does = {
        choose: (/** @type {Thing} */ thing, /** @type {Action} */ action) => this.#choose(thing, action),
        menu: (/** @type {Thing} */ thing, /** @type {{ x: number, y: number }} */ at) => this.menu(thing, at),
      };
      this.#inspector = new InspectorPanel(hosts.inspector, desk, does);
      this.#texts.push(this.#inspector);
    }
    const all = TABS.filter(({ id }) => tabs.includes(id)).map(({ id, label, apart, panel }) => ({
      id,
      label,
      apart,
      open: (/** @type {HTMLElement} */ host) => {
        const made = panel();
        return made instanceof Promise ? made.then((Panel) => new Panel(host, desk)) : new made(host, desk);
      },
    }));
    if (hosts.tabs && all.length > 0) {
      this.#tabs = new Tabs(hosts.tabs, all, desk.id, hosts.menu);
      this.#texts.push(this.#tabs);
      if (this.#tabs.has('find')) {
        desk.find = (bug) => void this.#tabs?.focus('find', { way: 'chaos', bug });
        desk.explore = (wish) => void this.#tabs?.focus('find', { way: 'explore', ...wish });
      }
      if (this.#tabs.has('script')) desk.tell = () => void this.#tabs?.focus('script');
    }
    this.#leave = desk.subscribe(() => this.redraw());
    this.redraw();
  }

  /** Something has changed: it is drawn in the next frame. */
  redraw() {
    this.#stale = true;
    this.#ask();
  }

  /** Stops drawing, for good. */
  stop() {
    this.#leave();
    cancelAnimationFrame(this.#frame);
    this.#frame = -1;
  }

  /**
   * Puts the person into the form of a request; a view without that form sends a write at once.
   *
   * @param {{ client?: string, to?: string, op?: string }} [wish]
   */
  request(wish) {
    const { session } = this.#desk;
    if (this.#tabs?.has('clients')) {
      this.#tabs.focus('clients', wish);
    } else {
      this.#desk.submit({ client: wish?.client ?? 'c1', op: 'put', to: wish?.to, ...nextWrite(session.view) });
    }
  }

  /** Puts the person to the tool that parts the network. */
  part() {
    if (this.#tabs?.has('network')) {
      this.#tabs.focus('network');
    } else {
      this.#desk.say('keys', 'Select the node to cut off first, with 1 to 9.');
    }
  }

  /** Puts the person to the rules, or to who takes part. @param {'members'} [group] */
  rules(group) {
    if (this.#tabs?.has('rules')) this.#tabs.focus('rules', { group });
    else this.#desk.say('keys', 'This view has no panel for the rules.');
  }

  /** What can be done to a thing here: a view without the form that an entry needs says so. @param {Thing} thing */
  #actions(thing) {
    const { view, words } = this.#desk.session;
    const lacks = (/** @type {Action} */ { ask, op }) => {
      if (ask === 'request') return op !== 'put' && !this.#tabs?.has('clients');
      if (ask === 'members') return !this.#tabs?.has('rules');
      return ask !== undefined && !this.#inspector;
    };
    return actionsFor(thing, view, words).map((action) =>
      lacks(action) ? { ...action, disabled: action.disabled ?? 'this view has no form for it' } : action,
    );
  }

  /** Puts the focus on a node, so that its menu is one key away. @param {string} id */
  focusNode(id) {
    this.#ring.focusNode(id);
  }

  /**
   * Opens the menu of a thing. Time stands still until it is closed: what the menu is about must not go away under it.
   *
   * @param {Thing} thing
   * @param {{ x: number, y: number }} at
   */
  menu(thing, at) {
    const { clock } = this.#desk.player;
    const { view } = this.#desk.session;
    const played = clock.playing;
    clock.playing = false;
    this.redraw();
    const title =
      thing.kind === 'link' ? `${nameOf(view, thing.from)} – ${nameOf(view, thing.to)}` : titleOf(view, thing);
    openMenu(this.#hosts.menu, at, title, this.#actions(thing), (action) => this.#choose(thing, action));
    const closed = new MutationObserver(() => {
      if (this.#hosts.menu.querySelector('[role="menu"]')) return;
      closed.disconnect();
      clock.playing ||= played;
      this.redraw();
    });
    closed.observe(this.#hosts.menu, { childList: true });
  }

  /**
   * Does what the menu of the selected thing has under a key. Whether it has anything there.
   *
   * @param {string} key in lower case
   */
  press(key) {
    const found = this.#desk.actionOf(key);
    if (!found) return false;
    const { thing, action } = found;
    if (action.disabled) this.#desk.say('keys', `${action.label}: not now, ${action.disabled}.`);
    else this.#choose(thing, action, 'keys');
    return true;
  }

  /** @param {Thing} thing @param {Action} action @param {import('./desk.js').Spot} spot where a refusal is said */
  #choose(thing, action, spot = this.#inspector ? 'inspector' : 'keys') {
    if (action.ask === 'members') this.rules('members');
    else if (action.ask === undefined && action.step !== undefined) this.#desk.take(spot, action.step);
    else if (action.ask === 'request' && thing.kind === 'node') this.request({ to: thing.id, op: action.op });
    else if (action.ask === 'request' && thing.kind === 'client') this.request({ client: thing.id, op: action.op });
    else this.#inspector?.ask(thing, action);
  }

  /** Loads what will be wanted soon. A failure of a panel is told where it is wanted. */
  #soon() {
    this.#seen = true;
    const styles = lateStyles();
    for (const [id, load] of Object.entries(SOON)) if (this.#tabs?.has(id)) Promise.resolve(load()).catch(() => {});
    const { timeline: host } = this.#hosts;
    if (!host) return;
    Promise.all([import('./timeline.js'), styles]).then(
      ([{ TimelineView }]) => {
        this.#timeline = new TimelineView(host, this.#desk);
        this.#texts.push(this.#timeline);
        this.redraw();
      },
      (error) => this.#desk.say('keys', `The timeline could not be loaded: ${messageOf(error)}.`),
    );
  }

  #ask() {
    if (this.#frame === 0) this.#frame = requestAnimationFrame((wall) => this.#draw(wall));
  }

  /** @param {number} wall */
  #draw(wall) {
    this.#frame = 0;
    const { session, player, selection } = this.#desk;
    const now = player.frame(wall);
    if (this.#runs !== session.runs) {
      this.#runs = session.runs;
      this.#ring.setWords(session.words);
      // Who opens a story wants to read it.
      if (session.story.title !== '' || session.story.lines.length > 0) this.#tabs?.choose('script');
    }
    if (this.#drawn !== session.view) {
      this.#drawn = session.view;
      this.#ring.update(session.view);
    }
    this.#ring.enlarge(isBig());
    this.#ring.select(selection);
    this.#ring.draw(now);
    this.#controls?.tick(now);
    this.#timeline?.tick(now);
    if (this.#stale && (!player.playing || wall - this.#textAt >= TEXT_EVERY)) {
      this.#stale = false;
      this.#textAt = wall;
      for (const text of this.#texts) text.render();
    }
    this.#caption.update(wall);
    if (!this.#seen) this.#soon();
    this.onFirstFrame?.();
    this.onFirstFrame = undefined;
    // What was said about a key goes by itself, so time is looked at until it has gone.
    if (player.playing || this.#stale || this.#desk.said('keys') !== '') this.#ask();
  }
}

/** @param {View} view @param {Exclude<Thing, { kind: 'link' }>} thing */
function titleOf(view, thing) {
  if (thing.kind === 'node') return nameOf(view, thing.id);
  if (thing.kind === 'client') return `Client ${thing.id}`;
  return view.messages.find((flight) => flight.id === thing.id)?.kind ?? thing.id;
}
