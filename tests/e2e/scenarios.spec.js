// Scenarios in the page: each one that comes with it is opened from the list and goes as it says.
import { readFileSync } from 'node:fs';
import { expect, expectAccessible, test } from './fixtures.js';
import { openPage, seen } from './page.js';

/** @type {{ name: string, theme: string, title: string, protocol: string }[]} */
const scenarios = JSON.parse(readFileSync('dist/scenarios/index.json', 'utf8'));

/** @param {import('@playwright/test').Page} page @param {string} title */
async function choose(page, title) {
  await page.keyboard.press('o');
  const dialog = page.getByRole('dialog', { name: 'Scenarios' });
  await dialog.getByRole('searchbox').fill(title);
  await dialog
    .locator('.scenario')
    .filter({ has: page.getByText(title, { exact: true }) })
    .click();
  await expect(dialog).toBeHidden();
}

/** Plays the script to its end, one thing after another as the key S does. @param {import('@playwright/test').Page} page */
const playOut = (page) =>
  page.evaluate(() => {
    const { session, player } = /** @type {any} */ (window).raftPlayground;
    for (let i = 0; i < 20_000 && session.place.next < session.story.lines.length; i += 1) {
      if (session.place.failed || !player.step()) break;
    }
    return { ...session.place, lines: session.story.lines.length, violation: session.view.violation?.property };
  });

test('every scenario that comes with the page is opened from the list and goes as it says', async ({ page }) => {
  test.setTimeout(180_000);
  await openPage(page);
  expect(scenarios.length).toBeGreaterThanOrEqual(59);
  for (const { title, protocol, name } of scenarios) {
    await choose(page, title);
    await expect(page.getByLabel('Protocol')).toHaveValue(protocol);
    await expect(page.getByRole('heading', { name: title, exact: true }), name).toHaveCount(
      name.endsWith('_kv') ? 1 : 1,
    );
    const { next, lines, failed } = await playOut(page);
    expect(failed, name).toBeUndefined();
    expect(next, name).toBe(lines);
  }
});

test('the list is by theme, and a search leaves the themes of what it finds', async ({ page }) => {
  await openPage(page);
  await page.keyboard.press('o');
  const dialog = page.getByRole('dialog', { name: 'Scenarios' });
  const headings = dialog.getByRole('heading', { level: 3 });
  await expect(headings).toHaveText([...new Set(scenarios.map(({ theme }) => theme))]);
  await dialog.getByRole('searchbox').fill('Two leaders outbid');
  await expect(headings).toHaveText(['Multi-Paxos']);
  await expect(dialog.locator('.scenarios .scenario')).toHaveCount(1);
});

test('a story is played line by line, and what is expected is looked at just then', async ({ page }) => {
  await openPage(page);
  await choose(page, 'An election, vote by vote');
  const next = page.locator('.script [aria-current]');
  await page.keyboard.press('.');
  await page.evaluate(() => /** @type {any} */ (window).raftPlayground.player.go((/** @type {any} */ s) => s.seek(0)));
  const before = await seen(page, 'steps');
  expect(before).toBe(0);
  for (let i = 0; i < 12; i += 1) await page.keyboard.press('s');
  await expect(page.getByText('The script has ended')).toBeVisible();
  await expect(next).toHaveCount(0);
  await expectAccessible(page);
});

test('playing plays the lines that wait for nobody, and each stands long enough to be seen', async ({ page }) => {
  await openPage(page, '?speed=1/5');
  await choose(page, 'An election, vote by vote');
  await expect(page.getByText('The script has ended')).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole('button', { name: /^n1.*leader/ }).first()).toBeVisible();
});

test('a script that does not go as it says stops with a sentence, and the cluster goes on', async ({ page }) => {
  await openPage(page);
  await page.keyboard.press('e');
  const dialog = page.getByRole('dialog', { name: 'Share and open' });
  await dialog
    .getByLabel(/A scenario, or a link/)
    .fill("num_nodes = 3\nscript = '''\ntimeout n1\nexpect leader n3\ncrash n1\n'''\n");
  await dialog.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(dialog).toBeHidden();
  await page.keyboard.press('s');
  await expect(page.locator('.panel-script .wrong')).toContainText('`expect leader n3` does not hold');
  await page.keyboard.press('.');
  const steps = await seen(page, 'steps');
  await expect.poll(() => seen(page, 'steps')).toBeGreaterThan(steps);
});

test('a mistake is shown with its line, and what runs goes on', async ({ page }) => {
  await openPage(page);
  const runs = await page.evaluate(() => /** @type {any} */ (window).raftPlayground.session.runs);
  await page.keyboard.press('e');
  const dialog = page.getByRole('dialog', { name: 'Share and open' });
  for (const [text, sentence, line] of [
    ['num_nodes = 3\nscript = """\nat 1s crush n1\n"""', 'crush', '3 | at 1s crush n1'],
    ['num_nodes = 99', 'num_nodes', '1 | num_nodes = 99'],
    ['[network]\nloss = "x"', 'x', '2 | loss = "x"'],
    ['num_nodes 3', 'this is not TOML', '1 | num_nodes 3'],
    ['nodes = 3', '`nodes` is not a setting', '1 | nodes = 3'],
  ]) {
    await dialog.getByLabel(/A scenario, or a link/).fill(text);
    await dialog.getByRole('button', { name: 'Open', exact: true }).click();
    await expect(dialog.getByRole('alert')).toContainText(sentence);
    await expect(dialog.getByRole('alert')).toContainText(line);
  }
  expect(await page.evaluate(() => /** @type {any} */ (window).raftPlayground.session.runs)).toBe(runs);
});
