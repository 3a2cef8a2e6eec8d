// Tabs, as the ARIA pattern has them: one stop of the Tab key, arrows between the tabs, the panel behind the chosen one.
// It knows no panel: each brings a label and a way to render itself into a host.
//
// The row is one line high, however many tabs there are: it scrolls, and where not all of them have room a button at its
// end opens a menu of all.

import { messageOf } from './format.js';
import { icon } from './icons.js';
import { openMenu } from './menu.js';

import { html, render } from 'lit-html';

/**
 * @typedef {object} Tab
 * @property {string} id
 * @property {string} label
 * @property {boolean} [apart] whether a group of tabs begins with it
 * @property {(host: HTMLElement) => Panel | Promise<Panel>} open makes the panel, the first time that it is shown
 */

/** @typedef {{ render(): void, focus?(wish?: object): void }} Panel */

/** A row of tabs with their panels. */
export class Tabs {
  #tabs;
  #prefix;
  #list;
  #row;
  #menu;
  /** Whether not all tabs have room. */
  #crowded = false;
  /** @type {Map<string, HTMLElement>} */
  #hosts = new Map();
  /** @type {Map<string, Panel | Promise<Panel>>} panels, and those that are being loaded */
  #panels = new Map();
  /** @type {string} */
  chosen;

  /**
   * @param {HTMLElement} host
   * @param {Tab[]} tabs at least one
   * @param {string} prefix of the elements' ids
   * @param {HTMLElement} menu where the menu of all tabs is put
   */
  constructor(host, tabs, prefix, menu) {
    this.#tabs = tabs;
    this.#prefix = prefix;
    this.chosen = tabs[0].id;
    host.textContent = '';
    this.#menu = menu;
    this.#row = document.createElement('div');
    this.#row.className = 'tabrow';
    host.append(this.#row);
    for (const { id } of tabs) {
      const panel = document.createElement('div');
      panel.id = `${prefix}-panel-${id}`;
      panel.className = `panel panel-${id}`;
      panel.setAttribute('role', 'tabpanel');
      panel.setAttribute('aria-labelledby', `${prefix}-tab-${id}`);
      // What scrolls must be reachable by keyboard, or its end is not.
      panel.tabIndex = 0;
      this.#hosts.set(id, panel);
      host.append(panel);
    }
    this.#tell();
    this.#list = /** @type {HTMLElement} */ (this.#row.querySelector('.tablist'));
    this.choose(this.chosen);
    new ResizeObserver(() => this.#fit()).observe(this.#row);
  }

  /** Whether there is such a tab. @param {string} id */
  has(id) {
    return this.#hosts.has(id);
  }

  /** Shows a panel. @param {string} id */
  choose(id) {
    if (!this.has(id)) return;
    this.chosen = id;
    for (const [each, host] of this.#hosts) host.hidden = each !== id;
    this.#tell();
    this.#show();
    this.render();
  }

  /**
   * Shows a panel, and puts the person where its work begins.
   *
   * @param {string} id
   * @param {object} [wish] what the panel is to be ready for
   */
  async focus(id, wish) {
    this.choose(id);
    (await this.#panels.get(id))?.focus?.(wish);
  }

  /** Renders the panel that is shown; the others wait until they are. */
  render() {
    const { chosen: id } = this;
    const host = this.#hosts.get(id);
    const tab = this.#tabs.find((each) => each.id === id);
    if (!host || !tab) return;
    const panel = this.#panels.get(id) ?? tab.open(host);
    this.#panels.set(id, panel);
    if (!(panel instanceof Promise)) return panel.render();
    host.setAttribute('aria-busy', 'true');
    panel.then(
      (loaded) => {
        host.removeAttribute('aria-busy');
        this.#panels.set(id, loaded);
        if (this.chosen === id) this.render();
      },
      (error) => {
        // It is tried anew when it is asked for again.
        this.#panels.delete(id);
        host.textContent = `This panel could not be loaded: ${messageOf(error)}.`;
      },
    );
  }

  /** Renders the row. */
  #tell() {
    const tab = (/** @type {Tab} */ { id, label, apart }) =>
      html`<button
        type="button"
        role="tab"
        class=${apart ? 'apart' : ''}
        id="${this.#prefix}-tab-${id}"
        aria-controls="${this.#prefix}-panel-${id}"
        aria-selected=${id === this.chosen}
        tabindex=${id === this.chosen ? 0 : -1}
        @click=${() => this.choose(id)}
        @keydown=${this.#move}
      >
        ${label}
      </button>`;
    render(
      html`<div class="tablist" role="tablist" aria-label="Panels">${this.#tabs.map(tab)}</div>
        <button
          type="button"
          class="iconic"
          aria-label="All panels"
          title="All panels"
          aria-haspopup="menu"
          ?hidden=${!this.#crowded}
          @click=${this.#all}
        >
          ${icon('more')}
        </button>`,
      this.#row,
    );
  }

  /** Finds out whether all tabs have room. */
  #fit() {
    const crowded = this.#list.scrollWidth > this.#row.clientWidth;
    if (crowded !== this.#crowded) {
      this.#crowded = crowded;
      this.#tell();
    }
    this.#show();
  }

  /** The chosen tab, whole. The row alone is scrolled: what is around it stays where it is. */
  #show() {
    const list = this.#list;
    const tab = /** @type {HTMLElement | null} */ (list.querySelector('[aria-selected="true"]'));
    if (!tab) return;
    const [left, right] = [tab.offsetLeft - list.offsetLeft, tab.offsetLeft - list.offsetLeft + tab.offsetWidth];
    if (left < list.scrollLeft) list.scrollLeft = left;
    else if (right > list.scrollLeft + list.clientWidth) list.scrollLeft = right - list.clientWidth;
  }

  #all = (/** @type {MouseEvent} */ event) => {
    const { left, bottom } = /** @type {HTMLElement} */ (event.currentTarget).getBoundingClientRect();
    const entries = this.#tabs.map(({ id, label, apart }) => ({ id, label, apart }));
    openMenu(this.#menu, { x: left, y: bottom }, 'Panels', entries, ({ label }) => {
      const chosen = this.#tabs.find((tab) => tab.label === label);
      if (chosen) this.#go(chosen.id);
    });
  };

  /** Shows a panel, and puts the focus on its tab. @param {string} id */
  #go(id) {
    this.choose(id);
    /** @type {HTMLElement | null} */ (this.#list.querySelector('[aria-selected="true"]'))?.focus({
      preventScroll: true,
    });
  }

  #move = (/** @type {KeyboardEvent} */ event) => {
    const at = this.#tabs.findIndex((tab) => tab.id === this.chosen);
    const last = this.#tabs.length - 1;
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[
      event.key
    ];
    if (to === undefined) return;
    event.preventDefault();
    this.#go(this.#tabs[to].id);
  };
}
