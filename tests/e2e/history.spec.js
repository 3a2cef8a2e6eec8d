// What clients saw, judged and drawn: an order for a run that keeps to the rules, a contradiction for one that does not.
import { expect, expectAccessible, test } from './fixtures.js';
import { leader, openPage, seen, send } from './page.js';

/** @typedef {import('@playwright/test').Page} Page */

/** @param {Page} page */
const open = (page) => page.getByRole('tab', { name: 'History' }).click();

/** Opens a scenario that comes with the page, and plays it to its end. @param {Page} page @param {string} title */
async function played(page, title) {
  await page.keyboard.press('o');
  const dialog = page.getByRole('dialog', { name: 'Scenarios' });
  await dialog.getByRole('searchbox').fill(title);
  await dialog.locator('.scenario').first().click();
  await expect(dialog).toBeHidden();
  await page.evaluate(() => {
    const { session, player } = /** @type {any} */ (window).raftPlayground;
    for (let i = 0; i < 20_000 && session.place.next < session.story.lines.length; i += 1) player.step();
  });
}

test('a run that keeps to the rules has its order drawn; it grows with the run, and a bar leads to its moment', async ({
  page,
}) => {
  await openPage(page, '?speed=1&seed=7');
  await leader(page);
  await open(page);
  await expect(page.locator('.panel-history')).toContainText('No client has asked anything');
  await send(page, 'put', 'k', '1');
  await expect(page.locator('table.clients')).toContainText('OK');
  await send(page, 'get', 'k');
  await open(page);
  const bars = page.locator('.panel-history .bar');
  await expect(page.locator('.panel-history .verdict')).toContainText('one server gives the same 2 answers');
  await expect(bars).toHaveCount(2);
  await expect(bars.nth(1).locator('circle.effect')).toHaveCount(1);
  await expect(page.locator('.bar.wrong')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Space');
  await expectAccessible(page, { include: '.tabs' });
  // By keyboard: to the second bar, and to its moment; the drawing stands as it was.
  await bars.first().focus();
  await page.keyboard.press('ArrowRight');
  await expect(bars.nth(1)).toBeFocused();
  const end = /** @type {number} */ (await seen(page, 'now'));
  await page.keyboard.press('Enter');
  await expect.poll(() => seen(page, 'now')).toBeLessThan(end);
  await expect(bars).toHaveCount(2);
  await expect(page.locator('.panel-history .now')).toHaveCount(1);
  const asked = await seen(page, 'now');
  await page.getByRole('button', { name: 'answered at' }).click();
  await expect.poll(() => seen(page, 'now')).toBeGreaterThan(/** @type {number} */ (asked));
});

test('a stale read is drawn as what contradicts, with the reason', async ({ page }) => {
  await openPage(page);
  await played(page, 'A stale read');
  await open(page);
  const verdict = page.locator('.panel-history .verdict');
  await expect(verdict).toContainText(
    "Not linearizable: c3's `get x` found 1, but x never had that value while it ran",
  );
  await expect(verdict).toContainText("wherever c2's `delete x` is placed");
  const wrong = page.locator('.panel-history .bar.wrong');
  await expect(wrong).toHaveCount(2);
  await expect(wrong.first()).toHaveAttribute('aria-label', /^c2 delete x: asked at .*answered OK/);
  await expect(wrong.last()).toContainText('get x by local → "1"');
  await expect(page.locator('.panel-history circle.effect')).toHaveCount(0);
  await expectAccessible(page, { include: '.tabs' });
  await wrong.last().click();
  await expect(wrong.last()).toHaveAttribute('aria-pressed', 'true');
});
