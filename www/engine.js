// Loads the core: the only file that knows the wasm packages, but for the worker, which has one of its own.
//
// There are two of them. The first runs one protocol alone, and names the others with their words and sizes: that is all
// that most visits need. The second runs every protocol, and is loaded when a run of another is opened for the first
// time, or one that breaks a rule on purpose. What is running stays in the package that it began in, so the two may
// play side by side.

import { messageOf } from './format.js';
import init, { Playground, protocols } from './pkg/raft/raft.js';

/** @typedef {import('../src/wasm.js').ProtocolCard} ProtocolCard */
/** @typedef {import('../src/wasm.js').Settings} Settings */
/** @typedef {import('../src/wasm.js').ScenarioEntry} ScenarioEntry */
/** @typedef {import('../src/wasm.js').Bug} Bug */
/** @typedef {import('../src/wasm.js').Explorable} Explorable */

/**
 * What makes runs: a package's class, or something that behaves like it.
 * @typedef {{ new (settings: Settings): Playground, open(entries: ScenarioEntry[]): Playground }} Core
 */

/** @typedef {{ protocols(): ProtocolCard[], bugs?(protocol: string): Bug[], explorable?(protocol: string): Explorable, Playground: Core, memory?: WebAssembly.Memory }} Package */

/** The packages of one document. */
export class Engine {
  #first;
  #fetch;
  /** @type {Package | undefined} what runs every protocol, once it is there */
  #whole;
  /** @type {Promise<Package> | undefined} */
  #coming;

  /** @type {ProtocolCard[]} every protocol that can be chosen */
  cards;
  /** What the runs of the first package use, for measurements. */
  memory;

  /**
   * @param {Package} first
   * @param {() => Promise<Package>} fetch loads the package that runs every protocol
   */
  constructor(first, fetch) {
    this.#first = first.Playground;
    this.#fetch = fetch;
    this.cards = first.protocols();
    this.memory = first.memory;
  }

  /** What only the package runs which is not there yet, by its title. @param {string} protocol @param {boolean} broken */
  #missing(protocol, broken) {
    if (this.#whole) return undefined;
    const card = this.cards.find((each) => each.protocol === protocol);
    return broken ? 'What breaks rules on purpose' : card && !card.here ? card.title : undefined;
  }

  /**
   * Loads what runs a protocol, where it is not there yet.
   *
   * @param {string} [protocol] the first one where none is named
   * @param {boolean} [broken] whether a rule is broken on purpose
   * @throws {Error} a sentence, where it cannot be loaded; the next time it is tried anew
   */
  async load(protocol = this.cards[0].protocol, broken = false) {
    const missing = this.#missing(protocol, broken);
    if (!missing) return;
    try {
      this.#coming ??= this.#fetch();
      this.#whole = await this.#coming;
    } catch (error) {
      this.#coming = undefined;
      throw new Error(`${missing} could not be loaded: ${messageOf(error)}`, { cause: error });
    }
  }

  /**
   * What runs a protocol; what was not loaded, and what nobody knows, it refuses with a sentence.
   *
   * @param {string} [protocol] the first one where none is named
   * @param {boolean} [broken] whether a rule is broken on purpose
   * @returns {Core}
   */
  core(protocol = this.cards[0].protocol, broken = false) {
    const here = !broken && (this.cards.find((each) => each.protocol === protocol)?.here ?? true);
    return here ? this.#first : (this.#whole?.Playground ?? this.#first);
  }

  /**
   * The rules that a run of a protocol can break on purpose.
   *
   * @param {string} protocol
   * @returns {Promise<Bug[]>}
   */
  async bugs(protocol) {
    return (await this.whole())?.bugs?.(protocol) ?? [];
  }

  /** The package that runs everything, loaded where it is not there yet. */
  async whole() {
    await this.load(undefined, true);
    return this.#whole;
  }
}

async function whole() {
  const all = await import('./pkg/all_protocols/all_protocols.js');
  await all.default();
  return all;
}

/** @type {Promise<Engine> | undefined} */
let engine;

/** The first package, loaded once for all sessions of a document. */
export function loadEngine() {
  engine ??= init().then(({ memory }) => new Engine({ protocols, Playground, memory }, whole));
  return engine;
}
