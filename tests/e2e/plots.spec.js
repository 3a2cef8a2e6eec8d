// The panel of plots: what each node has done, drawn and told.
import { expect, expectAccessible, test } from './fixtures.js';
import { leader, openPage, pause, seen } from './page.js';

/** @typedef {import('@playwright/test').Page} Page */

/** A plot by its title. @param {Page} page @param {string | RegExp} title */
const plot = (page, title) => page.getByRole('figure', { name: title });

/** What the table says of a node, by column. @param {Page} page @param {string} node */
const cells = (page, node) =>
  page
    .getByRole('table', { name: /What each node has done/ })
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name: node, exact: true }) })
    .getByRole('cell')
    .allTextContents();

test('the plots come when they are asked for, and tell what each node does as it does it', async ({ page }) => {
  /** @type {string[]} */
  const loaded = [];
  page.on('request', (request) => loaded.push(request.url()));
  await openPage(page, '?traffic=on&seed=3&speed=1');
  const first = await leader(page);
  const scripts = loaded.filter((url) => url.includes('plots-'));
  expect(scripts, 'nothing of it is loaded at once').toEqual([]);
  await page.getByRole('tab', { name: 'Plots' }).click();
  await expect(plot(page, /^Messages sent/)).toContainText(`${first} sends most`);
  await expect(plot(page, /^Time to commit/)).toContainText(/\d times: half within [\d.]+ ms, 99% within/);
  await expect(plot(page, /^Time to answer a client/)).toContainText(/half within/);
  await expect(plot(page, /^Elections, begun and won/)).toContainText(/[1-9] begun, 1 won/);
  await expect(plot(page, /^Who led/)).toContainText(`${first} has led for`);
  await expect(page.locator('.plot canvas')).toHaveCount(6);
  const before = Number((await cells(page, first))[3].replaceAll(',', ''));
  await expect.poll(async () => Number((await cells(page, first))[3].replaceAll(',', ''))).toBeGreaterThan(before);
  await pause(page);
  await expectAccessible(page, { include: '.panel-plots' });
});

test('a click goes to its time, and the figures are those of that time', async ({ page }) => {
  await openPage(page, '?traffic=on&seed=3&speed=1');
  await leader(page);
  await page.getByRole('tab', { name: 'Plots' }).click();
  await expect(plot(page, /^Time to answer a client/)).toContainText(/half within/);
  await pause(page);
  const canvas = plot(page, /^Messages sent/).locator('.u-over');
  await canvas.scrollIntoViewIfNeeded();
  const box = await canvas.boundingBox();
  const end = await seen(page, 'now');
  await canvas.hover({ position: { x: (box?.width ?? 0) / 2, y: 20 } });
  await expect(plot(page, /^Bytes sent/), 'all plots tell of the time that is pointed at').toContainText(
    / m?s: n1 .* bytes\/s/,
  );
  await canvas.click({ position: { x: 1, y: 20 } });
  await expect.poll(() => seen(page, 'now')).toBeLessThan(end / 10);
  await expect(plot(page, /^Time to answer a client/)).toContainText('No client has been answered yet');
  // What is known beyond that moment is still in reach.
  await canvas.click({ position: { x: (box?.width ?? 0) - 2, y: 20 } });
  await expect.poll(() => seen(page, 'now')).toBeGreaterThan(end * 0.9);
});

test('other protocols have their own words for it, and a crash ends a time of leading', async ({ page }) => {
  await openPage(page, '?protocol=multi_paxos&traffic=on&seed=3&speed=1');
  await page.getByRole('tab', { name: 'Plots' }).click();
  await expect(plot(page, /^Attempts to lead, begun and won/)).toContainText('1 begun, 1 won');
  await expect(plot(page, /^Who led/)).toContainText('leader 1 has led for');
  await page.evaluate(() => /** @type {any} */ (window).raftPlayground.session.apply('crash n4'));
  await expect(plot(page, /^Who led/)).toContainText('Nobody leads');
  await page.getByLabel('Protocol').selectOption('single_server');
  await expect(plot(page, /^Who led/)).toContainText('server has led for');
  await expect(plot(page, /begun and won/)).toHaveCount(0);
  await expect(page.locator('.plot canvas')).toHaveCount(5);
});

test('on a narrow screen the plots stand one under the other', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await openPage(page, '?traffic=on&seed=3&speed=1');
  await page.getByRole('tab', { name: 'Plots' }).click();
  const lefts = async () =>
    new Set(
      await page
        .locator('.plot')
        .evaluateAll((all) => all.map((each) => Math.round(each.getBoundingClientRect().left))),
    );
  await expect(page.locator('.plot canvas')).toHaveCount(6);
  expect((await lefts()).size).toBe(1);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide, 'nothing stands out at the side').toBeLessThanOrEqual(360);
});
