// The ring of nodes as something to look at and to work with: it holds the SVG, the selection and the focus, and turns
// pointers and keys into "this was selected" and "the menu of this was asked for".
//
// What a menu offers and what it does is decided elsewhere; a ring changes nothing in a cluster. It draws only when it
// is told that there is something new or that time has gone on.

import { BIG_UP_TO, STAGES, TIGHT_BELOW } from './geometry.js';
import { keyOf } from './names.js';
import { Painter, svg } from './paint.js';
import { posesOf, sceneOf } from './scene.js';
import { pressesOf } from './touch.js';

/** @typedef {import('../src/wasm.js').View} View */
/** @typedef {import('../src/wasm.js').Vocabulary} Vocabulary */
/** @typedef {import('./names.js').Thing} Thing */
/** @typedef {import('./scene.js').Scene} Scene */
/**
 * @typedef {{onSelect(thing: Thing | undefined): void,
 *   onMenu(thing: Thing, at: {x: number, y: number}): void}} Handlers
 */

let rings = 0;

export class Ring {
  /** @type {View | undefined} */
  #view;
  /** @type {Vocabulary | undefined} */
  #words;
  /** @type {Thing | undefined} */
  #selected;
  /** @type {Scene | undefined} */
  #scene;
  #svg;
  #painter;
  #handlers;
  #stage = STAGES.wide;
  #width = 1000;
  #big = false;
  #still = matchMedia('(prefers-reduced-motion: reduce)');
  #hatch = `ring-hatch-${++rings}`;
  #now = 0;
  #frame = 0;
  /** Which thing Tab comes to. */
  #current = '';
  /** @type {string | undefined} What has the focus, so that it can be passed on when it goes. */
  #focused;
  #painting = false;

  /** @param {HTMLElement} host @param {Handlers} handlers */
  constructor(host, handlers) {
    this.#handlers = handlers;
    this.#svg = /** @type {SVGSVGElement} */ (
      svg('svg', { class: 'ring', role: 'group', 'aria-label': 'Cluster', preserveAspectRatio: 'xMidYMid meet' })
    );
    this.#painter = new Painter(this.#svg, this.#hatch);
    host.append(this.#svg);
    this.#listen(host);
    new ResizeObserver(([entry]) => this.#fit(entry.contentRect.width)).observe(host);
    this.#still.addEventListener('change', () => this.#later());
  }

  /** @param {Vocabulary} words */
  setWords(words) {
    this.#words = words;
    this.#renew();
  }

  /** There is a new view; it is drawn in the next frame. @param {View} view */
  update(view) {
    this.#view = view;
    this.#now = view.now;
    this.#fit(this.#width);
    this.#renew();
  }

  /** Draws the moment `now`; to be called in an animation frame. @param {number} now */
  draw(now) {
    this.#now = now;
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    if (!this.#view) return;
    if (!this.#scene) {
      const look = { stage: this.#stage, words: this.#words, selected: this.#selected, hatch: this.#hatch };
      this.#scene = sceneOf(this.#view, look);
      this.#painting = true;
      this.#painter.paint(this.#scene);
      this.#painting = false;
      this.#rove();
    }
    this.#painter.pose(posesOf(this.#scene, now, this.#still.matches));
  }

  /** Marks a thing as selected; tells nobody. @param {Thing} [thing] */
  select(thing) {
    if ((thing && keyOf(thing)) === (this.#selected && keyOf(this.#selected))) return;
    this.#selected = thing;
    if (thing) this.#current = keyOf(thing);
    this.#renew();
  }

  /** @param {string} id a node */
  focusNode(id) {
    if (this.#view && !this.#scene) this.draw(this.#now);
    this.#focus(`node ${id}`);
  }

  #renew() {
    this.#scene = undefined;
    this.#later();
  }

  /** Draws in the next frame, unless somebody calls `draw` before. */
  #later() {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.draw(this.#now));
  }

  /** Whether the text is large. @param {boolean} big */
  enlarge(big) {
    if (big === this.#big) return;
    this.#big = big;
    this.#fit(this.#width);
  }

  /** @param {number} width */
  #fit(width) {
    this.#width = width;
    const big = this.#big && (this.#view?.nodes.length ?? 0) <= BIG_UP_TO;
    const stage = width < TIGHT_BELOW ? STAGES.tight : big ? STAGES.big : STAGES.wide;
    if (stage === this.#stage) return;
    this.#stage = stage;
    this.#renew();
  }

  /** One thing takes part in the order of Tab; where the focused thing has gone, its receiver gets the focus. */
  #rove() {
    if (this.#focused && !this.#painter.element(this.#focused)) {
      const heir = heirOf(this.#focused);
      this.#focused = undefined;
      this.#focus(heir);
    }
    if (!this.#painter.element(this.#current)) this.#current = this.#scene?.nodes[0]?.key ?? '';
    const inOrder = this.#svg.querySelector('[tabindex="0"]');
    const next = this.#painter.element(this.#current);
    if (inOrder === next) return;
    inOrder?.setAttribute('tabindex', '-1');
    next?.setAttribute('tabindex', '0');
  }

  /** @param {string} key */
  #focus(key) {
    const element = this.#painter.element(key);
    if (!element) return;
    this.#current = key;
    this.#rove();
    element.focus({ preventScroll: true });
  }

  /**
   * Listens at the host, since Chromium takes an SVG element with listeners for the focus as one that can have it.
   * @param {HTMLElement} host
   */
  #listen(host) {
    const presses = pressesOf(host, (target, at) => this.#menu(target, at));
    host.addEventListener('click', (event) => {
      if (presses.wasLong()) return;
      this.#choose(this.#thingAt(event.target));
    });
    host.addEventListener('contextmenu', (event) => {
      event.preventDefault();
      // From the keyboard there is no place of a pointer: the menu opens beside the thing.
      if (event.button === 2) this.#menu(event.target, { x: event.clientX, y: event.clientY });
      else this.#menu(event.target);
    });
    host.addEventListener('focusin', (event) => {
      const thing = this.#thingAt(event.target);
      this.#focused = thing && keyOf(thing);
      if (this.#focused) this.#current = this.#focused;
      this.#rove();
      // The keys of a thing work while it is selected, so what has the focus is.
      if (thing && (!this.#selected || keyOf(thing) !== keyOf(this.#selected))) this.#choose(thing);
    });
    host.addEventListener('focusout', () => {
      // What loses the focus because it is removed passes it on; see `#rove`.
      if (!this.#painting) this.#focused = undefined;
    });
    host.addEventListener('keydown', (event) => this.#key(event));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    // Whoever types faster than frames are drawn loses no key.
    if (!this.#scene) this.draw(this.#now);
    const thing = this.#thingAt(event.target);
    if (!thing || !this.#scene) return;
    if (event.key === 'Enter') {
      this.#menu(event.target);
    } else {
      const goal = neighbour(this.#scene, keyOf(thing), event.key);
      if (!goal) return;
      this.#focus(goal.key);
      this.#choose(goal.thing);
    }
    // The page's own keys must not act as well.
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {Thing | undefined} thing */
  #choose(thing) {
    this.select(thing);
    this.#handlers.onSelect(thing);
  }

  /** @param {EventTarget | null} target @param {{x: number, y: number}} [at] */
  #menu(target, at) {
    const thing = this.#thingAt(target);
    if (!thing) return;
    const box = this.#painter.element(keyOf(thing))?.getBoundingClientRect();
    const beside = box ? { x: box.right, y: box.top } : { x: 0, y: 0 };
    this.#choose(thing);
    this.#handlers.onMenu(thing, at ?? beside);
  }

  /** @param {EventTarget | null} target @returns {Thing | undefined} */
  #thingAt(target) {
    const group = target instanceof Element ? target.closest('[data-key]') : null;
    return group ? this.#painter.figure(group)?.thing : undefined;
  }
}

/** Who gets the focus of a thing that has gone: a message's receiver. @param {string} key */
function heirOf(key) {
  const receiver = /->([nc]\d+)#/.exec(key)?.[1] ?? '';
  return `${receiver.startsWith('c') ? 'client' : 'node'} ${receiver}`;
}

/**
 * Where a key leads from a thing: left and right among its own kind; down through nodes, messages by their arrival,
 * clients and links; up the same way back.
 * @param {Scene} scene @param {string} key @param {string} pressed
 */
export function neighbour(scene, key, pressed) {
  const kinds = [scene.nodes, scene.messages, scene.clients, scene.links].filter((list) => list.length > 0);
  const row = kinds.findIndex((list) => list.some((figure) => figure.key === key));
  if (row < 0) return undefined;
  const list = kinds[row];
  const i = list.findIndex((figure) => figure.key === key);
  switch (pressed) {
    case 'ArrowRight':
      return list[(i + 1) % list.length];
    case 'ArrowLeft':
      return list[(i + list.length - 1) % list.length];
    case 'ArrowDown':
      if (list !== scene.nodes && i + 1 < list.length) return list[i + 1];
      return kinds[row + 1]?.[0];
    case 'ArrowUp':
      if (list !== scene.nodes && i > 0) return list[i - 1];
      return kinds[row - 1] === scene.nodes ? scene.nodes[0] : kinds[row - 1]?.at(-1);
    case 'Home':
      return scene.nodes[0];
    case 'End':
      return kinds.at(-1)?.at(-1);
    default:
      return undefined;
  }
}
