// A stand-in for the wasm packages, for tests of what stands around it: a cluster with one event every ten milliseconds,
// each told, and with a sample for its picture. It refuses as the core does, and panics or breaks a promise when it is
// asked to.

import { Engine } from '../engine.js';
import { samples, view as aView, words } from './sample-views.js';

/**
 * @param {keyof typeof samples} [sample]
 * @returns {{ engine: Engine, living(): number }} and how many clusters have not been freed
 */
export function fakeEngine(sample = 'quiet') {
  const counts = [
    { name: 'num_nodes', label: 'nodes', min: 1, max: 9, value: 5 },
    { name: 'num_clients', label: 'clients', min: 1, max: 9, value: 3 },
  ];
  const base = samples[sample] ?? aView();

  class Playground {
    static living = 0;
    #now = 0;
    #steps = 0;
    /** @type {number | undefined} */
    #broken;
    /** @type {any[]} */
    #lines = [];
    /** @param {any} settings */
    constructor(settings) {
      if (Number(settings.num_nodes) > 9) throw new Error('nodes is a number from 1 to 9, not 10');
      this.settings = settings;
      Playground.living += 1;
    }
    get #due() {
      return (this.#steps + 1) * 10_000;
    }
    step() {
      this.#now = this.#due;
      this.#steps += 1;
      const number = this.#lines.length + 1;
      const weight = ['detail', 'detail', 'story', 'detail', 'turn'][number % 5];
      this.#lines.push({ number, at: this.#now, who: 'n1', text: `Event ${number} happens.`, section: '§1', weight });
      return true;
    }
    /** @param {number} micros */
    tick(micros) {
      const end = this.#now + micros;
      let count = 0;
      for (; this.#due <= end; count += 1) this.step();
      this.#now = end;
      return count;
    }
    /** @param {string} text */
    apply(text) {
      if (text === 'panic') throw new WebAssembly.RuntimeError('unreachable');
      if (text === 'break') return void (this.#broken = this.#now);
      if (!/^(crash|restart|timeout|spread|align|heal|resume|isolate)/.test(text))
        throw new Error(`"${text}" is no step`);
    }
    submit() {}
    view() {
      const { seed = '1' } = this.settings;
      const shift = (/** @type {any} */ flight) => ({ ...flight });
      return {
        ...base,
        ...{ now: this.#now, due: this.#due, seed: String(seed), steps: this.#steps, told: this.#lines.length },
        messages: base.messages.map(shift),
        past: {
          since: this.#now,
          end: this.#now,
          end_steps: this.#steps,
          live: true,
          branch: 1,
          branches: 1,
          redo: false,
        },
        violation:
          this.#broken === undefined ? undefined : { sentence: 'One at a time.', at: this.#broken, claims: [] },
      };
    }
    /** @param {number} since */
    events(since) {
      return this.#lines.filter((line) => line.number > since);
    }
    message() {
      return { id: 'm', kind: 'k', facts: [] };
    }
    script() {
      return 'seed 1';
    }
    free() {
      Playground.living -= 1;
    }
  }
  const fake = /** @type {any} */ ({ protocols: () => [{ ...words, counts, here: true }], Playground });
  const never = () => Promise.reject(new Error('there is no other package'));
  return { engine: new Engine(fake, never), living: () => Playground.living };
}
