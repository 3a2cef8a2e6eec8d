// What a person can do on the page, apart from how it looks: the one door for changes.
//
// A click, a key, a menu and a form all end in a method here. Each says which place asked, so that a refusal can be
// shown beside what caused it. The desk knows the session and the player; it knows no DOM, so its commands can be
// tested without a browser.

import { actionsFor } from './actions.js';
import { notch } from './clock.js';
import { leaderOf } from './reading.js';

/** @typedef {import('./session.js').Session} Session */
/** @typedef {import('./session.js').Request} Request */
/** @typedef {import('./player.js').Player} Player */
/** @typedef {import('../src/wasm.js').Settings} Settings */
/** @typedef {import('./names.js').Thing} Thing */

/**
 * Where a sentence about what was done belongs.
 * @typedef {'start' | 'keys' | 'inspector' | 'request' | 'network' | 'part' | 'clients' | 'open' | 'branches' | 'rules' | 'bugs' | 'chaos' | 'explore'} Spot
 */

/** The step that chooses what a setting says: a rule, or what the disks are like. @param {[name: string, value: string]} setting */
const stepOf = ([name, value]) => (name.includes('.') ? name.replace('.', ' ') : `set ${name}`) + ` ${value}`;

let desks = 0;

/** What is on the table: the session, the hand on its clock, and what is selected. */
export class Desk {
  /** Begins the ids of the elements of this desk, since one document may hold several. */
  id = `desk${(desks += 1)}`;
  /** @type {Session} */
  session;
  /** @type {Player} */
  player;
  /** @type {Thing | undefined} */
  selection;
  /** @type {Record<string, (() => void) | undefined>} commands that whoever put the desk up knows how to carry out */
  own = {};
  /** @type {((bug: import('../src/wasm.js').Bug) => void) | undefined} looks for a run in which this mistake breaks its promise */
  find;
  /** @type {((wish?: { bug?: import('../src/wasm.js').Bug, property?: string }) => void) | undefined} tries everything that can happen from this moment on */
  explore;
  /** @type {(() => void) | undefined} shows the story of what runs */
  tell;
  /** @type {((question: string) => void) | undefined} asks why, where answers are shown */
  ask;
  /** @type {import('./panels/why.js').Causes | undefined} what led to what was asked about, to be highlighted */
  causes;
  /** @type {Map<Spot, string>} what has to be said, and where */
  #said = new Map();
  /** @type {Set<() => void>} */
  #listeners = new Set();

  /** @param {Session} session @param {Player} player */
  constructor(session, player) {
    this.session = session;
    this.player = player;
    session.subscribe(() => this.changed());
  }

  /**
   * @param {() => void} listener called after anything has changed
   * @returns {() => void} ends it
   */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells everybody that something has changed. */
  changed() {
    for (const listener of [...this.#listeners]) listener();
  }

  /** Takes sentences back without telling anybody: for whoever renders at this moment. @param {...Spot} spots */
  forget(...spots) {
    for (const spot of spots) this.#said.delete(spot);
  }

  /** The sentence that belongs at a spot; empty where there is none. @param {Spot} spot */
  said(spot) {
    return this.#said.get(spot) ?? '';
  }

  /**
   * Says a sentence at a spot; nothing takes it back. Sentences at other spots stand until what caused them is mended,
   * but for that of the keys, which is about the last key alone.
   *
   * @param {Spot} spot
   * @param {string} [sentence]
   */
  say(spot, sentence) {
    this.#said.delete('keys');
    if (sentence) this.#said.set(spot, sentence);
    else this.#said.delete(spot);
    this.changed();
  }

  /**
   * Takes steps, one after another until one is refused.
   *
   * @param {Spot} spot who asks
   * @param {...string} steps
   * @returns {boolean} whether all were taken
   */
  take(spot, ...steps) {
    let refused;
    for (const step of steps) refused ??= this.player.act((session) => session.apply(step), this.session);
    this.say(spot, refused);
    return refused === undefined;
  }

  /** A client's request. Whether it was taken. @param {Request} request */
  submit(request) {
    const refused = this.player.act((session) => session.submit(request), this.session);
    this.say('request', refused);
    return refused === undefined;
  }

  /** Another cluster in place of this one. @param {Settings} settings @returns {Promise<boolean>} whether it runs */
  async start(settings) {
    const stood = this.session.failure !== undefined;
    const refused = await this.session.start(settings);
    if (refused === '') return false;
    if (refused === undefined) this.#opened(stood);
    this.say('start', refused);
    return refused === undefined;
  }

  /**
   * A scenario in place of this cluster.
   *
   * @param {Spot} spot who asks
   * @param {string} text
   * @returns {Promise<boolean>} whether it was opened
   */
  async open(spot, text) {
    const stood = this.session.failure !== undefined;
    const refused = await this.session.open(text);
    if (refused === '') return false;
    if (refused === undefined) this.#opened(stood);
    this.say(spot, refused);
    return refused === undefined;
  }

  /**
   * Breaks a rule on purpose from this moment on, or none any more. A run that cannot break any goes on in the package
   * that can, with all its branches.
   *
   * @param {string} names with spaces between them
   * @param {[name: string, value: string][]} [more] what is to be chosen beside that
   * @returns {Promise<boolean>} whether it is so
   */
  async break(names, more = []) {
    if (!this.session.broken && !(await this.#widen())) return false;
    return this.take('bugs', ...more.map(stepOf), `set bug ${names}`);
  }

  /** The run goes on where rules can be broken. Whether it does. */
  async #widen() {
    const { saved, current } = this.session.saved();
    const refused = await this.session.open(saved[current]?.text ?? '', true);
    if (refused === '') return false;
    if (refused === undefined) {
      this.#opened(false);
      await this.session.adopt(saved.filter((_, at) => at !== current));
    }
    this.say('bugs', refused);
    return refused === undefined;
  }

  /** @param {boolean} stood whether the cluster before stood still after a failure */
  #opened(stood) {
    this.selection = undefined;
    this.forget(
      'start',
      'inspector',
      'request',
      'network',
      'part',
      'clients',
      'open',
      'branches',
      'rules',
      'bugs',
      'chaos',
      'explore',
    );
    // What a failure has stopped goes on; what the person has stopped does not.
    if (stood) this.player.toggle();
    this.player.open();
  }

  /** Goes to a time, also beyond what is known. Whether it can be gone to. @param {number} now */
  seek(now) {
    return this.#travel('keys', (session) => session.seekTime(now));
  }

  /** Goes to the moment after so many events. Whether it is known. @param {number} steps */
  seekEvent(steps) {
    return this.#travel('keys', (session) => session.seek(steps));
  }

  /** Shows another branch. Whether it is there. @param {number} id */
  switchTo(id) {
    return this.#travel('branches', (session) => session.switchTo(id));
  }

  /**
   * Takes another run over as a branch of this one, and shows it where it leaves this one: what follows there is played
   * line by line.
   *
   * @param {Spot} spot who asks
   * @param {string} text a scenario that begins as this run did
   * @param {string} name what the branch is called
   * @param {number} [known] the branch that it was taken over as before
   * @returns {Promise<number | undefined>} which branch it is, if it could be
   */
  async branchOff(spot, text, name, known) {
    const { session } = this;
    const { runs } = session;
    const branch = (/** @type {number | undefined} */ id) => session.branches().find((each) => each.id === id);
    const refused = branch(known) ? undefined : await session.adopt([{ name, text }]);
    const card = branch(known) ?? session.branches().at(-1);
    if (refused !== undefined || !card || runs !== session.runs) {
      this.say(spot, refused);
      return undefined;
    }
    this.selection = undefined;
    const { fork_steps: fork, end_steps: last, end } = card;
    this.#travel(spot, (shown) => shown.switchTo(card.id) ?? (last > fork ? shown.seek(fork) : shown.seekTime(end)));
    this.tell?.();
    return card.id;
  }

  /** Gives a branch a name. Whether it has it. @param {number} id @param {string} name */
  rename(id, name) {
    return this.#travel('branches', (session) => session.rename(id, name));
  }

  /** Takes a branch away. Whether it is gone. @param {number} id */
  deleteBranch(id) {
    return this.#travel('branches', (session) => session.deleteBranch(id));
  }

  /** @param {Spot} spot @param {(session: Session) => string | undefined} where */
  #travel(spot, where) {
    const refused = this.player.go(where);
    this.say(spot, refused);
    return refused === undefined;
  }

  /** Selects a thing; nothing deselects. @param {Thing} [thing] */
  select(thing) {
    this.selection = thing;
    this.say('inspector');
  }

  /** The selected node, where a node is selected. */
  get selectedNode() {
    const { selection } = this;
    if (selection?.kind !== 'node') return undefined;
    return this.session.view.nodes.find((card) => card.id === selection.id);
  }

  /**
   * The entry of the selected thing's menu that has this key, if there is one.
   *
   * @param {string} key
   */
  actionOf(key) {
    const { selection: thing, session } = this;
    if (!thing) return undefined;
    const action = actionsFor(thing, session.view, session.words).find((each) => each.key?.toLowerCase() === key);
    return action && { thing, action };
  }

  /**
   * Carries out a command of the keyboard or of a button.
   *
   * @param {string} command
   * @param {string} [key] the key, where one command has several
   * @returns {boolean} whether it is one of those that need nothing but the desk
   */
  command(command, key = '') {
    const act =
      /** @type {Record<string, ((key: string) => void) | undefined>} */ (this.#commands)[command] ?? this.own[command];
    if (!act) return false;
    act(key);
    return true;
  }

  #commands = {
    play: () => {
      this.player.toggle();
      this.say('keys');
    },
    step: () => this.say('keys', this.player.step() ? '' : 'Nothing is left to happen.'),
    back: () => this.say('keys', this.player.back() ? '' : 'This is the start.'),
    earlier: () => this.say('keys', this.player.go((session) => session.earlier()) ? '' : 'This is the start.'),
    later: () =>
      this.say(
        'keys',
        this.player.go((session) => session.later()) ? '' : 'No turning point is near: the cluster only waits.',
      ),
    reverse: () => {
      this.player.reverse();
      this.say('keys');
    },
    undo: () => this.say('keys', this.player.undo()),
    redo: () => this.say('keys', this.player.redo()),
    skip: () => this.say('keys', this.player.skip() ? '' : 'Nothing new happened: the cluster only waits.'),
    slower: () => this.#speed(-1),
    faster: () => this.#speed(1),
    select: (/** @type {string} */ key) => {
      const card = this.session.view.nodes[Number(key) - 1];
      if (card) this.select({ kind: 'node', id: card.id });
      else this.say('keys', `There is no node ${key}: there are ${this.session.view.nodes.length}.`);
    },
    'restart-leader': () => {
      const leader = leaderOf(this.session.view);
      if (leader) this.take('keys', `crash ${leader.id}`, `restart ${leader.id}`);
      else this.say('keys', 'No node leads at this moment.');
    },
    'crash-leader': () => {
      const leader = leaderOf(this.session.view);
      if (leader) this.take('keys', `crash ${leader.id}`);
      else this.say('keys', 'No node leads at this moment.');
    },
    'time-out': () => this.take('keys', 'spread'),
    align: () => this.take('keys', 'align'),
    crash: () => this.say('keys', 'Select the node to crash first, with 1 to 9.'),
    pause: () => this.say('keys', 'Select the node to pause first, with 1 to 9.'),
    mend: () => {
      const { nodes, links } = this.session.view;
      const steps = [
        ...(links.some(({ cut }) => cut) ? ['heal'] : []),
        ...(nodes.some(({ up, paused }) => !up || paused) ? ['resume'] : []),
      ];
      if (steps.length > 0) this.take('keys', ...steps);
      else this.say('keys', 'Nothing is cut, crashed or paused.');
    },
  };

  /** @param {1 | -1} by */
  #speed(by) {
    const { clock } = this.player;
    clock.speed = notch(clock.speed, by);
    this.say('keys');
  }
}
