// What runs the protocols beside the first is loaded when one of them is wanted, and only then.
import { expect, test } from './fixtures.js';
import { leader, openPage, pause, running, seen } from './page.js';

/** @typedef {import('@playwright/test').Page} Page */

const [FIRST, WHOLE] = ['raft_bg.wasm', 'all_protocols_bg.wasm'];

/** The wasm that a page asks for, one name after another. @param {Page} page */
function wasmOf(page) {
  /** @type {string[]} */
  const names = [];
  page.on('request', (request) => {
    const name = new URL(request.url()).pathname.slice(1);
    if (name.endsWith('.wasm')) names.push(name);
  });
  return names;
}

test('a visit loads what runs one protocol; the rest comes once, when it is wanted', async ({ page }) => {
  const wasm = wasmOf(page);
  await openPage(page, '?speed=1');
  await leader(page);
  expect(wasm).toEqual([FIRST]);
  const select = page.getByLabel('Protocol');
  for (const name of ['multi_paxos', 'single_server', 'raft', 'multi_paxos']) {
    await select.selectOption(name);
    await expect.poll(() => running(page)).toBe(name);
    await expect(select).toHaveAttribute('aria-busy', 'false');
    await expect(select).toHaveValue(name);
  }
  expect(wasm).toEqual([FIRST, WHOLE]);
  for (const query of ['?protocol=single_server', '?beside=multi_paxos']) {
    wasm.length = 0;
    await openPage(page, query);
    await expect.poll(() => wasm).toEqual([FIRST, WHOLE]);
  }
});

test('where the rest cannot be loaded a sentence says so, and the cluster goes on', async ({ page, problems }) => {
  problems.allow(/Failed to load resource|all_protocols/);
  await page.route(`**/${WHOLE}`, (route) => route.abort());
  await openPage(page);
  await pause(page);
  const { runs } = await page.evaluate(() => /** @type {any} */ (window).raftPlayground.session);
  const select = page.getByLabel('Protocol');
  await select.selectOption('multi_paxos');
  await expect(page.locator('#start-said')).toContainText('Multi-Paxos could not be loaded:');
  await expect(select).toHaveValue('raft');
  await page.keyboard.press('s');
  await page.getByRole('button', { name: 'Side by side' }).click();
  await page.getByRole('button', { name: /Begin anew/ }).click();
  await expect(page.locator('.column .said')).toContainText('could not be loaded:');
  expect(await page.evaluate(() => /** @type {any} */ (window).raftPlayground.session.runs)).toBe(runs);
  // It is tried anew as soon as it is asked for again.
  await page.unroute(`**/${WHOLE}`);
  await select.selectOption('multi_paxos');
  await expect.poll(() => running(page)).toBe('multi_paxos');
});

test('a page that was to open with what cannot be loaded says so, and opens after a reload', async ({
  page,
  problems,
}) => {
  problems.allow(/Failed to load resource|all_protocols/);
  await page.route(`**/${WHOLE}`, (route) => route.abort());
  await page.goto('/?protocol=multi_paxos');
  await expect(page.locator('#caption')).toContainText('Multi-Paxos could not be loaded:');
  await page.unroute(`**/${WHOLE}`);
  await page.reload();
  await expect.poll(() => running(page)).toBe('multi_paxos');
});

test('who goes back to what runs while another is being loaded keeps it', async ({ page }) => {
  /** @type {() => void} */
  let arrive = () => {};
  const slow = new Promise((done) => (arrive = () => done(undefined)));
  await page.route(`**/${WHOLE}`, async (route) => {
    await slow;
    await route.continue();
  });
  await openPage(page, '?speed=1');
  await leader(page);
  const { hash } = await page.evaluate(() => /** @type {any} */ (window).raftPlayground.session.view);
  const select = page.getByLabel('Protocol');
  await select.selectOption('multi_paxos');
  await expect(select).toHaveAttribute('aria-busy', 'true');
  await expect.poll(() => seen(page, 'hash')).not.toBe(hash);
  await select.selectOption('raft');
  await expect(select).toHaveAttribute('aria-busy', 'false');
  const arrived = page.waitForResponse((response) => response.url().endsWith(WHOLE));
  arrive();
  await arrived;
  await page.evaluate(() => /** @type {any} */ (window).raftPlayground.engine.load('multi_paxos'));
  expect(await running(page)).toBe('raft');
});
