// What is checked at every event: a broken promise stops time at the event that broke it, and is drawn where it is.
import { expect, expectAccessible, test } from './fixtures.js';
import { frames, inRing, openPage, playButton, seen, untilBroken } from './page.js';

/** @typedef {import('@playwright/test').Page} Page */

/** Opens a scenario that is written into the page. @param {Page} page @param {string} text */
async function open(page, text) {
  await page.keyboard.press('e');
  const dialog = page.getByRole('dialog', { name: 'Share and open' });
  await dialog.getByLabel(/A scenario, or a link/).fill(text);
  await dialog.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(dialog).toBeHidden();
}

/** Two halves of four, each with one that asks for votes: half is enough, by mistake. */
const HALVES = `num_nodes = 4
bug = "half_quorum"
script = '''
partition n1 n2 | n3 n4
timeout n1
timeout n3
'''
`;

/** n2 is voted for by somebody who knows more than it does, by mistake. */
const LACKS = `num_nodes = 3
num_clients = 1
bug = "skip_up_to_date"
script = '''
timeout n1 election
deliver n1->n2 RequestVote
deliver n2->n1 RequestVoteReply
deliver n1->n3 AppendEntries
deliver n3->n1 AppendEntriesReply
timeout n2 election
settle
'''
`;

test('while time goes on a broken promise stops it at the very event, and names who contradicts whom', async ({
  page,
}) => {
  await openPage(page, '?speed=1');
  await open(page, HALVES);
  if (await playButton(page, 'Play').isVisible()) await page.keyboard.press('.');
  await expect.poll(() => seen(page, 'broken')).toContain('election-safety');
  await expect(playButton(page, 'Play')).toBeVisible();
  const [steps, violation, since, now] = await page.evaluate(() => {
    const { view } = /** @type {any} */ (window).raftPlayground.session;
    return [view.steps, view.violation, view.past.since, view.now];
  });
  expect([since, now], 'nothing has happened since').toEqual([violation.at, violation.at]);
  const said = violation.claims.map((/** @type {any} */ { node, value }) => `${node} ${value}`);
  expect(said.sort()).toEqual(['n1 leads term 1', 'n3 leads term 1']);
  await frames(page, 5);
  expect(await seen(page, 'steps'), 'and it stands').toBe(steps);

  await expect(page.locator('.caption.broken')).toContainText(
    /Broken: election safety\. n[13] and n[13] both lead term 1\. At most one leader/,
  );
  await expect(page.locator('.ring .clash')).toHaveCount(2);
  for (const id of ['n1', 'n3']) {
    await expect(inRing(page, new RegExp(`^${id}, .*; contradiction: leads term 1$`))).toBeVisible();
  }
  await expect(page.locator('.logs .name.clash')).toHaveText(['n1', 'n3']);
  await expectAccessible(page);
  // Before that event nothing is broken, and nothing is marked.
  await page.keyboard.press('ArrowLeft');
  await expect(page.locator('.clash')).toHaveCount(0);
});

for (const [look, width] of /** @type {const} */ ([
  ['light', 1280],
  ['dark', 360],
])) {
  test(`the cells that contradict are marked, in ${look} at ${width} pixels`, async ({ page }) => {
    await page.setViewportSize({ width, height: 740 });
    await openPage(page, `?speed=1&theme=${look}`);
    await open(page, LACKS);
    await untilBroken(page, 'leader-completeness');
    // The event that broke it is in the midst of what `settle` does, and that is where time stands.
    expect(
      await page.evaluate(() => {
        const { view } = /** @type {any} */ (window).raftPlayground.session;
        return view.steps - view.violation.steps;
      }),
    ).toBe(0);
    const cells = page.locator('.logs td.clash');
    await expect(cells).toHaveCount(3);
    await expect(page.locator('.logs tr').filter({ has: page.locator('td.clash') })).toHaveText([/n1/, /n2/, /n3/]);
    // The others have what is committed; n2 has put something else there.
    const slot = page.locator('.logs tr').filter({ hasText: 'n2' }).locator('td.clash .slot');
    await expect(slot).toHaveAttribute('title', /; contradiction: noop, term 2$/);
    await expectAccessible(page);
  });
}

test('everything that is checked stands in a panel, and what fell leads to the moment at which it did', async ({
  page,
}) => {
  await openPage(page, '?speed=1');
  await page.getByRole('tab', { name: 'Checks' }).click();
  const panel = page.locator('.checks');
  await expect(panel.getByRole('status')).toContainText('All 15 hold at this moment.');
  await expect(panel.locator('li')).toHaveCount(15);
  await expect(panel.locator('li').first()).toContainText('At most one leader can be elected in a given term.');
  await expect(panel.locator('li .state')).toHaveText(Array(15).fill('holds'));
  const times = async () =>
    Number(
      /checked ([\d,]+) time/
        .exec(await panel.locator('li').filter({ hasText: 'Durable before send' }).innerText())?.[1]
        .replace(',', ''),
    );
  const before = await times();
  await expect.poll(times, 'it is checked on and on').toBeGreaterThan(before);
  await open(page, HALVES);
  if (await playButton(page, 'Play').isVisible()) await page.keyboard.press('.');
  await expect.poll(() => seen(page, 'broken')).toContain('election-safety');
  const steps = await seen(page, 'steps');
  await page.getByRole('tab', { name: 'Checks' }).click();
  const fell = panel.locator('li.fell').first();
  await expect(fell).toContainText('Election safety');
  await expect(fell).toContainText('which is now');
  await expect(fell.getByRole('row')).toHaveText([/who/, /n[13]\s*–\s*leads term 1/, /n[13]\s*–\s*leads term 1/]);
  await expectAccessible(page, { include: '.tabs' });
  // Some events on, the way back is one click.
  for (let i = 0; i < 5; i += 1) await page.locator('[data-command="step"]').click();
  expect(await seen(page, 'steps')).toBeGreaterThan(steps);
  await fell.getByRole('button', { name: /^Go to .* s, when it fell$/ }).click();
  expect(await seen(page, 'steps')).toBe(steps);
  await expect(fell).toContainText('which is now');
  // Before it all hold.
  await page.locator('[data-command="back"]').click();
  await expect(panel.getByRole('status')).toContainText(/All \d+ hold at this moment\./);
});
