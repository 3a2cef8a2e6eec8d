import { expect, expectAccessible, test } from './fixtures.js';

test('the page loads its wasm, with the type that lets browsers compile it while it arrives', async ({ page }) => {
  const wasm = page.waitForResponse((response) => response.url().endsWith('.wasm'));
  await page.goto('/');
  expect((await wasm).status()).toBe(200);
  expect((await wasm).headers()['content-type']).toBe('application/wasm');
  await expect(page).toHaveTitle(/Raft/);
});

test('everything comes from the page’s own server', async ({ page, baseURL }) => {
  /** @type {string[]} */
  const foreign = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(String(baseURL)) && !request.url().startsWith('data:')) foreign.push(request.url());
  });
  const wasm = page.waitForResponse((response) => response.url().endsWith('.wasm'));
  await page.goto('/');
  await wasm;
  expect(foreign).toEqual([]);
});

test('the page as it opens has no accessibility violations that a program can find', async ({ page }) => {
  const wasm = page.waitForResponse((response) => response.url().endsWith('.wasm'));
  await page.goto('/');
  await wasm;
  await expectAccessible(page);
});
