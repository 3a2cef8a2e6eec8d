// Tabs, as the ARIA pattern has them: one stop of the Tab key, arrows between the tabs, the panel behind the chosen one.
// It knows no panel: each brings a label and a way to render itself into a host.

import { messageOf } from './format.js';

import { html, render } from 'lit-html';

/**
 * @typedef {object} Tab
 * @property {string} id
 * @property {string} label
 * @property {(host: HTMLElement) => Panel | Promise<Panel>} open makes the panel, the first time that it is shown
 */

/** @typedef {{ render(): void, focus?(wish?: object): void }} Panel */

/** A row of tabs with their panels. */
export class Tabs {
  #tabs;
  #prefix;
  #list;
  /** @type {Map<string, HTMLElement>} */
  #hosts = new Map();
  /** @type {Map<string, Panel | Promise<Panel>>} panels, and those that are being loaded */
  #panels = new Map();
  /** @type {string} */
  chosen;

  /** @param {HTMLElement} host @param {Tab[]} tabs at least one @param {string} prefix of the elements' ids */
  constructor(host, tabs, prefix) {
    this.#tabs = tabs;
    this.#prefix = prefix;
    this.chosen = tabs[0].id;
    host.textContent = '';
    this.#list = document.createElement('div');
    this.#list.className = 'tablist';
    this.#list.setAttribute('role', 'tablist');
    this.#list.setAttribute('aria-label', 'Panels');
    host.append(this.#list);
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
    this.choose(this.chosen);
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
    render(
      this.#tabs.map(
        (tab) =>
          html`<button
            type="button"
            role="tab"
            id="${this.#prefix}-tab-${tab.id}"
            aria-controls="${this.#prefix}-panel-${tab.id}"
            aria-selected=${tab.id === id}
            tabindex=${tab.id === id ? 0 : -1}
            @click=${() => this.choose(tab.id)}
            @keydown=${this.#move}
          >
            ${tab.label}
          </button>`,
      ),
      this.#list,
    );
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

  #move = (/** @type {KeyboardEvent} */ event) => {
    const at = this.#tabs.findIndex((tab) => tab.id === this.chosen);
    const last = this.#tabs.length - 1;
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[
      event.key
    ];
    if (to === undefined) return;
    event.preventDefault();
    this.choose(this.#tabs[to].id);
    /** @type {HTMLElement | null} */ (this.#list.querySelector('[aria-selected="true"]'))?.focus();
  };
}
