// Long work in small slices: what a worker does between two messages. It knows neither workers nor wasm.
//
// A task is whatever can go on for about so many steps and say how it stands. What there is to be worked on is named by a
// kind; who adds one adds a line to worker.js.

import { messageOf } from './format.js';

/**
 * Something that takes long.
 *
 * @typedef {object} Task
 * @property {(steps: number) => boolean} advance goes on for about so many steps; false once there is nothing more to do
 * @property {() => object} standing how it stands
 * @property {() => void} [pass] leaves what was found, and goes on behind it
 * @property {() => void} [free] gives its memory back
 */

/**
 * What a worker is told: to begin a task of a kind, to stop, to go on, to leave what was found.
 * @typedef {{ do: 'begin', kind: string, [name: string]: unknown } | { do: 'stop' | 'go' | 'pass' }} Order
 */

/**
 * What a worker tells: how the task stands, whether it goes on, for how many milliseconds it has worked; or why it cannot.
 * @typedef {{ standing: any, going: boolean, busy: number } | { refused: string }} Told
 */

/** How many steps lie between two looks at the clock. */
const SLICE = 20_000;
/** How often it is told how the task stands, in milliseconds; as often a message can come in. */
const EVERY = 100;

/** Works on one task at a time. */
export class Works {
  #kinds;
  #tell;
  #clock;
  /** @type {Task | undefined} */
  #task;
  #going = false;
  #busy = 0;

  /**
   * @param {Record<string, (order: any) => Task>} kinds makes a task of what was asked for
   * @param {(told: Told) => void} tell
   * @param {{ now(): number, later(work: () => void): void }} clock
   */
  constructor(kinds, tell, clock) {
    this.#kinds = kinds;
    this.#tell = tell;
    this.#clock = clock;
  }

  /** @param {Order} order */
  take(order) {
    try {
      this.#obey(order);
    } catch (error) {
      this.#going = false;
      this.#tell({ refused: messageOf(error) });
    }
  }

  /** @param {Order} order */
  #obey(order) {
    if (order.do === 'stop') {
      this.#going = false;
      if (this.#task) this.#say();
      return;
    }
    if (order.do === 'begin') {
      this.#task?.free?.();
      this.#task = undefined;
      this.#task = this.#kinds[order.kind](order);
      this.#busy = 0;
    } else if (order.do === 'pass') {
      this.#task?.pass?.();
    }
    if (!this.#task || this.#going) return;
    this.#going = true;
    this.#clock.later(this.#work);
  }

  #work = () => {
    if (!this.#going || !this.#task) return;
    const begun = this.#clock.now();
    try {
      let more = true;
      while (more && this.#clock.now() - begun < EVERY) more = this.#task.advance(SLICE);
      this.#going = more;
      this.#busy += this.#clock.now() - begun;
      this.#say();
      if (more) this.#clock.later(this.#work);
    } catch (error) {
      this.#going = false;
      this.#tell({ refused: messageOf(error) });
    }
  };

  #say() {
    this.#tell({ standing: this.#task?.standing(), going: this.#going, busy: this.#busy });
  }
}
