// What the end-to-end tests say of the page, in the words of somebody who uses it.
import { expect } from './fixtures.js';

/** @typedef {import('@playwright/test').Page} Page */

/**
 * Opens the page and waits until something can be seen. Virtual time may be made faster than a person would want it.
 *
 * @param {Page} page
 * @param {string} [query]
 */
export async function openPage(page, query = '') {
  await page.goto(`/${query}`);
  await expect(page.locator('html')).toHaveAttribute('data-ready', 'true');
}

/** A node in the ring, by the beginning of its accessible name. @param {Page} page @param {string | RegExp} name */
export const inRing = (page, name) => page.locator('.ring-host').getByRole('button', { name });

/** Every node that says that it leads, as the ring names it. @param {Page} page */
export const leaders = (page) =>
  page.evaluate(() => {
    const { view } = /** @type {any} */ (window).raftPlayground.session;
    return view.nodes
      .filter((/** @type {any} */ card) => card.up && card.node.mark === 'crown')
      .map((/** @type {any} */ card) => card.id);
  });

/** Waits for a leader other than these and says which it is. @param {Page} page @param {...string} not */
export async function leader(page, ...not) {
  let found = '';
  await expect
    .poll(
      async () => (found = (await leaders(page)).filter((/** @type {string} */ id) => !not.includes(id)).at(-1) ?? ''),
    )
    .not.toBe('');
  return found;
}

/** Something that the session's view says. @param {Page} page @param {string} field */
export const seen = (page, field) =>
  page.evaluate((name) => /** @type {any} */ (window).raftPlayground.session.view[name], field);

/** The protocol that runs; nothing while the page opens. @param {Page} page @returns {Promise<string | undefined>} */
export const running = (page) =>
  page.evaluate(() => /** @type {any} */ (window).raftPlayground?.session.words.protocol);

/** Waits until the page has painted so many frames: what changes the cluster is seen in the next one. @param {Page} page @param {number} count */
export const frames = (page, count) =>
  page.evaluate(async (most) => {
    for (let i = 0; i < most; i += 1) await new Promise(requestAnimationFrame);
  }, count);

/** Writes a request into the form and sends it. @param {Page} page @param {string} op @param {string} key @param {string} [value] */
export async function send(page, op, key, value) {
  await page.getByRole('tab', { name: 'Clients' }).click();
  await page.getByLabel('Operation').selectOption(op);
  await page.getByLabel('key', { exact: true }).fill(key);
  if (value !== undefined) await page.getByLabel('value', { exact: true }).fill(value);
  await page.getByRole('button', { name: 'Send' }).click();
}

/** The row of a client in the clients panel. @param {Page} page @param {string} client */
export const clientRow = (page, client) =>
  page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: client, exact: true }) });

/** The button that plays or pauses; a node's menu has a "Pause" of its own. @param {Page} page @param {'Play' | 'Pause'} name */
export const playButton = (page, name) => page.locator('.controls').getByRole('button', { name, exact: true });

/** Stops time. @param {Page} page */
export async function pause(page) {
  if (await playButton(page, 'Pause').isVisible()) await page.keyboard.press('.');
  await expect(playButton(page, 'Play')).toBeVisible();
}

/** Goes on by a key until this promise is broken. @param {Page} page @param {string} property @param {string} [key] */
export const untilBroken = (page, property, key = 'ArrowRight') =>
  expect
    .poll(
      async () => {
        await page.keyboard.press(key);
        return seen(page, 'broken');
      },
      { intervals: [50] },
    )
    .toContain(property);
