// Time and chance: single steps, speed, seeds, and what is said when something is wrong.
import { expect, expectAccessible, test } from './fixtures.js';
import { frames, inRing, leader, openPage, pause, playButton, seen } from './page.js';

test('a single step is one event, by button and by key, and time stands still between', async ({ page }) => {
  await openPage(page);
  await pause(page);
  const before = await seen(page, 'steps');
  await page.getByRole('button', { name: 'One event on' }).click();
  expect(await seen(page, 'steps')).toBe(before + 1);
  await page.keyboard.press('s');
  expect(await seen(page, 'steps')).toBe(before + 2);
  await page.locator('.caption-host').click();
  await page.evaluate(() => /** @type {any} */ (document.activeElement)?.blur());
  await page.keyboard.press('ArrowRight');
  expect(await seen(page, 'steps')).toBe(before + 3);
  // What is shown follows in the next frame, and then stays.
  await frames(page, 2);
  const time = await page.locator('.time').textContent();
  await frames(page, 10);
  expect(await page.locator('.time').textContent()).toBe(time);
  expect(await seen(page, 'steps')).toBe(before + 3);
});

test('arrow keys within the ring go from node to node and step nothing', async ({ page }) => {
  await openPage(page);
  await pause(page);
  const before = await seen(page, 'steps');
  await page.keyboard.press('1');
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('.inspector h2')).toHaveText('n2');
  expect(await seen(page, 'steps')).toBe(before);
});

test('the same seed and steps give the same hash', async ({ page }) => {
  /** @type {string[]} */
  const hashes = [];
  for (let run = 0; run < 2; run += 1) {
    await openPage(page, '?seed=42');
    await pause(page);
    // However far the page has played by now, from here on everything is counted from the start.
    await page.getByRole('button', { name: 'Restart' }).click();
    for (let step = 0; step < 60; step += 1) await page.keyboard.press('s');
    expect(await seen(page, 'steps')).toBe(60);
    hashes.push(await seen(page, 'hash'));
  }
  expect(hashes[0]).toBe(hashes[1]);
});

test('the speed goes from 1/1000 to 10, by keys and by slider', async ({ page }) => {
  await openPage(page);
  const speed = page.getByRole('slider', { name: /Speed/ });
  await expect(speed).toHaveAttribute('aria-valuetext', '1/20 of real time');
  await page.keyboard.press(']');
  await expect(speed).toHaveAttribute('aria-valuetext', '1/10 of real time');
  for (let i = 0; i < 9; i += 1) await page.keyboard.press(']');
  await expect(speed).toHaveAttribute('aria-valuetext', '10 × real time');
  await speed.focus();
  await page.keyboard.press('Home');
  await expect(speed).toHaveAttribute('aria-valuetext', '1/1000 of real time');
});

test('a wrong seed or size is a sentence beside the field, and what runs goes on', async ({ page }) => {
  await openPage(page, '?speed=1');
  await leader(page);
  const seed = page.getByLabel('Seed', { exact: true });
  await seed.fill('banana');
  await seed.press('Enter');
  await expect(page.locator('.setup [role=alert]')).toContainText('seed');
  await seed.fill('99999999999999999999999');
  await seed.press('Enter');
  await expect(page.locator('.setup [role=alert]')).toContainText('seed');
  await leader(page);
  await seed.fill('7');
  await page.getByLabel('nodes', { exact: true }).fill('12');
  await seed.press('Enter');
  await expect(page.locator('.setup [role=alert]')).toContainText('9');
  expect(await seen(page, 'nodes')).toHaveLength(5);
  await page.getByLabel('nodes', { exact: true }).fill('9');
  await seed.press('Enter');
  await expect(page.locator('.setup [role=alert]')).toBeEmpty();
  expect(await seen(page, 'nodes')).toHaveLength(9);
  expect(await seen(page, 'seed')).toBe('7');
  await expect(page).toHaveURL(/seed=7/);
});

test('a link with wrong values opens, and says what was wrong', async ({ page }) => {
  await openPage(page, '?seed=banana&nodes=77&protocol=zab');
  await expect(page.locator('.setup [role=alert]')).toContainText('“banana” is not a seed');
  await expect(page.locator('.setup [role=alert]')).toContainText('“zab” is not a protocol');
  expect(await seen(page, 'nodes')).toHaveLength(5);
});

test('a wrong request and a wrong latency are sentences in their forms, and nothing is lost', async ({ page }) => {
  await openPage(page);
  await page.keyboard.press('c');
  await page.getByLabel('key', { exact: true }).fill('two words');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.locator('.request [role=alert]')).toContainText('two words');
  await expect(page.getByLabel('key', { exact: true })).toHaveValue('two words');
  await page.getByRole('tab', { name: 'Network' }).click();
  const latency = page.getByLabel('Time on the way');
  await latency.fill('soon');
  await page.getByRole('button', { name: 'Apply to all links' }).click();
  await expect(page.locator('.panel-network [role=alert]').last()).toContainText('soon');
  await expect(latency).toHaveValue('soon');
  await latency.fill('30ms..40ms');
  await page.getByRole('button', { name: 'Apply to all links' }).click();
  await expect.poll(async () => (await seen(page, 'network')).latency).toBe('30ms..40ms');
});

test('a panic shows the seed and the steps, and another run can be started', async ({ page }) => {
  await openPage(page, '?seed=7&speed=1');
  await page.keyboard.press('2');
  await page.keyboard.press('x');
  await expect.poll(async () => (await seen(page, 'nodes'))[1].up).toBe(false);
  await page.evaluate(() => {
    const Playground = /** @type {any} */ (window).raftPlayground.engine.core();
    const { tick } = Playground.prototype;
    Playground.prototype.tick = () => {
      // The next core is well again.
      Playground.prototype.tick = tick;
      throw new WebAssembly.RuntimeError('unreachable');
    };
  });
  await expect(page.getByRole('alertdialog')).toContainText('has stopped');
  const report = page.getByLabel('Seed and steps');
  await expect(report).toHaveValue(/unreachable/);
  await expect(report).toHaveValue(/seed=7/);
  await expect(report).toHaveValue(/crash n2/);
  await page.getByRole('button', { name: 'Start afresh' }).click();
  await expect(page.getByRole('alertdialog')).toBeHidden();
  await leader(page);
});

test('a broken promise stops time and is told in place of everything else', async ({ page }) => {
  await openPage(page, '?seed=7&speed=1');
  await leader(page);
  await page.evaluate(() => {
    const core = /** @type {any} */ (window).raftPlayground.engine.core().prototype;
    const { view } = core;
    const violation = {
      property: 'election-safety',
      sentence: 'At most one leader can be elected in a given term.',
      section: 'Raft §5.2',
      text: 'n1 and n3 both lead in term 2',
      claims: [
        { node: 'n3', value: 'leads term 2' },
        { node: 'n1', value: 'leads term 2' },
        { node: 'n2', slot: 1, value: 'nothing' },
      ],
      at: 1,
    };
    core.view = function (/** @type {number | undefined} */ from) {
      return { ...view.call(this, from), violation };
    };
  });
  const alert = page.getByRole('alert').filter({ hasText: 'Broken:' });
  await expect(alert).toContainText(
    'Broken: election safety. n1 and n3 both lead in term 2. At most one leader can be elected in a given term.',
  );
  // Who contradicts is marked, in the ring and in the logs, and says so to whoever cannot see it.
  await expect(page.locator('.ring .clash')).toHaveCount(3);
  await expect(inRing(page, /^n3.*; contradiction: leads term 2$/)).toBeVisible();
  await expect(page.locator('.logs .name.clash')).toHaveText(['n1', 'n2', 'n3']);
  await expect(page.locator('.logs td.clash')).toHaveCount(1);
  await expect(alert.getByRole('link')).toHaveAttribute('href', 'https://raft.github.io/raft.pdf');
  await expect(playButton(page, 'Play')).toBeVisible();
  await expectAccessible(page);
  // Whoever wants to see what follows may.
  await page.keyboard.press('.');
  await expect(playButton(page, 'Pause')).toBeVisible();
  await expect(alert).toBeVisible();
});

test('the list of events follows its end, however fast it grows, and stays where somebody has scrolled to', async ({
  page,
}) => {
  await openPage(page, '?traffic=on');
  await pause(page);
  const list = page.getByRole('list', { name: 'Events' });
  const toEnd = () => list.evaluate((ol) => Math.round(ol.scrollHeight - ol.scrollTop - ol.clientHeight));
  // One event in each frame, and in some frames many: the list grows before the browser tells that it has scrolled.
  await page.evaluate(async () => {
    const { session } = /** @type {any} */ (window).raftPlayground;
    for (let i = 0; i < 40; i += 1) {
      for (let events = i % 8; events >= 0; events -= 1) session.step();
      await new Promise(requestAnimationFrame);
    }
  });
  await expect.poll(toEnd).toBeLessThan(3);

  await page.getByRole('tab', { name: 'Clients' }).click();
  await page.getByRole('tab', { name: 'Events' }).click();
  await expect.poll(toEnd).toBeLessThan(3);

  await list.evaluate((ol) => ol.scrollBy(0, -90));
  await frames(page, 3);
  const top = await list.evaluate((ol) => ol.scrollTop);
  for (let i = 0; i < 20; i += 1) await page.keyboard.press('s');
  await frames(page, 3);
  expect(await list.evaluate((ol) => ol.scrollTop)).toBe(top);
  await list.evaluate((ol) => ol.scrollTo(0, ol.scrollHeight));
  await frames(page, 3);
  for (let i = 0; i < 20; i += 1) await page.keyboard.press('s');
  await expect.poll(toEnd).toBeLessThan(3);
});

test('a long run leaves no more in the page than it shows', async ({ page }) => {
  await openPage(page, '?traffic=on&speed=10');
  const elements = () => page.evaluate(() => document.querySelectorAll('*').length);
  const told = () => page.evaluate(() => /** @type {any} */ (window).raftPlayground.session.lines.at(-1)?.number ?? 0);
  await expect.poll(told).toBeGreaterThan(1_000);
  const before = await elements();
  const then = await told();
  await expect.poll(told).toBeGreaterThan(2 * then);
  // Messages come and go; what is left behind by each event would be thousands.
  expect(await elements()).toBeLessThan(before + 400);
});

test('a second write takes another key, so that both can be seen', async ({ page }) => {
  await openPage(page, '?speed=1');
  await leader(page);
  await page.keyboard.press('c');
  const key = page.getByLabel('key', { exact: true });
  const first = await key.inputValue();
  await page.getByRole('button', { name: 'Send' }).click();
  await expect.poll(async () => (await seen(page, 'clients'))[0].last?.text).toContain(`put ${first} `);
  await expect(key).not.toHaveValue(first);
});
