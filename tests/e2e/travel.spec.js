// Time travel: back and forth, undo and redo, and the branches that acting in the past makes.
import { expect, expectAccessible, test } from './fixtures.js';
import { leader, openPage, pause, playButton, seen } from './page.js';

/** @typedef {import('@playwright/test').Page} Page */

/** @param {Page} page */
const past = (page) => /** @type {Promise<import('../../src/wasm.js').Past>} */ (seen(page, 'past'));
/** What a moment is: equal where everything that has happened is. @param {Page} page */
const moment = async (page) => [await seen(page, 'steps'), await seen(page, 'hash')];

test('one event back and on again is the same moment, by button and by key', async ({ page }) => {
  await openPage(page, '?traffic=on&speed=1/2');
  await leader(page);
  await pause(page);
  const here = await moment(page);
  await page.keyboard.press('ArrowLeft');
  await page.getByRole('button', { name: 'One event back' }).click();
  await page.keyboard.press(',');
  expect(await seen(page, 'steps')).toBe(here[0] - 3);
  await page.getByRole('button', { name: 'One event on' }).click();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('s');
  expect(await moment(page)).toEqual(here);
});

test('turning points are gone to with Shift and an arrow, also beyond what is known', async ({ page }) => {
  await openPage(page);
  await pause(page);
  await page.keyboard.press('Shift+ArrowRight');
  await expect(page.locator('.caption-host')).toContainText('is leader of term 1');
  const elected = await moment(page);
  await page.keyboard.press('Shift+ArrowRight');
  await expect(page.locator('.caption-host')).toContainText('commits entry 1');
  await page.keyboard.press('Shift+ArrowLeft');
  expect(await moment(page)).toEqual(elected);
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('Shift+ArrowLeft');
  await expect(page.locator('.said')).toHaveText('This is the start.');
});

test('time is played backwards down to the start', async ({ page }) => {
  await openPage(page, '?speed=2');
  await leader(page);
  await page.keyboard.press('v');
  await expect.poll(() => seen(page, 'steps'), { timeout: 20_000 }).toBe(0);
  await expect(playButton(page, 'Play')).toBeVisible();
  expect((await past(page)).end_steps).toBeGreaterThan(5);
});

test('the line under the ring is dragged and told, and goes back and forth by key', async ({ page }) => {
  await openPage(page, '?traffic=on&speed=5');
  await expect.poll(() => seen(page, 'now')).toBeGreaterThan(2_000_000);
  await pause(page);
  const line = page.getByRole('slider', { name: /timeline|time/i }).first();
  const box = await line.boundingBox();
  if (!box) throw new Error('the line is not there');
  const end = (await past(page)).end;
  await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.25, box.y + box.height / 2, { steps: 5 });
  await page.mouse.up();
  const now = await seen(page, 'now');
  expect(now).toBeLessThan(end * 0.6);
  expect((await past(page)).end).toBe(end);
  await expect(page.locator('.timeline')).toContainText('in the past');
  await expect(line).toHaveAttribute('aria-valuetext', /term 1/);
  await line.focus();
  await page.keyboard.press('End');
  await expect.poll(async () => (await past(page)).live).toBe(true);
  await page.keyboard.press('Home');
  expect(await seen(page, 'steps')).toBe(0);
});

test('acting in the past forks, and both futures can be seen, named, compared and deleted', async ({ page }) => {
  await openPage(page, '?speed=1');
  const first = await leader(page);
  await pause(page);
  await page.keyboard.press('r');
  await page.keyboard.press('Shift+ArrowRight');
  const old = await moment(page);
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('Shift+ArrowLeft');
  const other = first === 'n1' ? 'n2' : 'n1';
  await page.keyboard.press(other.slice(1));
  await page.keyboard.press('x');
  expect((await past(page)).branches).toBe(2);

  await page.keyboard.press('f');
  const dialog = page.getByRole('dialog', { name: /Branches/ });
  await expect(dialog).toContainText(`crash ${other}`);
  await expect(dialog).toContainText('events are the same');
  await expectAccessible(page, { include: 'dialog[open]' });
  await dialog.getByRole('button', { name: 'Rename' }).first().click();
  await page.keyboard.type('with a crash');
  await page.keyboard.press('Enter');
  await expect(dialog).toContainText('with a crash');
  await dialog.getByRole('button', { name: 'Show' }).first().click();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await page
    .getByRole('slider', { name: /timeline|time/i })
    .first()
    .focus();
  await page.keyboard.press('End');
  expect(await moment(page)).toEqual(old);

  await page.locator('.timeline button').last().click();
  await dialog.getByRole('button', { name: 'Delete' }).last().click();
  await expect.poll(async () => (await past(page)).branches).toBe(1);
});

test('undo takes back what was done last, and redo brings it back', async ({ page }) => {
  await openPage(page, '?speed=1');
  const first = await leader(page);
  await pause(page);
  await page.keyboard.press('r');
  const after = await moment(page);
  await page.keyboard.press('u');
  await page.keyboard.press('u');
  expect((await seen(page, 'nodes')).find((/** @type {any} */ card) => card.id === first).node.mark).toBe('crown');
  await page.keyboard.press('u');
  await expect(page.locator('.said')).toContainText('nothing has been done before this moment');
  await page.keyboard.press('Shift+U');
  await page.keyboard.press('Shift+U');
  expect(await moment(page)).toEqual(after);
});

test('a time and an event can be gone to by their numbers', async ({ page }) => {
  await openPage(page);
  await pause(page);
  await page.keyboard.press('g');
  const dialog = page.getByRole('dialog', { name: 'Go to' });
  await dialog.getByRole('textbox').fill('half past nine');
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('alert')).toContainText('is neither a time');
  await dialog.getByRole('textbox').fill('850 ms');
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  expect(await seen(page, 'now')).toBe(850_000);
  await page.keyboard.press('g');
  await dialog.getByRole('textbox').fill('#7');
  await page.keyboard.press('Enter');
  await expect.poll(() => seen(page, 'steps')).toBe(7);
});

test('buttons stay where they are, whatever time does', async ({ page }) => {
  await openPage(page, '?traffic=on&speed=1');
  await leader(page);
  const places = () =>
    page.evaluate(() =>
      [...document.querySelectorAll('.controls button, .timeline button')].map((button) => {
        const { x, y, width } = button.getBoundingClientRect();
        return [x, y, width];
      }),
    );
  const before = await places();
  await pause(page);
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('r');
  await page.keyboard.press('v');
  expect(await places()).toEqual(before);
});
