// What every end-to-end test shares. Import `test` and `expect` from here, not from Playwright.
import { AxeBuilder } from '@axe-core/playwright';
import { test as base, expect } from '@playwright/test';

/**
 * Errors that a test expects, for example after it has damaged something on purpose.
 *
 * @typedef {{ allow(pattern: RegExp): void }} Problems
 */

/** Playwright's `test`, but any error in the console and any uncaught exception fails the test. */
export const test = base.extend(
  /** @type {import('@playwright/test').Fixtures<{ problems: Problems }, {},
   *   import('@playwright/test').PlaywrightTestArgs & import('@playwright/test').PlaywrightTestOptions,
   *   import('@playwright/test').PlaywrightWorkerArgs & import('@playwright/test').PlaywrightWorkerOptions>} */ ({
    problems: [
      async ({ context }, use) => {
        /** @type {string[]} */
        const seen = [];
        /** @type {RegExp[]} */
        const allowed = [];
        context.on('weberror', (error) => seen.push(`uncaught: ${error.error().stack ?? error.error()}`));
        context.on('console', (message) => {
          if (message.type() === 'error') seen.push(`console: ${message.text()} (${message.location().url})`);
        });
        await use({ allow: (pattern) => allowed.push(pattern) });
        expect(
          seen.filter((text) => !allowed.some((pattern) => pattern.test(text))),
          'errors in the console, and uncaught ones',
        ).toEqual([]);
      },
      { auto: true },
    ],
  }),
);

/**
 * The accessibility rules that axe can check by itself, on the page as it is now.
 *
 * @param {import('@playwright/test').Page} page
 * @param {{ include?: string, disableRules?: string[] }} [options]
 */
export async function expectAccessible(page, options = {}) {
  const axe = new AxeBuilder({ page });
  if (options.include) axe.include(options.include);
  if (options.disableRules) axe.disableRules(options.disableRules);
  const { passes, violations } = await axe.analyze();
  // axe says nothing about a page that it could not see.
  expect(passes.length, 'rules that axe could check').toBeGreaterThan(5);
  expect(
    violations.flatMap((v) => v.nodes.map((node) => `${v.id} (${v.help}): ${node.target.join(' ')}`)),
    'violations of accessibility rules',
  ).toEqual([]);
}

export { expect };
