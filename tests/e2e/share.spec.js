// Sharing: a link, a file and a text bring the very moment back; what was worked on survives a reload.
import { readFileSync } from 'node:fs';
import { expect, expectAccessible, test } from './fixtures.js';
import { leader, openPage, pause, seen } from './page.js';

/** @typedef {import('@playwright/test').Page} Page */

/** @param {Page} page */
const moment = async (page) => [await seen(page, 'steps'), await seen(page, 'hash'), await seen(page, 'now')];

/** The dialog, opened. @param {Page} page */
async function share(page) {
  await page.keyboard.press('e');
  const dialog = page.getByRole('dialog', { name: 'Share and open' });
  await expect(dialog).toBeVisible();
  return dialog;
}

/** A link to the moment that is shown. @param {Page} page */
async function linkOf(page) {
  const dialog = await share(page);
  const field = dialog.locator('[name="link"]');
  await expect(field).toHaveValue(/#v1\./);
  const link = await field.inputValue();
  await page.keyboard.press('Escape');
  return link;
}

/** A run with a story: a leader, a crash, and a request. @param {Page} page */
async function someRun(page) {
  await openPage(page, '?speed=1&seed=5');
  const first = await leader(page);
  await pause(page);
  await page.keyboard.press('r');
  // On to whatever comes of it.
  await page.keyboard.press('Shift+ArrowRight');
  return first;
}

test('a link opens at the very moment, in another tab', async ({ page, context }) => {
  await someRun(page);
  const here = await moment(page);
  const link = await linkOf(page);
  expect(link.length).toBeLessThan(2000);
  const other = await context.newPage();
  await other.goto(link);
  await expect(other.locator('html')).toHaveAttribute('data-ready', 'true');
  await expect.poll(() => seen(other, 'steps')).toBeGreaterThanOrEqual(here[0]);
  await pause(other);
  // It may have played on meanwhile: the moment itself is in its past.
  await other.evaluate(
    (steps) => /** @type {any} */ (window).raftPlayground.player.go((/** @type {any} */ s) => s.seek(steps)),
    here[0],
  );
  expect((await moment(other)).slice(0, 2)).toEqual(here.slice(0, 2));
});

test('a damaged link and one of a newer format are told apart, and the page opens all the same', async ({ page }) => {
  await someRun(page);
  const link = await linkOf(page);
  for (const [wrong, sentence] of [
    [link.slice(0, -9), /damaged/],
    [link.replace('#v1.', '#v7.'), /newer/],
  ]) {
    await page.goto('about:blank');
    await page.goto(String(wrong));
    const dialog = page.getByRole('dialog', { name: 'Share and open' });
    await expect(dialog.getByRole('alert')).toContainText(sentence);
    expect(await seen(page, 'nodes')).toHaveLength(5);
  }
});

test('a run is saved as a file, and opened by button and by dropping it on the page', async ({ page, browserName }) => {
  await someRun(page);
  const here = await moment(page);
  const dialog = await share(page);
  await expectAccessible(page, { include: 'dialog[open]' });
  let text = await dialog.locator('[name="script"]').inputValue();
  const save = dialog.getByRole('button', { name: 'Save as file' });
  if (browserName === 'chromium') {
    const [download] = await Promise.all([page.waitForEvent('download'), save.click()]);
    expect(download.suggestedFilename()).toMatch(/\.toml$/);
    expect(readFileSync(await download.path(), 'utf8')).toBe(text);
    text = readFileSync(await download.path(), 'utf8');
  } else {
    // Of this browser the test is told of no downloads.
    await save.click();
  }
  await expect(dialog).toContainText(/Saved as .*\.toml/);
  expect(text).toContain('crash n');
  await page.keyboard.press('Escape');

  await openPage(page, '?seed=9');
  await pause(page);
  const again = await share(page);
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    again.getByRole('button', { name: 'Open a file…' }).click(),
  ]);
  await chooser.setFiles({ name: 'run.toml', mimeType: 'text/plain', buffer: Buffer.from(text) });
  await expect(again).toBeHidden();
  expect(await moment(page)).toEqual(here);

  await openPage(page, '?seed=9');
  await pause(page);
  await page.evaluate(async (dropped) => {
    const data = new DataTransfer();
    data.items.add(new File([dropped], 'run.toml', { type: 'text/plain' }));
    const fire = (/** @type {string} */ type) =>
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
    fire('dragenter');
    await new Promise((done) => setTimeout(done, 300));
    fire('dragover');
    fire('drop');
  }, text);
  await expect.poll(() => moment(page)).toEqual(here);
});

test('what was worked on survives a reload, with its branches; a corrupt copy is set aside and said so', async ({
  page,
}) => {
  const first = await someRun(page);
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press(first === 'n1' ? '2' : '1');
  await page.keyboard.press('z');
  expect((await seen(page, 'past')).branches).toBe(2);
  const here = await moment(page);
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-ready', 'true');
  await expect.poll(() => moment(page)).toEqual(here);
  await expect.poll(async () => (await seen(page, 'past')).branches).toBe(2);

  await page.evaluate(() => {
    addEventListener('pagehide', () => localStorage.setItem('raft-playground.work', '{"format":1,"sa'));
  });
  await page.reload();
  await expect(page.locator('.setup .wrong')).toContainText('still in this browser’s storage');
  const aside = await page.evaluate(() =>
    Object.keys(localStorage).filter((key) => key.startsWith('raft-playground.work')),
  );
  expect(aside.length).toBeGreaterThanOrEqual(1);
});
