import { defineConfig } from '@playwright/test';
import { createServer } from 'node:net';
import { browsers } from './browsers.js';

/** @returns {Promise<number>} a port that is free now */
function freePort() {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address());
      probe.close(() => done(port));
    });
  });
}

// Playwright reads this file again in each worker; the variable makes them all agree on one port.
process.env.E2E_PORT ??= String(await freePort());
const url = `http://127.0.0.1:${process.env.E2E_PORT}/`;

export default defineConfig({
  testDir: 'tests/e2e',
  testMatch: '**/*.spec.js',
  outputDir: 'target/e2e-results',
  snapshotPathTemplate: 'tests/e2e/snapshots/{arg}-{projectName}{ext}',
  // Two cores: one for the browser, one for the test.
  workers: 1,
  // A test that passes only sometimes is a fault, of the test or of the page.
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: { baseURL: url, viewport: { width: 1280, height: 800 } },
  webServer: {
    command: `node tools/serve.mjs dist ${process.env.E2E_PORT} --exact`,
    url,
    reuseExistingServer: false,
  },
  projects: Object.entries(browsers).map(([name, use]) => ({ name, use })),
});
