// Chaos: the page looks in the background for a run that breaks a promise, makes it small, and opens it as a story.
import { expect, expectAccessible, test } from './fixtures.js';
import { openPage, seen, untilBroken } from './page.js';

/** @typedef {import('@playwright/test').Page} Page */

/** Takes the story line by line until a promise is broken. @param {Page} page */
async function untilItBreaks(page) {
  await untilBroken(page, 'election-safety');
  return [await seen(page, 'hash'), await seen(page, 'broken')];
}

test('a rule is broken, the page finds a run in which that does harm, and whoever gets the link sees it, too', async ({
  page,
  context,
}) => {
  await openPage(page, '?speed=1/1000&nodes=3');
  await page.getByRole('tab', { name: 'Break it' }).click();
  await page.locator('.bug > summary').filter({ hasText: 'take half for a majority' }).click();
  await page.getByRole('button', { name: 'Find a violation' }).click();
  const prey = page.getByRole('region', { name: 'What was found' });
  await expect(prey).toContainText('election safety falls with seed');
  const open = prey.getByRole('button', { name: 'Open it' });
  await expect(open).toBeEnabled({ timeout: 30_000 });
  await expectAccessible(page, { include: '.tabs' });
  await open.click();
  await expect(page.getByRole('tab', { name: 'Story', exact: true })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Escape');
  const here = await untilItBreaks(page);
  await page.keyboard.press('e');
  const field = page.getByRole('dialog', { name: 'Share and open' }).locator('[name="link"]');
  await expect(field).toHaveValue(/#v1\./);
  const link = await field.inputValue();
  const other = await context.newPage();
  await other.goto(link);
  await expect(other.locator('html')).toHaveAttribute('data-ready', 'true');
  await expect.poll(() => seen(other, 'broken')).toEqual(here[1]);
  expect(await seen(other, 'hash')).toBe(here[0]);
});

test('a mistake is found in a schedule of its own, too, beside the seeds', async ({ page }) => {
  await openPage(page, '?speed=1/1000&nodes=3');
  await page.getByRole('tab', { name: 'Break it' }).click();
  await page.locator('.bug > summary').filter({ hasText: 'forget the vote' }).click();
  await page.getByRole('button', { name: 'Find a violation' }).click();
  const prey = page.getByRole('region', { name: 'What was found' });
  await expect(prey).toContainText('election safety falls where all that can happen is tried', { timeout: 30_000 });
  const open = prey.getByRole('button', { name: 'Open it' });
  await expect(open).toBeEnabled({ timeout: 30_000 });
  await open.click();
  await untilItBreaks(page);
});

test('with every rule kept nothing is found; it stops, goes on and begins anew when it is told to', async ({
  page,
}) => {
  await openPage(page, '?speed=1/1000');
  await page.getByRole('tab', { name: 'Find' }).click();
  await page.getByLabel('From seed').fill('-1');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(page.getByText('`-1` is not a seed')).toBeVisible();
  await page.getByLabel('From seed').fill('100');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  const clusters = async () =>
    Number(
      await page
        .locator('.chaos .clusters')
        .textContent()
        .then((text) => text?.replaceAll(',', '')),
    );
  await expect.poll(clusters, { timeout: 30_000 }).toBeGreaterThan(2);
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByText('Nothing was found so far.')).toBeVisible();
  await expectAccessible(page, { include: '.tabs' });
  await page.getByRole('button', { name: 'Go on' }).click();
  const before = await clusters();
  await expect.poll(clusters, { timeout: 30_000 }).toBeGreaterThan(before);
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByRole('button', { name: 'Start', exact: true })).toBeEnabled();
});
