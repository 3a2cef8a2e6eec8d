// How the end-to-end tests start the browsers: the ones that are installed, never a downloaded one.
// build.sh says where they are; without it, Debian's places.

/** @type {Record<'chromium' | 'firefox', import('@playwright/test').PlaywrightTestOptions
 *   & Partial<import('@playwright/test').PlaywrightWorkerOptions>>} */
export const browsers = /** @type {any} */ ({
  chromium: {
    browserName: 'chromium',
    launchOptions: {
      executablePath: process.env.CHROMIUM_BIN ?? '/usr/bin/chromium',
      // No sandbox, because it refuses to start for root and in most containers; the only page is our own.
      args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--force-color-profile=srgb'],
    },
  },
  firefox: {
    browserName: 'firefox',
    // An ordinary Firefox over WebDriver BiDi. Playwright 1.57 to 1.61.1 drive ESR 153; 1.62 and later do not.
    channel: 'moz-firefox',
    launchOptions: { executablePath: process.env.FIREFOX_BIN ?? '/usr/bin/firefox-esr' },
  },
});
