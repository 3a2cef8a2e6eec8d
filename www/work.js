// Keeps what somebody works on in this browser, so that it survives a reload: every branch as a scenario, a little after
// each change and when the page goes away. What is kept is opened again where the page is reloaded; whoever comes anew
// begins anew, and finds the last run in the list of scenarios.

import { Keeper } from './keep.js';

/** @typedef {import('./desk.js').Desk} Desk */
/** @typedef {import('./keep.js').Work} Work */

/** How often what has changed is kept at most, in milliseconds. */
const EVERY = 2000;

/** The work of one page. */
export class WorkKept {
  #keeper = new Keeper();
  #desk;
  /** The moment that was kept last. */
  #kept = '';
  /** @type {Work | undefined} what was kept at the last visit and is not open */
  last;

  /** @param {Desk} desk */
  constructor(desk) {
    this.#desk = desk;
  }

  /**
   * Opens what was kept, where the page was reloaded.
   *
   * @param {boolean} again whether it was
   * @returns {Promise<string | undefined>} what has to be said about it
   */
  async takeUp(again) {
    const kept = this.#keeper.kept();
    if (kept?.wrong !== undefined) return kept.wrong;
    this.last = kept?.session;
    return again && this.last ? this.open(this.last) : undefined;
  }

  /** Opens a session with all its branches. @param {Work} work @returns {Promise<string | undefined>} what has to be said */
  async open({ saved, current }) {
    const desk = this.#desk;
    const shown = saved[current];
    if (!shown || !(await desk.open('open', shown.text))) {
      return `What you worked on last could not be opened again: ${desk.said('open').split('\n')[0]}`;
    }
    // Whoever comes back wants to look before time goes on.
    desk.player.clock.playing = false;
    const refused = await desk.session.adopt(saved.filter((each) => each !== shown));
    return refused && `A branch of what you worked on last could not be opened again: ${refused.split('\n')[0]}`;
  }

  /** From now on what is done is kept. @param {(sentence: string) => void} say where it cannot be */
  begin(say) {
    const keep = () => {
      const { session } = this.#desk;
      const { view } = session;
      const moment = `${session.runs} ${view.past.branch} ${view.past.branches} ${view.steps} ${view.now} ${view.hash}`;
      if (moment === this.#kept || session.failure) return;
      this.#kept = moment;
      const refused = this.#keeper.keep(session.saved());
      if (refused) say(refused);
    };
    setInterval(keep, EVERY);
    addEventListener('pagehide', keep);
    document.addEventListener('visibilitychange', () => document.hidden && keep());
  }
}
