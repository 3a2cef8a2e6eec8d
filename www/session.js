// Holds the running cluster: the only file that calls the core, which engine.js has loaded.
//
// Everything that changes the cluster goes through here, and everything that is seen of it is handed out from here,
// one view for each change. What the core refuses comes back as the sentence that it said, for the place that asked
// to show it. A panic of the core leaves an instance that must not be touched again; so the session keeps its own copy
// of the settings and of each accepted step of the person, and turns a panic into a failure that tells them.
// It knows no wall time and no DOM.
//
// Time may be walked in both directions. Whatever goes to another moment than the next is a jump: what was told before
// it is asked for anew, since other things may have happened on the way there.

import { messageOf } from './format.js';
import { countedNodes } from './members.js';
import { momentOf } from './reading.js';

/** @typedef {import('./engine.js').Engine} Engine */
/** @typedef {import('./pkg/raft/raft.js').Playground} Playground */

/** @typedef {import('../src/wasm.js').View} View */
/** @typedef {import('../src/wasm.js').Settings} Settings */
/** @typedef {import('../src/wasm.js').ProtocolCard} ProtocolCard */
/** @typedef {import('../src/wasm.js').EventLine} EventLine */
/** @typedef {import('../src/wasm.js').MessageDetails} MessageDetails */
/** @typedef {import('../src/wasm.js').Story} Story */
/** @typedef {import('../src/wasm.js').Place} Place */
/** @typedef {import('../src/wasm.js').ScenarioEntry} ScenarioEntry */
/** @typedef {import('../src/wasm.js').ChoiceCard} ChoiceCard */
/** @typedef {{ client: string, op: string, key: string, value?: string, to?: string, by?: string }} Request */

/**
 * A step that the person took, and at which moment of the run, as the command line reads it.
 * @typedef {{ when: string, text: string }} Taken
 */

/**
 * What is left of a run whose core has panicked: its settings and steps, or, where it began as a scenario or somebody
 * has walked about in it, the scenario that was last known.
 * @typedef {{ message: string, at: number, settings: Settings, taken: Taken[], scenario?: string }} Failure
 */

/** As many events of the story, and as many details, are kept as the core keeps. */
const KEPT_LINES = 500;

/** @type {Story} */
const NO_STORY = { title: '', story: '', lines: [] };
/** @type {Place} */
const NOWHERE = { next: 0, by_hand: false };

/** The name of a run that breaks no rule. */
const UNBROKEN = 'none';
/** A line of a script that breaks one. */
const BREAKS = /^[^#\n]*\bset bug\b/m;

/** Whether a setting says that a rule is broken. @param {unknown} bug */
const isBroken = (bug) => bug !== undefined && bug !== UNBROKEN;

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
  /** @type {string | undefined} the run as a scenario, where steps alone do not say how it came to be */
  #scenario;
  /** @type {number | undefined} */
  #from;
  /** How often another cluster has been asked for. */
  #wishes = 0;

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
  /** How often another moment than the next has been gone to; a new cluster is one, too. */
  jumps = 0;
  /** @type {Story} what was opened; empty where a cluster was only started */
  story = NO_STORY;
  /** @type {Place} how far its script has been played */
  place = NOWHERE;
  /** @type {Failure | undefined} */
  failure;

  /**
   * @param {Engine} engine which has loaded what runs the first cluster
   * @param {Settings} settings of the first cluster, for which there is no other to fall back to
   */
  constructor(engine, settings) {
    this.#engine = engine;
    this.cards = engine.cards;
    this.words = this.cards[0];
    this.view = /** @type {View} */ ({});
    const [refused] = this.#start(settings);
    // A link with a wrong seed is no reason to show nothing.
    if (refused !== undefined && this.#start({ protocol: settings.protocol }).length > 0) throw new Error(refused);
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
   * Starts another cluster in place of the running one, which goes on meanwhile, and if this is refused.
   *
   * @param {Settings} settings
   * @returns {Promise<string | undefined>} why not; an empty text where something else was asked for since
   */
  async start(settings) {
    return (await this.#load(settings.protocol, isBroken(settings.bug))) ?? this.#start(settings)[0];
  }

  /** @param {Settings} settings */
  #start(settings) {
    const Core = this.#engine.core(settings.protocol, isBroken(settings.bug));
    return this.#begin(settings, () => new Core(settings));
  }

  /**
   * Loads what runs a protocol. That takes time, in which another cluster may be asked for: the last wish holds.
   *
   * @param {string} [protocol]
   * @param {boolean} [broken] whether a rule is broken on purpose
   * @returns {Promise<string | undefined>} why it cannot be begun
   */
  async #load(protocol, broken) {
    const wish = (this.#wishes += 1);
    try {
      await this.#engine.load(protocol, broken);
    } catch (error) {
      if (wish === this.#wishes) return messageOf(error);
    }
    return wish === this.#wishes ? undefined : '';
  }

  /**
   * Opens a scenario file in place of the running cluster, which goes on meanwhile, and if this is refused.
   *
   * @param {string} text
   * @param {boolean} [broken] whether rules are to be broken on purpose, be it later
   * @returns {Promise<string | undefined>} why not: a sentence, and perhaps beneath it the line and a mark; an empty text
   *   where something else was asked for since
   */
  async open(text, broken = false) {
    const { entriesOf, located } = await import('./reader.js');
    /** @type {ScenarioEntry[]} */
    let entries = [];
    try {
      entries = entriesOf(text);
    } catch (error) {
      return messageOf(error);
    }
    const protocol = entries.find(([name]) => name === 'protocol')?.[1];
    const breaks = broken || entries.some(([name, value]) => (name === 'bug' ? isBroken(value) : BREAKS.test(value)));
    const missed = await this.#load(protocol, breaks);
    if (missed !== undefined) return missed;
    const core = this.#engine.core(protocol, breaks);
    const [refused, fault] = this.#begin(this.settings, () => core.open(entries), true);
    return refused === undefined ? undefined : located(text, entries, /** @type {Error} */ (fault));
  }

  /**
   * @param {Settings} settings
   * @param {() => Playground} make
   * @param {boolean} [opened] whether the core knows the settings, and more, from a scenario
   * @returns {[refused?: string, error?: unknown]}
   */
  #begin(settings, make, opened = false) {
    /** @type {Playground} */
    let fresh;
    try {
      fresh = make();
    } catch (error) {
      if (isRefusal(error)) return [error.message, error];
      this.settings = settings;
      this.#taken = [];
      this.#fail(error);
      return [];
    }
    // An instance that has panicked is left to the garbage collector: touching it could panic again.
    if (!this.failure) this.#core?.free();
    this.#core = fresh;
    this.#taken = [];
    this.#from = undefined;
    this.failure = undefined;
    this.settings = settings;
    this.story = NO_STORY;
    this.place = NOWHERE;
    this.#scenario = undefined;
    if (opened) this.#readScenario();
    this.lines = [];
    this.runs += 1;
    this.words = this.cards.find((card) => card.protocol === this.settings.protocol) ?? this.cards[0];
    this.#refresh(true);
    return [];
  }

  /** The next event, at its time, or the line of a script that waits for the person. Whether there was one. */
  step() {
    const { violation } = this.view;
    const [, happened] = this.#ask((core) => core.step());
    this.#refresh();
    this.#stop(violation);
    return happened ?? false;
  }

  /**
   * What goes on ends at the event that breaks a promise, also in the midst of a line of a script that makes many.
   *
   * @param {View['violation']} before what was broken before
   */
  #stop(before) {
    const { violation, steps } = this.view;
    if (violation && !before && violation.steps < steps) this.seek(violation.steps);
  }

  /**
   * One event after another until one is told that is part of the story, with one view at the end: a view for each
   * would take a second.
   *
   * @param {number} most how many events at most
   * @returns {boolean} whether there was one
   */
  stepToStory(most) {
    const { violation } = this.view;
    let { told } = this.view;
    const [, found] = this.#ask((core) => {
      for (let events = 0; events < most && core.step(); events += 1) {
        const fresh = /** @type {EventLine[]} */ (core.events(told));
        if (fresh.some((line) => line.weight !== 'detail')) return true;
        told = fresh.at(-1)?.number ?? told;
      }
      return false;
    });
    this.#refresh();
    this.#stop(violation);
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
    const { violation } = this.view;
    this.#ask((core) => core.tick(micros));
    this.#refresh();
    this.#stop(violation);
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
  submit({ client, op, key, value, to, by }) {
    const named = (/** @type {string} */ word, /** @type {string | undefined} */ what) => (what ? [word, what] : []);
    const words = [op, client, key, ...(value === undefined ? [] : [value]), ...named('to', to), ...named('by', by)];
    const operation = /** @type {import('../src/wasm.js').Operation} */ (op);
    return this.#change(words.join(' '), (core) => core.submit(client, operation, key, value, to, by));
  }

  /** One event back. Whether there was one. */
  back() {
    return this.#travel((core) => core.back())[1] ?? false;
  }

  /** Goes to the turning point before this moment, or to the start. Whether that is somewhere else. */
  earlier() {
    return this.#travel((core) => core.earlier())[1] ?? false;
  }

  /** Goes to the next turning point. Whether there was one within reach. */
  later() {
    return this.#travel((core) => core.later())[1] ?? false;
  }

  /** Goes to the moment after so many steps. @param {number} steps @returns {string | undefined} why not */
  seek(steps) {
    return this.#travel((core) => core.seek(steps))[0];
  }

  /** Goes to a time, also beyond what is known. @param {number} now @returns {string | undefined} why not */
  seekTime(now) {
    return this.#travel((core) => core.seek_time(Math.max(0, Math.floor(now))))[0];
  }

  /** Takes the last step of the person back. @returns {string | undefined} why not */
  undo() {
    return this.#travel((core) => core.undo())[0];
  }

  /** Takes the last `undo` back. @returns {string | undefined} why not */
  redo() {
    return this.#travel((core) => core.redo())[0];
  }

  /** Shows another branch. @param {number} id @returns {string | undefined} why not */
  switchTo(id) {
    const [refused] = this.#travel((core) => core.switch(id));
    // What was done on the other branch is none of this one's steps.
    this.#scenario ??= '';
    this.#keepScenario();
    return refused;
  }

  /** Gives a branch a name. @param {number} id @param {string} name @returns {string | undefined} why not */
  rename(id, name) {
    return this.#travel((core) => core.rename(id, name))[0];
  }

  /** Takes a branch away. @param {number} id @returns {string | undefined} why not */
  deleteBranch(id) {
    return this.#travel((core) => core.delete(id))[0];
  }

  /** Every branch. @returns {import('../src/wasm.js').Branch[]} */
  branches() {
    return /** @type {import('../src/wasm.js').Branch[]} */ (this.#ask((core) => core.branches())[1] ?? []);
  }

  /**
   * The first event at which two branches differ.
   *
   * @param {number} left
   * @param {number} right
   * @returns {import('../src/wasm.js').Difference | undefined}
   */
  compare(left, right) {
    return /** @type {import('../src/wasm.js').Difference | undefined} */ (
      this.#ask((core) => core.compare(left, right))[1]
    );
  }

  /** The branch that is shown, as a line. @param {number} places for how many marks @returns {import('../src/wasm.js').Strip} */
  strip(places) {
    const strip = this.#ask((core) => /** @type {import('../src/wasm.js').Strip} */ (core.strip(places)))[1];
    return strip ?? { end: this.view.now, stretches: [], marks: [] };
  }

  /** What each node has done up to this moment, in figures. @returns {import('../src/wasm.js').Metrics | undefined} */
  metrics() {
    return this.#ask((core) => /** @type {import('../src/wasm.js').Metrics} */ (core.metrics()))[1];
  }

  /** Everything that is checked at every event, and how it stands. @returns {import('../src/wasm.js').CheckCard[]} */
  checks() {
    return this.#ask((core) => /** @type {import('../src/wasm.js').CheckCard[]} */ (core.checks()))[1] ?? [];
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

  /** Everything that can be chosen anew while the cluster runs, as it is at this moment. @returns {ChoiceCard[]} */
  choices() {
    return /** @type {ChoiceCard[]} */ (this.#ask((core) => core.choices())[1] ?? []);
  }

  /** The rules that a run of this protocol can break on purpose; what knows them is loaded. @returns {Promise<import('../src/wasm.js').Bug[]>} */
  bugs() {
    return this.#engine.bugs(this.words.protocol);
  }

  /** What runs every protocol, and answers questions, loaded where it is not there yet. */
  whole() {
    return this.#engine.whole();
  }

  /** The names of the rules that are broken on purpose at this moment; nothing where this run cannot break any. */
  get broken() {
    const [, names] = this.#ask((core) =>
      'bug' in core ? /** @type {() => string} */ (core.bug).call(core) : undefined,
    );
    return names?.split(' ').filter((name) => name !== UNBROKEN);
  }

  /** What was done and what is still to be done, as a scenario file that opens at this moment. */
  script() {
    return this.#ask((core) => core.script())[1] ?? '';
  }

  /** What was asked for and has not begun is not wanted any more. */
  stay() {
    this.#wishes += 1;
  }

  /** Gives the cluster's memory back; the session cannot be used any more. */
  close() {
    this.#listeners.clear();
    this.stay();
    if (!this.failure) this.#core?.free();
    this.#core = undefined;
  }

  /** Every branch as a scenario file, with its name, and which of them is shown. @returns {{ saved: { name: string, text: string }[], current: number }} */
  saved() {
    const pairs = /** @type {[string, string][]} */ (this.#ask((core) => core.saved())[1] ?? []);
    const current = this.branches().findIndex((branch) => branch.current);
    return { saved: pairs.map(([name, text]) => ({ name, text })), current: Math.max(0, current) };
  }

  /**
   * Takes other runs over as branches, which began as this one did.
   *
   * @param {{ name: string, text: string }[]} others
   * @returns {Promise<string | undefined>} why one of them could not be taken over; the others are
   */
  async adopt(others) {
    const { entriesOf } = await import('./reader.js');
    let refused;
    for (const { name, text } of others) {
      try {
        const entries = entriesOf(text);
        refused ??= this.#ask((core) => core.adopt(entries, name))[0];
      } catch (error) {
        refused ??= messageOf(error);
      }
    }
    this.#refresh();
    return refused;
  }

  /** @param {string} text @param {(core: Playground) => void} change */
  #change(text, change) {
    const { live, branch } = this.view.past;
    this.#taken.push({ when: momentOf(this.view), text });
    const [refused] = this.#ask(change);
    if (refused !== undefined) {
      this.#taken.pop();
      return refused;
    }
    if (!live) this.#scenario ??= '';
    this.#keepScenario();
    this.#refresh(!live || this.view.past.branch !== branch);
    return undefined;
  }

  #readScenario() {
    this.story = this.#ask((core) => core.story())[1] ?? NO_STORY;
    const told = this.#ask((core) => core.settings())[1] ?? {};
    this.settings = { ...told, traffic: String(told.traffic) === 'true' };
    this.#scenario = '';
    this.#keepScenario();
  }

  /** The run as a scenario, while the core can still say it. */
  #keepScenario() {
    if (this.#scenario !== undefined) this.#scenario = this.script();
  }

  /**
   * Goes to another moment, or changes what is kept of the run.
   *
   * @template T
   * @param {(core: Playground) => T} question
   * @returns {[refused: string | undefined, answer?: T]}
   */
  #travel(question) {
    const answer = this.#ask(question);
    this.#refresh(true);
    return answer;
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

  /** @param {boolean} [jumped] whether what was told before may be another story */
  #refresh(jumped = false) {
    const branch = this.view.past?.branch;
    const [refused, view] = this.#ask((core) => /** @type {View} */ (core.view(this.#from)));
    // There is nothing in that question that could be wrong: a core that cannot be seen is broken.
    if (refused !== undefined) return this.#fail(new Error(refused));
    if (view) this.view = { ...view, nodes: countedNodes(view) };
    if (jumped) {
      this.jumps += 1;
      this.lines = [];
    }
    const last = this.lines.at(-1)?.number ?? 0;
    if (view && view.told > last) {
      const fresh = this.#ask((core) => /** @type {EventLine[]} */ (core.events(last)))[1] ?? [];
      this.lines = kept([...this.lines, ...fresh]);
    }
    // A branch that was taken over from another run has a story of its own.
    const switched = jumped && view && branch !== undefined && view.past.branch !== branch;
    if (switched) this.story = this.#ask((core) => core.story())[1] ?? NO_STORY;
    this.place = this.story.lines.length > 0 ? (this.#ask((core) => core.place())[1] ?? this.place) : NOWHERE;
    this.#tell();
  }

  /** @param {unknown} error */
  #fail(error) {
    const message = messageOf(error);
    const { settings, view } = this;
    this.failure = { message, at: view.now ?? 0, settings, taken: [...this.#taken], scenario: this.#scenario };
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
