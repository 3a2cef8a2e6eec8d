// A worker of the page: what takes long is done here, so that the page stays quick. It loads a copy of its own of the
// package that runs every protocol.

import init, { Explorer, Hunt, judge } from './pkg/all_protocols/all_protocols.js';
import { messageOf } from './format.js';
import { Works } from './task.js';

/** What can be asked for, by its kind. @type {Record<string, (order: any) => import('./task.js').Task>} */
const KINDS = {
  // Seed after seed until a run breaks a promise, which is then shrunk.
  hunt: ({ settings, seed }) => new Hunt(settings, seed),
  // Every order in which things can happen from a moment on, until a promise is broken or there is no room.
  explore({ entries, reach }) {
    const explorer = new Explorer(entries, reach);
    return {
      advance: (steps) => explorer.advance(steps),
      standing: () => ({ ...explorer.standing(), memory: explorer.memory() }),
      pass: () => explorer.pass(),
      free: () => explorer.free(),
    };
  },
  // What clients of a run saw: whether one server could have answered so.
  judge({ entries }) {
    /** @type {object} */
    let found = {};
    const advance = () => {
      found = judge(entries);
      return false;
    };
    return { advance, standing: () => found };
  },
};

const tell = (/** @type {import('./task.js').Told} */ told) => postMessage(told);
const clock = { now: () => performance.now(), later: (/** @type {() => void} */ work) => void setTimeout(work) };
const works = init().then(() => new Works(KINDS, tell, clock));

addEventListener('message', async ({ data }) => {
  try {
    (await works).take(data);
  } catch (error) {
    tell({ refused: messageOf(error) });
  }
});
