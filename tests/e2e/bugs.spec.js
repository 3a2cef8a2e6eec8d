// "Break it": a rule is broken on purpose, from now on and from the start, in a run that began in the small package.
import { expect, expectAccessible, test } from './fixtures.js';
import { leader, openPage, seen } from './page.js';

/** @typedef {import('@playwright/test').Page} Page */

/** The mistakes of which one is told in a few words. @param {Page} page @param {string} label */
async function mistake(page, label) {
  await page.getByRole('tab', { name: 'Break it' }).click();
  await page.locator('.bug > summary').filter({ hasText: label }).click();
}

/** What is broken at this moment. @param {Page} page */
const broken = (page) => page.evaluate(() => /** @type {any} */ (window).raftPlayground?.session.broken);

test('a rule is broken from now on in the same run, and mended again', async ({ page }) => {
  await openPage(page, '?speed=1/5&seed=7');
  await leader(page);
  await page.keyboard.press('Space');
  const hash = () => page.evaluate(() => /** @type {any} */ (window).raftPlayground.session.view.hash);
  const before = await hash();
  expect(await broken(page)).toBe(undefined);
  await mistake(page, 'vote for any log');
  await expect(page.locator('.change')).toContainText('log.last_index');
  await expectAccessible(page, { include: '#tabs' });
  await page.getByRole('button', { name: 'Break it from now on' }).click();
  await expect(page.getByText('Broken on purpose:')).toBeVisible();
  expect(await broken(page)).toEqual(['skip_up_to_date']);
  await page.keyboard.press('u');
  await expect(page.getByText('Every rule is kept.')).toBeVisible();
  expect(await hash(), 'the run is the same up to that moment').toBe(before);
  await page.getByRole('button', { name: 'Break it from now on' }).click();
  await page.locator('.state').getByRole('button', { name: 'Mend it' }).click();
  await expect(page.getByText('Every rule is kept.')).toBeVisible();
});

test('a cluster that breaks a rule from the start breaks its promise, and a reload shows it again', async ({
  page,
}) => {
  await openPage(page, '?speed=1/20&nodes=3');
  await mistake(page, 'take half for a majority');
  await page.getByRole('button', { name: 'Break it from the start' }).click();
  await expect.poll(() => broken(page)).toEqual(['half_quorum']);
  expect(new URL(page.url()).searchParams.get('bug')).toBe('half_quorum');
  // All ask for the lead at once, and one of three is enough now.
  await page.keyboard.press('Escape');
  await page.keyboard.press('a');
  await expect.poll(async () => (await seen(page, 'violation'))?.property).toMatch(/election-safety|quorum/);
  await page.reload();
  await expect.poll(() => broken(page)).toEqual(['half_quorum']);
});

test('a link may ask for a mistake; another cluster makes none', async ({ page }) => {
  await openPage(page, '?speed=1/1000&bug=forget_vote');
  expect(await broken(page)).toEqual(['forget_vote']);
  await page.getByLabel('Protocol').selectOption('multi_paxos');
  await expect.poll(() => broken(page)).toEqual([]);
  expect(new URL(page.url()).searchParams.has('bug')).toBe(false);
  await page.getByRole('tab', { name: 'Break it' }).click();
  await expect(page.locator('.bug')).toHaveCount(3);
  await openPage(page, '?bug=nothing');
  await expect(page.getByText('`bug = nothing` cannot be')).toBeVisible();
});
