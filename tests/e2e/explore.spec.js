// "Explore from here": everything that can happen from the moment on screen, in the background, with an end or without;
// what is found opens as a branch that leaves the run at that moment.
import { expect, expectAccessible, test } from './fixtures.js';
import { leader, openPage, pause, seen, untilBroken } from './page.js';

/** @typedef {import('@playwright/test').Page} Page */

/** Opens the panel. @param {Page} page */
async function explorer(page) {
  await page.getByRole('tab', { name: 'Find' }).click();
  await page.getByLabel('Everything that can happen from here').check();
  await expect(page.getByRole('button', { name: 'Explore from here' })).toBeVisible();
}

/** Begins to explore. @param {Page} page */
const explore = (page) => page.getByRole('button', { name: 'Explore from here' }).click();

/** Sets bounds. @param {Page} page @param {Record<string, string>} bounds */
async function within(page, bounds) {
  for (const [name, value] of Object.entries(bounds)) await page.locator(`.bounds [name="${name}"]`).fill(value);
}

/** Stops at the same moment whatever the machine is like. @param {Page} page @param {number} at */
async function stopAt(page, at) {
  await pause(page);
  await page.evaluate((time) => {
    const { player } = /** @type {any} */ (window).raftPlayground;
    player.go((/** @type {any} */ session) => session.seekTime(time));
  }, at);
}

/** What came of it. @param {Page} page */
const outcome = (page) => page.locator('.explore').getByRole('status');

/** How many states were seen. @param {Page} page */
const states = async (page) =>
  Number((await page.locator('.figures dd').first().textContent())?.split(' ')[0].replaceAll(',', ''));

test('a rule is broken, exploring from here finds how that does harm, and it opens as a branch', async ({ page }) => {
  await openPage(page, '?speed=1/5&seed=7&nodes=3');
  await leader(page);
  await stopAt(page, 900_000);
  await page.getByRole('tab', { name: 'Break it' }).click();
  await page.locator('.bug > summary').filter({ hasText: 'vote for any log' }).click();
  await page.getByRole('button', { name: 'Break it from now on' }).click();
  await expect(page.getByText('Broken on purpose:')).toBeVisible();
  const [steps, hash] = [await seen(page, 'steps'), await seen(page, 'hash')];
  await explorer(page);
  await page.getByLabel('What shall fall').selectOption({ label: 'leader completeness' });
  await explore(page);
  await expect(outcome(page)).toHaveText(/^leader completeness falls after \d+ moves\.$/, { timeout: 30_000 });
  await expectAccessible(page, { include: '.tabs' });
  await page.getByRole('button', { name: 'Open it as a branch' }).click();

  await expect(page.getByRole('tab', { name: 'Story', exact: true })).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('heading', { name: /leader-completeness is broken in \d+ moves/ })).toBeVisible();
  const next = page.getByRole('button', { name: /Play the next line/ });
  await expect(next, 'whoever uses the keyboard goes on there').toBeFocused();
  expect([await seen(page, 'steps'), await seen(page, 'hash')], 'it leaves the run at that moment').toEqual([
    steps,
    hash,
  ]);
  expect(/** @type {any} */ (await seen(page, 'past')).branches).toBe(2);
  await untilBroken(page, 'leader-completeness', 'Enter');
  await expect(page.locator('.caption-host')).toContainText('Broken:');

  // The run that it left is as it was, and the branch is opened again rather than made again.
  const branches = () =>
    page.evaluate(() =>
      /** @type {any} */ (window).raftPlayground.session.branches().map((/** @type {any} */ each) => each.name),
    );
  expect(await branches()).toEqual(['first run', 'leader completeness falls']);
  await page.getByRole('tab', { name: 'Find' }).click();
  await page.getByRole('button', { name: 'Open it as a branch' }).click();
  await expect.poll(() => seen(page, 'steps')).toBe(steps);
  expect(await branches()).toHaveLength(2);
  await untilBroken(page, 'leader-completeness', 'Shift+ArrowRight');
});

test('where no rule is broken everything within the bounds is looked at, and nothing is found', async ({ page }) => {
  await openPage(page, '?speed=1/5&seed=7&nodes=3');
  await leader(page);
  await stopAt(page, 900_000);
  await explorer(page);
  await within(page, { requests: '0', slots: '1', may: 'eat n1' });
  await explore(page);
  await expect(page.locator('.explore').getByRole('alert')).toContainText('`eat` is not a step');
  await within(page, { may: '' });
  await explore(page);
  await expect(outcome(page)).toHaveText(/^Nothing was found: all [\d,]+ states within these bounds were looked at/, {
    timeout: 30_000,
  });
  expect(await states(page)).toBeGreaterThan(50);
  await expect(page.getByRole('button', { name: 'Open it as a branch' })).toBeHidden();
});

test('it stops, goes on, and stops at the bound of what it may remember', async ({ page }) => {
  await openPage(page, '?speed=1/5&seed=7');
  await leader(page);
  await stopAt(page, 900_000);
  await explorer(page);
  await within(page, { epochs: '3', slots: '4', crashes: '1' });
  await page.getByLabel('Remember at most').selectOption('4000000');
  await explore(page);
  await expect.poll(() => states(page), { timeout: 30_000 }).toBeGreaterThan(100);
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(outcome(page)).toHaveText('Stopped. Nothing was found so far.');
  const before = await states(page);
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect.poll(() => states(page), { timeout: 30_000 }).toBeGreaterThan(before);
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByLabel('Remember at most').selectOption('100000');
  await explore(page);
  await expect(outcome(page)).toHaveText(/^Stopped at the bound: 100,\d{3} states were seen/, { timeout: 60_000 });
  await expectAccessible(page, { include: '.tabs' });
  await page.getByRole('button', { name: 'Go on with room for 200,000' }).click();
  await expect(outcome(page)).toHaveText(/^Stopped at the bound: 200,\d{3} states were seen/, { timeout: 60_000 });
});

test('beside a mistake there is a button that breaks it and explores within bounds that suit it', async ({ page }) => {
  await openPage(page, '?speed=1/5&seed=7&nodes=3');
  await leader(page);
  await stopAt(page, 900_000);
  await page.getByRole('tab', { name: 'Break it' }).click();
  await page.locator('.bug > summary').filter({ hasText: 'vote for any log' }).click();
  await page.getByRole('button', { name: 'Break it and explore from here' }).click();
  await expect(page.getByRole('tab', { name: 'Find' })).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByLabel('What shall fall')).toHaveValue('leader-completeness');
  await expect(outcome(page)).toHaveText(/^leader completeness falls after \d+ moves\.$/, { timeout: 30_000 });
  await page.getByRole('tab', { name: 'Break it' }).click();
  await expect(page.getByRole('button', { name: 'Explore from here', exact: true })).toBeVisible();
});

test('exploring is offered where nothing is selected, and beside what is checked', async ({ page }) => {
  await openPage(page, '?speed=1/5&seed=7&nodes=3');
  await leader(page);
  await stopAt(page, 900_000);
  await page.getByRole('button', { name: 'Explore…' }).click();
  const start = page.getByRole('button', { name: 'Explore from here', exact: true });
  await expect(start).toBeFocused();
  await page.getByRole('tab', { name: 'Checks' }).click();
  await page.getByRole('button', { name: 'Log matching: explore from here' }).click();
  await expect(start).toBeFocused();
  await expect(page.getByLabel('What shall fall')).toHaveValue('log-matching');
});
