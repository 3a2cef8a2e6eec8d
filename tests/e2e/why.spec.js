// "Why?": a question about what is selected, its answer with what led there, and going there.
import { expect, expectAccessible, test } from './fixtures.js';
import { inRing, leader, openPage, pause, seen } from './page.js';

const answer = '.why .reasons li';

test('why a node leads is answered, and a click on what led there goes to its moment', async ({ page }) => {
  await openPage(page, '?seed=1&speed=1');
  await leader(page);
  await pause(page);
  await inRing(page, /^n5,/).click();
  await page.getByRole('button', { name: 'Why?' }).first().click();
  await expect(page.locator(answer).first()).toHaveText(/^n5 is leader in term 1\./);
  await expect(page.locator('.why cite a').first()).toHaveAttribute('href', /raft\.pdf/);
  await expectAccessible(page, { include: '.why' });

  // What led there is marked in the list of events and on the line of time.
  const asks = page.locator('.chain li').filter({ hasText: 'n5 asks for votes in term 1' });
  await expect(page.locator('.events .cause').filter({ hasText: 'asks for votes in term 1' })).toHaveCount(1);
  expect(await page.locator('.strip circle.cause').count()).toBeGreaterThan(1);

  const before = await seen(page, 'steps');
  await asks.getByRole('button').press('Enter');
  await expect(asks).toHaveAttribute('aria-current', 'true');
  expect(await seen(page, 'steps')).toBeLessThan(before);
  // The answer stands, and leads back.
  await expect(page.locator(answer).first()).toHaveText(/^n5 is leader in term 1\./);
  await page.getByRole('button', { name: 'go there' }).click();
  await expect.poll(() => seen(page, 'steps')).toBe(before);
});

test('other questions: a place by number, an entry by a click, and another thing ends the answer', async ({ page }) => {
  await openPage(page, '?seed=1&speed=1');
  await leader(page);
  await pause(page);
  await page.locator('.logs .slot').first().click();
  await expect(page.locator(answer).first()).toHaveText(/entry 1/);
  await page.getByLabel('Why is index').fill('77');
  await page.getByRole('button', { name: 'so?', exact: true }).click();
  await expect(page.locator(answer).first()).toHaveText(/^Nobody has an entry 77 at this moment/);
  await page.getByRole('button', { name: 'Why this leader?' }).click();
  await expect(page.locator(answer).first()).toHaveText(/^n5 is leader of term 1, with 3 of 5 votes\. Raft §5\.2$/);
  await expect(page.locator('.events .cause').first()).toBeVisible();
  await inRing(page, /^n2,/).click();
  await expect(page.locator('.why')).toHaveCount(0);
  await expect(page.locator('.events .cause')).toHaveCount(0);
});

test('where answers cannot be loaded a sentence says so', async ({ page, problems }) => {
  problems.allow(/Failed to load resource|ERR_FAILED|NS_ERROR|import/i);
  await openPage(page, '?seed=1&speed=1');
  await leader(page);
  await page.route(/all_protocols/, (route) => route.abort());
  await page.getByRole('button', { name: 'Why?' }).first().click();
  await expect(page.locator('.why .wrong')).toHaveText(/^What answers could not be loaded: /);
});
