// Side by side: other protocols under the same clients, seed and faults, in lockstep.
import { expect, expectAccessible, test } from './fixtures.js';
import { openPage, pause } from './page.js';

/** @typedef {import('@playwright/test').Page} Page */

/** The heads of the columns, in order. @param {Page} page */
const heads = (page) => page.locator('.beside-head');

test('three protocols begin anew with one seed, and one bar moves them all', async ({ page }) => {
  await openPage(page, '?traffic=on&seed=3&speed=1');
  await page.getByRole('button', { name: 'Side by side' }).click();
  const dialog = page.getByRole('dialog', { name: 'Side by side' });
  await expectAccessible(page, { include: 'dialog[open]' });
  await dialog.getByRole('button', { name: /Begin anew/ }).click();
  await expect(heads(page)).toHaveCount(3);
  await expect(heads(page).nth(2)).toContainText(/[1-9]\d* answers/);
  await pause(page);
  await expect(page.locator('.controls')).toHaveCount(1);
  // Paused, all stand at one time, and go back to the start together.
  await page.keyboard.press('g');
  await page.getByRole('textbox', { name: 'Time or event' }).fill('0 ms');
  await page.keyboard.press('Enter');
  for (const at of [0, 1, 2]) await expect(heads(page).nth(at)).toContainText('0 answers');
  await page.keyboard.press('s');
  await expectAccessible(page);
});

test('a fault meets every cluster that has such a node, and those that have not say so', async ({ page }) => {
  await openPage(page, '?seed=3&speed=1&beside=multi_paxos,single_server');
  await expect(heads(page)).toHaveCount(3);
  await pause(page);
  await page.keyboard.press('2');
  await page.keyboard.press('x');
  const columns = page.locator('.column');
  for (const at of [0, 1])
    await expect(columns.nth(at).getByRole('button', { name: /^(n2|acceptor 2).*crashed/ })).toBeVisible();
  await expect(columns.nth(2).locator('.said')).toContainText('there is no n2');
  await page.keyboard.press('u');
  for (const at of [0, 1]) await expect(columns.nth(at).getByRole('button', { name: /crashed/ })).toHaveCount(0);
});
