// Rules that are switched while the cluster runs, and orders of an operator: who leads, who takes part, what is compacted.
import { expect, expectAccessible, test } from './fixtures.js';
import { clientRow, inRing, leader, leaders, openPage, pause, playButton, seen, send } from './page.js';

/** @typedef {import('@playwright/test').Page} Page */

/** Opens the menu of a node and chooses an entry. @param {Page} page @param {string} id @param {string | RegExp} name */
async function order(page, id, name) {
  await inRing(page, new RegExp(`^${id},`)).click({ button: 'right' });
  await page.getByRole('menuitem', { name }).click();
  await expect(page.getByRole('menu')).toBeHidden();
}

/** A rule's control in the panel, which is under this heading. @param {Page} page @param {string} heading */
async function rules(page, heading) {
  await page.getByRole('tab', { name: 'Rules' }).click();
  await page.getByRole('button', { name: heading }).click();
}

/** What a node shows of itself. @param {Page} page @param {string} id */
const nodeOf = async (page, id) => (await seen(page, 'nodes')).find((/** @type {any} */ card) => card.id === id).node;

test('a rule is switched while the cluster runs, and undone', async ({ page }) => {
  await openPage(page, '?speed=1/5');
  await leader(page);
  await page.keyboard.press('k');
  await expect(page.getByRole('button', { name: 'elections' })).toBeFocused();
  const rule = page.getByRole('switch', { name: 'pre-vote' });
  await expect(rule).toHaveAttribute('aria-checked', 'false');
  await rule.press('Enter');
  await expect(rule).toHaveAttribute('aria-checked', 'true');
  await expect(page.getByText('usually off')).toBeVisible();
  await expectAccessible(page, { include: '#tabs' });
  await page.keyboard.press('Escape');
  await page.keyboard.press('u');
  await expect(rule).toHaveAttribute('aria-checked', 'false');
});

test('a value that cannot be is refused beside its field, and stays to be mended', async ({ page }) => {
  await openPage(page, '?speed=1/1000');
  await rules(page, 'replication');
  const field = page.getByLabel('messages on their way');
  await field.fill('0');
  await field.press('Enter');
  await expect(page.locator('.rule .wrong').filter({ hasText: 'expected a whole number from 1' })).toBeVisible();
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await expect(field).toHaveValue('0');
  await field.fill('3');
  await field.press('Enter');
  await expect(page.getByText('usually 16')).toBeVisible();
  await expect(page.locator('.rule .wrong').filter({ hasText: 'expected' })).toHaveCount(0);
});

test('all rules at once are one step, and part of what is shared', async ({ page }) => {
  await openPage(page, '?speed=1/1000');
  await rules(page, 'clients');
  const reads = page.locator('.rule').getByRole('combobox', { name: 'reads' });
  await expect(reads).toHaveValue('log');
  const practice = page.getByRole('button', { name: 'practice', exact: true });
  await practice.click();
  await expect(practice).toHaveAttribute('aria-pressed', 'true');
  await expect(reads).toHaveValue('index');
  const script = await page.evaluate(() => /** @type {any} */ (window).raftPlayground.session.script());
  expect(script).toContain('set preset practice');
});

test('the lead is handed over, from the menu of who is to have it', async ({ page }) => {
  await openPage(page, '?speed=1/5');
  const first = await leader(page);
  const other = first === 'n2' ? 'n3' : 'n2';
  await order(page, other, /^Hand over the lead to/);
  await expect.poll(() => leaders(page)).toEqual([other]);
  await order(page, first, /^Forget the leader/);
  await expect(page.locator('.panel-events')).toContainText('forget');
});

test('an order that makes no sense says why, and one that is refused says it in a sentence', async ({ page }) => {
  await openPage(page, '?speed=1/5');
  const first = await leader(page);
  await pause(page);
  await inRing(page, new RegExp(`^${first},`)).click({ button: 'right' });
  await expect(page.getByRole('menuitem', { name: /^Campaign now/ })).toContainText(`${first} leads`);
  await page.keyboard.press('Escape');
  // Two changes at once: the second is told to wait.
  const [one, other] = ['n1', 'n2', 'n3', 'n4', 'n5'].filter((id) => id !== first);
  await expect.poll(async () => (await nodeOf(page, first)).mark).toBe('crown');
  await page.evaluate(() =>
    /** @type {any} */ (window).raftPlayground.session.reach(
      /** @type {any} */ (window).raftPlayground.session.view.now + 100_000,
    ),
  );
  await order(page, one, /^Remove it/);
  await order(page, other, /^Remove it/);
  await expect(page.locator('.inspector .wrong')).toContainText('a change is under way');
});

test('a node is started, learns, and votes in the end; both majorities are seen on the way', async ({ page }) => {
  await openPage(page, '?speed=1/2');
  const first = await leader(page);
  await send(page, 'put', 'a', 'val_1');
  await expect(clientRow(page, 'c1')).toContainText('put a val_1 → OK');
  await order(page, first, /^Start a new node/);
  await expect(inRing(page, /^n6, outsider/)).toBeVisible();
  await order(page, 'n6', /^Let it learn/);
  await expect(inRing(page, /^n6, learner/)).toBeVisible();
  await expect(page.locator('.log')).toContainText('learner');
  await expect.poll(async () => (await nodeOf(page, 'n6')).applied).toBeGreaterThan(1);

  // From five to three, one of them new, and half way for as long as somebody wants to look.
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  const goers = ['n1', 'n2', 'n3', 'n4', 'n5'].filter((id) => id !== first).slice(0, 3);
  await page.getByRole('radio', { name: 'n6 votes' }).check();
  for (const id of goers) await page.getByRole('radio', { name: `${id} takes no part` }).check();
  await page.getByLabel('and stay half way').check();
  await page.getByRole('button', { name: 'All at once' }).click();
  await expect(page.locator('.ring .halves-told')).toContainText('before: 3 of 5');
  await expect(page.locator('.ring .halves-told')).toContainText('after: 2 of 3');
  await expect(page.locator('.ring .half')).toHaveCount(2);
  await expect(inRing(page, new RegExp(`^${first}, leader.*before.*after the change`))).toBeVisible();
  await expectAccessible(page, { include: '#tabs' });
  await expect(page.getByText('Half way:')).toBeVisible();

  const end = page.getByRole('button', { name: 'End the change' });
  // The change has to be committed before it can be ended.
  await expect(async () => {
    if (await end.isVisible()) await end.click();
    await expect(page.locator('.ring .half')).toHaveCount(0, { timeout: 500 });
  }).toPass();
  await expect(inRing(page, /^n6, follower/)).toBeVisible();
  await expect(inRing(page, new RegExp(`^${goers[0]}, outsider`))).toBeVisible();
});

test('a snapshot is a folded block in the log, and is sent to who lags', async ({ page }) => {
  await openPage(page, '?speed=1/2');
  const first = await leader(page);
  const late = first === 'n5' ? 'n4' : 'n5';
  await order(page, late, /^Crash X|^Crash$/);
  for (const [i, key] of ['a', 'b', 'c'].entries()) {
    await send(page, 'put', key, `val_${i}`);
    await expect(clientRow(page, 'c1')).toContainText(`put ${key} val_${i} → OK`);
  }
  await order(page, first, /^Take a snapshot/);
  await expect(page.locator('.logs tr').filter({ hasText: first }).locator('.snapshot')).toContainText(/1–[45]/);
  // The smallest parts, and a look at how they are sent.
  await rules(page, 'storage');
  await page.getByLabel('bytes in a part').fill('8');
  await page.getByLabel('bytes in a part').press('Enter');
  await order(page, late, /^Restart/);
  await inRing(page, new RegExp(`^${first},`)).click();
  await expect(page.locator('.peers progress')).toBeVisible();
  await expect(page.locator('.peers tr').filter({ hasText: late })).toContainText(/snapshot.*of \d+ bytes/s);
  await expect(page.locator('.logs tr').filter({ hasText: late }).locator('.snapshot')).toBeVisible();
  await expect(page.locator('.peers tr').filter({ hasText: late })).toContainText('replicate');
});

test('a get says in which way it is to be answered', async ({ page }) => {
  await openPage(page, '?speed=1/2');
  await leader(page);
  await send(page, 'put', 'a', 'val_1');
  await expect(clientRow(page, 'c1')).toContainText('put a val_1 → OK');
  const entries = async () =>
    Math.max(...(await seen(page, 'nodes')).map((/** @type {any} */ card) => card.node.last_slot));
  const before = await entries();
  await page.getByLabel('Operation').selectOption('get');
  await page.getByLabel('key', { exact: true }).fill('a');
  await page.getByLabel(/^\s*by\b/).selectOption('index');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(clientRow(page, 'c1')).toContainText('get a → "val_1"');
  expect(await entries(), 'nothing was written for it').toBe(before);
  const script = await page.evaluate(() => /** @type {any} */ (window).raftPlayground.session.script());
  expect(script).toContain('get c1 a by index');
});

test('a write that is torn, on a slow disk', async ({ page }) => {
  await openPage(page, '?speed=1/20');
  const first = await leader(page);
  await order(page, first, /^Disk/);
  await page.getByLabel('A write takes').fill('300ms..300ms');
  await page.getByRole('button', { name: 'Disk', exact: true }).click();
  await send(page, 'put', 'a', 'val_1');
  await expect(page.locator('.ring .disk').first()).toBeVisible();
  await expect(page.locator('.logs .flying').first()).toBeVisible();
  await order(page, first, /^Stop in mid-write/);
  await expect(inRing(page, new RegExp(`^${first}, crashed`))).toBeVisible();
});

test('the rules can be used at 360 pixels, and another protocol has none', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 800 });
  await openPage(page, '?speed=1/1000');
  await rules(page, 'elections');
  const wide = await page.locator('.rules').evaluate((host) => host.scrollWidth - host.clientWidth);
  expect(wide, 'nothing stands out sideways').toBeLessThanOrEqual(0);
  await page.getByRole('switch', { name: 'check quorum' }).click();
  await expect(page.getByRole('switch', { name: 'check quorum' })).toHaveAttribute('aria-checked', 'true');
  await openPage(page, '?protocol=single_server');
  await page.getByRole('tab', { name: 'Rules' }).click();
  await expect(page.locator('.panel-rules')).toContainText('has no rules that can be chosen while it runs');
  await expect(playButton(page, 'Pause')).toBeVisible();
});
