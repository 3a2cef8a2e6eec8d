// Brings an SVG element into line with a scene: keyed groups, made once, changed only where their look has changed.
//
// A thing keeps its element as long as its key is there, so the focus, a hover and a screen reader's place survive
// every event. Between events only transforms, opacities and the arcs' dashes are set. This file knows elements and
// primitives; what they mean is none of its business.

/** @typedef {import('./scene.js').Scene} Scene */
/** @typedef {import('./scene.js').Figure} Figure */
/** @typedef {import('./figures.js').Primitive} Primitive */
/** @typedef {ReturnType<import('./scene.js').posesOf>} Poses */

/** @typedef {{element: SVGGElement, figure: Figure, place: string, opacity: number, dash: string,
 *   arc: Element | null}} Painted */

const SVG = 'http://www.w3.org/2000/svg';
/** From the back to the front. Messages pass behind nodes and clients, whose words can be read at any time. */
const LAYERS = /** @type {const} */ (['groups', 'halves', 'links', 'cuts', 'messages', 'clients', 'nodes']);

/** @param {string} tag @param {Record<string, string | number>} attributes @returns {SVGElement} */
export function svg(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return /** @type {SVGElement} */ (element);
}

export class Painter {
  /** @type {Map<string, Painted>} */
  #painted = new Map();
  /** @type {Map<string, SVGGElement>} */
  #layers = new Map();
  #root;

  /** @param {SVGSVGElement} root @param {string} hatch the id of the pattern of paused nodes */
  constructor(root, hatch) {
    this.#root = root;
    const pattern = svg('pattern', {
      id: hatch,
      width: 12,
      height: 12,
      patternUnits: 'userSpaceOnUse',
      patternTransform: 'rotate(45)',
    });
    pattern.append(svg('path', { class: 'hatch-line', d: 'M0 0V12' }));
    const defs = svg('defs', {});
    defs.append(pattern);
    root.append(defs);
    for (const name of LAYERS) {
      const layer = /** @type {SVGGElement} */ (svg('g', { class: name }));
      this.#layers.set(name, layer);
      root.append(layer);
    }
  }

  /** The element of a thing, while it is there. @param {string} key */
  element(key) {
    return this.#painted.get(key)?.element;
  }

  /** The thing whose element this is. @param {Element} element */
  figure(element) {
    return this.#painted.get(element.getAttribute('data-key') ?? '')?.figure;
  }

  /** @param {Scene} scene */
  paint(scene) {
    const { width, height } = scene.stage;
    this.#set(this.#root, 'viewBox', `0 0 ${width} ${height}`);
    const stale = new Set(this.#painted.keys());
    for (const name of LAYERS) {
      const layer = /** @type {SVGGElement} */ (this.#layers.get(name));
      for (const figure of scene[name]) {
        stale.delete(figure.key);
        const painted = this.#painted.get(figure.key) ?? this.#make(figure, layer);
        this.#bring(painted, figure);
      }
    }
    for (const key of stale) {
      this.#painted.get(key)?.element.remove();
      this.#painted.delete(key);
    }
    this.#set(
      /** @type {SVGGElement} */ (this.#layers.get('messages')),
      'class',
      `messages${scene.roomy ? ' roomy' : ''}`,
    );
  }

  /** Moves what moves. @param {Poses} poses */
  pose(poses) {
    for (const { key, x, y, opacity } of poses.messages) {
      const painted = this.#painted.get(key);
      if (!painted) continue;
      this.#place(painted, x, y);
      if (painted.opacity !== opacity) {
        painted.opacity = opacity;
        painted.element.setAttribute('opacity', String(opacity));
      }
    }
    for (const { key, left } of poses.dials) {
      const painted = this.#painted.get(key);
      const dash = `${left} 2`;
      if (!painted?.arc || painted.dash === dash) continue;
      painted.dash = dash;
      painted.arc.setAttribute('stroke-dasharray', dash);
    }
  }

  /** @param {Figure} figure @param {SVGGElement} layer @returns {Painted} */
  #make(figure, layer) {
    const element = /** @type {SVGGElement} */ (svg('g', {}));
    if (figure.thing) {
      element.setAttribute('role', 'button');
      element.setAttribute('aria-haspopup', 'menu');
      element.setAttribute('tabindex', '-1');
    }
    element.setAttribute('data-key', figure.key);
    layer.append(element);
    const empty = { ...figure, look: '', classes: '', label: '' };
    const painted = { element, figure: empty, place: '', opacity: 1, dash: '', arc: null };
    this.#painted.set(figure.key, painted);
    return painted;
  }

  /** @param {Painted} painted @param {Figure} figure */
  #bring(painted, figure) {
    const { element, figure: before } = painted;
    painted.figure = figure;
    if (before.classes !== figure.classes) element.setAttribute('class', figure.classes);
    if (before.look !== figure.look) {
      const title = svg('title', {});
      title.textContent = figure.label;
      element.replaceChildren(title, ...figure.parts().map(primitive));
      painted.arc = element.querySelector('.arc');
      painted.dash = '';
    }
    if (before.label !== figure.label) {
      const title = element.firstElementChild;
      if (title) title.textContent = figure.label;
      if (figure.thing) element.setAttribute('aria-label', figure.label);
    }
    // Messages are placed by their poses alone.
    if (figure.thing?.kind !== 'message') this.#place(painted, figure.x, figure.y);
  }

  /** @param {Painted} painted @param {number} x @param {number} y */
  #place(painted, x, y) {
    const place = `translate(${x} ${y})`;
    if (painted.place === place) return;
    painted.place = place;
    painted.element.setAttribute('transform', place);
  }

  /** @param {Element} element @param {string} name @param {string} value */
  #set(element, name, value) {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  }
}

/** @param {Primitive} primitive */
function primitive([tag, attributes, text]) {
  const element = svg(tag, attributes);
  if (text !== undefined) element.textContent = text;
  return element;
}
