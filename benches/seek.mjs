// What walking back costs in the page: memory for an hour of virtual time, and the time that a seek takes, in a browser.
//
//   node benches/seek.mjs [folder of the built page] [chromium | firefox]
//
// The same as benches/travel.rs measures natively, and with the same peers: what the issue of time travel allows. A seek
// goes to an event anywhere in the hour, and its view is brought out of wasm. Memory is that of the wasm instance, which
// never gives any back: what it has grown by while the hour went by.
import { chromium, firefox } from '@playwright/test';
import { browsers } from '../browsers.js';
import { staticServer } from '../tools/serve.mjs';

const HOUR = 3600;
const SEEKS = 1000;

const server = staticServer(process.argv[2] ?? 'dist');
await new Promise((done) => server.listen(0, '127.0.0.1', () => done(undefined)));
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
const name = process.argv[3] === 'firefox' ? 'firefox' : 'chromium';
const { channel, launchOptions } = browsers[name];
const browser = await { chromium, firefox }[name].launch({ channel, ...launchOptions });
try {
  for (const [what, traffic, allowed] of /** @type {const} */ ([
    ['idle', false, 1],
    ['busy', true, 64],
  ])) {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${port}/?speed=1/1000`);
    await page.waitForSelector('html[data-ready]');
    const { megabytes, times, events } = await page.evaluate(measure, { traffic, seconds: HOUR, seeks: SEEKS });
    times.sort((a, b) => a - b);
    const at = (/** @type {number} */ share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
    report(`history_${what}_wasm MB`, megabytes, allowed);
    report(`seek_${what}_wasm ms`, at(0.99), 16);
    console.log(`  ${events} events; median seek ${at(0.5).toFixed(2)} ms, longest ${at(1).toFixed(2)} ms`);
    await page.close();
  }
} finally {
  await browser.close();
  server.close();
}

/** @param {string} what @param {number} ours @param {number} peer */
function report(what, ours, peer) {
  console.log(`bench ${what} ours=${ours.toFixed(2)} peer=${peer} ratio=${(ours / peer).toFixed(2)}`);
}

/**
 * Runs in the page.
 *
 * @param {{ traffic: boolean, seconds: number, seeks: number }} how
 */
function measure({ traffic, seconds, seeks }) {
  const { session, engine } = /** @type {any} */ (window).raftPlayground;
  session.close();
  const memory = () => engine.memory.buffer.byteLength;
  const Playground = engine.core();
  const run = new Playground({ seed: 1, traffic });
  run.tick(1_000_000);
  const before = memory();
  for (let second = 1; second < seconds; second += 1) run.tick(1_000_000);
  const megabytes = (memory() - before) / 1e6;
  const events = run.view().steps;
  const times = [];
  // Spread over the hour without order, and the same in each run: steps of a golden ratio.
  for (let i = 0, place = 0; i < seeks; i += 1, place = (place + 0.6180339887) % 1) {
    const began = performance.now();
    run.seek(Math.floor(place * events));
    run.view();
    times.push(performance.now() - began);
  }
  return { megabytes, times, events };
}
