// The story that the page is there to tell: a leader is chosen, a key is written, the leader crashes, the others recover
// and the value is still there. Told once with the mouse and once with the keyboard alone.
import { expect, test } from './fixtures.js';
import { clientRow, inRing, leader, leaders, openPage, playButton, running, seen, send } from './page.js';

test('a leader is seen within two seconds of opening', async ({ page }) => {
  await openPage(page);
  await expect.poll(() => leaders(page), { timeout: 2_000 }).toHaveLength(1);
  const [id] = await leaders(page);
  await expect(inRing(page, new RegExp(`^${id}, leader`))).toBeVisible();
  await expect(page.locator('.caption')).toContainText(id);
});

test('a value survives the crash of the leader', async ({ page }) => {
  await openPage(page, '?speed=1/2');
  const first = await leader(page);

  await send(page, 'put', 'a', 'val_1');
  await expect(clientRow(page, 'c1')).toContainText('put a val_1 → OK');
  await page.getByRole('tab', { name: 'Stores' }).click();
  await expect(page.locator('.stores tbody tr')).toHaveCount(5);
  await expect(page.locator('.stores tbody td').filter({ hasText: /^\s*val_1\s*$/ })).toHaveCount(5);
  await send(page, 'get', 'a');
  await expect(clientRow(page, 'c1')).toContainText('get a → "val_1"');

  await inRing(page, new RegExp(`^${first}\\b`)).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Crash' }).click();
  await expect(inRing(page, new RegExp(`^${first}, crashed`))).toBeVisible();
  const second = await leader(page, first);
  expect(second).not.toBe(first);

  await send(page, 'put', 'b', 'val_2');
  await expect(clientRow(page, 'c1')).toContainText('put b val_2 → OK');
  await send(page, 'get', 'a');
  await expect(clientRow(page, 'c1')).toContainText('get a → "val_1"');

  // Restarted by keyboard alone: its number selects it, X starts it again.
  await page.locator('.caption-host').click();
  await page.keyboard.press('Escape');
  await page.keyboard.press(first.slice(1));
  await page.keyboard.press('x');
  await expect(inRing(page, new RegExp(`^${first}, (?!crashed)`))).toBeVisible();
  await page.getByRole('tab', { name: 'Stores' }).click();
  await expect(page.locator('.stores tbody tr').filter({ hasText: first })).toContainText('val_2');
});

test('the same, without a mouse', async ({ page }) => {
  await openPage(page, '?speed=1/2');
  const first = await leader(page);

  await page.keyboard.press('c');
  await page.keyboard.type('k');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('v1');
  await page.keyboard.press('Enter');
  await expect(clientRow(page, 'c1')).toContainText('put k v1 → OK');
  await page.keyboard.press('Escape');

  // Into the ring, to the leader, its menu, and down to the first entry.
  await page.keyboard.press(first.slice(1));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menu')).toBeVisible();
  await expect(playButton(page, 'Play')).toBeVisible();
  await expect(page.getByRole('menuitem', { name: 'Crash' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menu')).toBeHidden();
  await expect(playButton(page, 'Pause')).toBeVisible();
  await leader(page, first);

  // R crashes the leader and starts it again; whoever leads then does so in a later epoch.
  const epochs = async () => (await seen(page, 'nodes')).map((/** @type {any} */ card) => card.node.epoch.number);
  const before = Math.max(...(await epochs()));
  await page.keyboard.press('Escape');
  await page.keyboard.press('r');
  await expect.poll(async () => Math.max(...(await epochs()))).toBeGreaterThan(before);
  await leader(page);
  await page.keyboard.press('b');
  await expect.poll(async () => (await seen(page, 'nodes')).every((/** @type {any} */ card) => card.up)).toBe(true);

  // P asks whom to part from the others: Space chooses, Enter parts, B heals.
  await page.keyboard.press('p');
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await seen(page, 'nodes'))[0].isolated).toBe(true);
  await page.keyboard.press('b');
  await expect.poll(async () => (await seen(page, 'links')).length).toBe(0);
});

test('each protocol that can be chosen answers a request', async ({ page }) => {
  await openPage(page, '?speed=1');
  const select = page.getByLabel('Protocol');
  const names = await select.locator('option').allTextContents();
  expect(names.length).toBeGreaterThan(1);
  for (const name of names) {
    await select.selectOption({ label: name });
    await expect.poll(() => running(page)).toBe(await select.inputValue());
    await send(page, 'put', 'a', 'val_1');
    await expect(clientRow(page, 'c1'), name).toContainText('put a val_1 → OK');
  }
});
