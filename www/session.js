// Holds the running cluster: the only file that knows the wasm package.
//
// Everything that changes the cluster goes through here, and everything that is seen of it is handed out from here,
// one view for each change. What the core refuses comes back as the sentence that it said, for the place that asked
// to show it. A panic of the core leaves an instance that must not be touched again; so the session keeps its own copy
// of the settings and of each accepted step of the person, and turns a panic into a failure that tells them.
// It knows no wall time and no DOM.

import init, { Playground, protocols } from './pkg/raft_playground.js';

/** @typedef {import('../src/wasm.js').View} View */
/** @typedef {import('../src/wasm.js').Settings} Settings */
/** @typedef {import('../src/wasm.js').ProtocolCard} ProtocolCard */
/** @typedef {import('../src/wasm.js').EventLine} EventLine */
/** @typedef {import('../src/wasm.js').MessageDetails} MessageDetails */
/** @typedef {{ client: string, op: string, key: string, value?: string, to?: string }} Request */

/**
 * A step that the person took, and at which moment of the run, as the command line reads it.
 * @typedef {{ when: string, text: string }} Taken
 */

/**
 * What is left of a run whose core has panicked.
 * @typedef {{ message: string, at: number, settings: Settings, taken: Taken[] }} Failure
 */

/**
 * The wasm package, or something that behaves like it.
 * @typedef {{ protocols(): ProtocolCard[], Playground: new (settings: Settings) => Playground }} Engine
 */

/** As many events of the story, and as many details, are kept as the core keeps. */
const KEPT_LINES = 500;

/** @type {Promise<unknown> | undefined} */
let loading;

/**
 * Loads the wasm module, once for all sessions of a document.
 *
 * @returns {Promise<Engine>}
 */
export async function loadEngine() {
  loading ??= init();
  await loading;
  return { protocols, Playground };
}

/** One cluster after another; there is always at most one. */
export class Session {
  /** @type {Engine} */
  #engine;
  /** @type {Playground | undefined} */
  #core;
  /** @type {Set<() => void>} */
  #listeners = new Set();
  /** @type {Taken[]} */
  #taken = [];
  /** @type {number | undefined} */
  #from;

  /** @type {ProtocolCard[]} every protocol that can be chosen */
  cards;
  /** @type {ProtocolCard} the protocol that runs, with its words */
  words;
  /** @type {Settings} what the running cluster was started with */
  settings = {};
  /** @type {View} the cluster as it is now; read it, never change it */
  view;
  /** @type {EventLine[]} what has been told, oldest first */
  lines = [];
  /** How many clusters have been started. */
  runs = 0;
  /** @type {Failure | undefined} */
  failure;

  /**
   * @param {Engine} engine
   * @param {Settings} settings of the first cluster, for which there is no other to fall back to
   */
  constructor(engine, settings) {
    this.#engine = engine;
    this.cards = engine.protocols();
    this.words = this.cards[0];
    this.view = /** @type {View} */ ({});
    const refused = this.start(settings);
    // A link with a wrong seed is no reason to show nothing.
    if (refused !== undefined && this.start({ protocol: settings.protocol }) !== undefined) throw new Error(refused);
    /** What was wrong with the first settings, if anything. */
    this.complaint = refused;
  }

  /**
   * @param {() => void} listener called after each change
   * @returns {() => void} ends it
   */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Starts another cluster in place of the running one, which goes on if this is refused.
   *
   * @param {Settings} settings
   * @returns {string | undefined} why not
   */
  start(settings) {
    /** @type {Playground} */
    let fresh;
    try {
      fresh = new this.#engine.Playground(settings);
    } catch (error) {
      if (isRefusal(error)) return error.message;
      this.settings = settings;
      this.#taken = [];
      this.#fail(error);
      return undefined;
    }
    // An instance that has panicked is left to the garbage collector: touching it could panic again.
    if (!this.failure) this.#core?.free();
    this.#core = fresh;
    this.#taken = [];
    this.#from = undefined;
    this.failure = undefined;
    this.settings = settings;
    this.lines = [];
    this.runs += 1;
    this.words = this.cards.find((card) => card.protocol === settings.protocol) ?? this.cards[0];
    this.#refresh();
    return undefined;
  }

  /** The next event, at its time. Whether there was one. */
  step() {
    const [, happened] = this.#ask((core) => core.step());
    this.#refresh();
    return happened ?? false;
  }

  /**
   * One event after another until one is told that is part of the story, with one view at the end: a view for each
   * would take a second.
   *
   * @param {number} most how many events at most
   * @returns {boolean} whether there was one
   */
  stepToStory(most) {
    let told = this.view.told;
    const [, found] = this.#ask((core) => {
      for (let events = 0; events < most && core.step(); events += 1) {
        const fresh = /** @type {EventLine[]} */ (core.events(told));
        if (fresh.some((line) => line.weight !== 'detail')) return true;
        told = fresh.at(-1)?.number ?? told;
      }
      return false;
    });
    this.#refresh();
    return found ?? false;
  }

  /**
   * Lets the cluster's time go on until `now`, with all that happens on the way.
   *
   * @param {number} now
   */
  reach(now) {
    const micros = Math.floor(now) - this.view.now;
    if (micros <= 0 || this.failure) return;
    this.#ask((core) => core.tick(micros));
    this.#refresh();
  }

  /**
   * A step of the person, by its text.
   *
   * @param {string} text
   * @returns {string | undefined} why it was refused
   */
  apply(text) {
    return this.#change(text, (core) => core.apply(text));
  }

  /**
   * A client's command.
   *
   * @param {Request} request
   * @returns {string | undefined} why it was refused
   */
  submit({ client, op, key, value, to }) {
    const words = [op, client, key, ...(value === undefined ? [] : [value]), ...(to === undefined ? [] : ['to', to])];
    const operation = /** @type {import('../src/wasm.js').Operation} */ (op);
    return this.#change(words.join(' '), (core) => core.submit(client, operation, key, value, to));
  }

  /**
   * Shows the logs from another slot on; from the last ones where it is undefined.
   *
   * @param {number | undefined} from
   */
  showFrom(from) {
    if (from === this.#from) return;
    this.#from = from;
    this.#refresh();
  }

  /**
   * Everything about a message that is on its way; nothing where it has arrived.
   *
   * @param {string} id
   * @returns {MessageDetails | undefined}
   */
  message(id) {
    return this.#ask((core) => /** @type {MessageDetails} */ (core.message(id)))[1];
  }

  /** What has been done so far, as a scenario file that gives the same run again. */
  script() {
    return this.#ask((core) => core.script())[1] ?? '';
  }

  /** Gives the cluster's memory back; the session cannot be used any more. */
  close() {
    this.#listeners.clear();
    if (!this.failure) this.#core?.free();
    this.#core = undefined;
  }

  /** @param {string} text @param {(core: Playground) => void} change */
  #change(text, change) {
    this.#taken.push({ when: momentOf(this.view), text });
    const [refused] = this.#ask(change);
    if (refused !== undefined) this.#taken.pop();
    else this.#refresh();
    return refused;
  }

  /**
   * The one place where the core is called: sorts what it throws.
   *
   * @template T
   * @param {(core: Playground) => T} question
   * @returns {[refused: string | undefined, answer?: T]}
   */
  #ask(question) {
    if (this.failure || !this.#core) return [undefined];
    try {
      return [undefined, question(this.#core)];
    } catch (error) {
      if (isRefusal(error)) return [error.message];
      this.#fail(error);
      return [undefined];
    }
  }

  #refresh() {
    const [refused, view] = this.#ask((core) => /** @type {View} */ (core.view(this.#from)));
    // There is nothing in that question that could be wrong: a core that cannot be seen is broken.
    if (refused !== undefined) return this.#fail(new Error(refused));
    if (view) this.view = view;
    const last = this.lines.at(-1)?.number ?? 0;
    if (view && view.told > last) {
      const fresh = this.#ask((core) => /** @type {EventLine[]} */ (core.events(last)))[1] ?? [];
      this.lines = kept([...this.lines, ...fresh]);
    }
    this.#tell();
  }

  /** @param {unknown} error */
  #fail(error) {
    const message = error instanceof Error ? error.message : String(error);
    this.failure = { message, at: this.view.now ?? 0, settings: this.settings, taken: [...this.#taken] };
    this.#tell();
  }

  #tell() {
    for (const listener of [...this.#listeners]) listener();
  }
}

/**
 * The latest of the story and the latest details: a cluster that has nothing to do tells nothing but details, and they
 * must not push its story out.
 *
 * @param {EventLine[]} lines oldest first
 */
function kept(lines) {
  const room = { detail: KEPT_LINES, story: KEPT_LINES };
  const latest = [...lines].reverse().filter(({ weight }) => room[weight === 'detail' ? 'detail' : 'story']-- > 0);
  return latest.length === lines.length ? lines : latest.reverse();
}

/**
 * Whether the core said no, in a sentence. A trap (`WebAssembly.RuntimeError`) and mistakes of ours (`TypeError`) are
 * classes of their own.
 *
 * @param {unknown} error
 * @returns {error is Error}
 */
const isRefusal = (error) => error instanceof Error && error.constructor === Error;

/**
 * The moment that a view shows: its time, and where more is due at that very time the number of steps so far.
 *
 * @param {View} view
 */
const momentOf = ({ now, due, steps }) => (due === now ? `${now}us#${steps}` : `${now}us`);

/** A word as a shell takes it. @param {string} word */
const quoted = (word) => (/^[\w=.:#-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/**
 * A failure as text, for a bug report: what happened, and the command that shows it again.
 *
 * @param {Failure} failure
 */
export function reportOf({ message, at, settings, taken }) {
  const chosen = Object.entries(settings).filter(([, value]) => value !== undefined);
  const sets = chosen.map(([name, value]) => `${name}=${value}`);
  const steps = taken.map(({ when, text }) => `${when} ${text}`);
  // Whatever was under way when it stopped is over a second later.
  const words = [...sets.flatMap((set) => ['--set', set]), '--for', `${at + 1_000_000}us`, ...steps];
  return [
    `Raft Playground stopped at ${at}us: ${message}`,
    `settings: ${sets.join(' ') || 'none'}`,
    steps.length > 0 ? 'steps:' : 'steps: none',
    ...steps.map((step) => `  ${step}`),
    'again with:',
    `  cargo run --release -- watch ${words.map(quoted).join(' ')}`,
    '',
  ].join('\n');
}
