// How long the page's script needs for one frame, with 9 nodes and at least 200 messages on their way.
//
//   node benches/frame.mjs [folder of the built page]
//
// A real run in Chromium: a leader, clients that never rest, and links so slow that messages pile up in the air; nothing
// is faked but how far time goes on from frame to frame. Two things are measured, each over many frames:
//
//   draw   a frame between two events, in which messages and arcs move and nothing else is new
//   view   an event with all that follows: the core's step, the new view out of wasm, the new scene, the painted SVG
//          and every panel of text
//
// Style and layout are the browser's and come on top; what is compared is script, since that is ours. The peer is what
// there is: one frame of a screen with 60 Hz, 16.7 ms. Prints `bench NAME ms ours=N peer=16.7 ratio=X`, where a ratio
// of 0.1 means that a tenth of the frame is used, for the median and for the 95th percentile.
import { chromium } from '@playwright/test';
import { browsers } from '../browsers.js';
import { staticServer } from '../tools/serve.mjs';

const BUDGET = 1000 / 60;
const FRAMES = 300;
const FLYING = 200;
const QUERY = '?nodes=9&clients=9&seed=1&traffic=on&speed=1/1000';

const server = staticServer(process.argv[2] ?? 'dist');
await new Promise((done) => server.listen(0, '127.0.0.1', () => done(undefined)));
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
const browser = await chromium.launch(browsers.chromium.launchOptions);
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  await page.goto(`http://127.0.0.1:${port}/${QUERY}`);
  await page.waitForSelector('html[data-ready]');
  const { flying, draw, view } = await page.evaluate(measure, { frames: FRAMES, least: FLYING });
  if (flying < FLYING) throw new Error(`Only ${flying} messages were on their way, and ${FLYING} are wanted.`);
  console.error(`${FRAMES} frames each, ${flying} messages on their way or more`);
  report('draw', draw);
  report('view', view);
} finally {
  await browser.close();
  server.close();
}

/** @param {string} what @param {number[]} times in milliseconds */
function report(what, times) {
  const sorted = times.sort((a, b) => a - b);
  for (const [suffix, share] of /** @type {const} */ ([
    ['', 0.5],
    ['_p95', 0.95],
  ])) {
    const ours = sorted[Math.floor(sorted.length * share)];
    const name = `frame_9_nodes_200_messages_${what}${suffix}`;
    console.log(
      `bench ${name} ms ours=${ours.toFixed(2)} peer=${BUDGET.toFixed(1)} ratio=${(ours / BUDGET).toFixed(3)}`,
    );
  }
}

/**
 * Runs in the page. The page's own frames are measured from outside: what `requestAnimationFrame` is given is called
 * with a stopwatch, and by how much the clock goes on is decided here.
 *
 * @param {{ frames: number, least: number }} wanted
 */
async function measure({ frames, least }) {
  const { session, player } = /** @type {any} */ (window).raftPlayground;
  const flights = () => session.view.messages.filter((/** @type {any} */ flight) => flight.lost === undefined).length;
  const pass = (/** @type {number} */ millis) => session.reach(session.view.now + millis * 1000);
  pass(1000);
  // The links get slower little by little, so that nobody misses the leader: more and more messages are on their way.
  for (let millis = 20; flights() < least * 1.15 && millis < 1000; millis += 20) {
    session.apply(`latency all ${millis}ms..${millis + 10}ms`);
    pass(200);
  }

  let spent = 0;
  const later = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) =>
    later((wall) => {
      const start = performance.now();
      callback(wall);
      spent += performance.now() - start;
    });
  const frame = () => new Promise((done) => later(() => setTimeout(done)));
  for (let i = 0; i < 5; i += 1) await frame();

  /** @type {Record<'draw' | 'view', number[]>} */
  const times = { draw: [], view: [] };
  let flying = flights();
  for (let i = 0; i < 3 * frames && (times.draw.length < frames || times.view.length < frames); i += 1) {
    // Every other frame an event happens; in between, time goes on by a little less than it takes to the next.
    const eventful = i % 2 === 0;
    const { due, now } = session.view;
    player.clock.set(eventful ? due : Math.max(player.now, now + (due - now) / 2));
    player.clock.playing = true;
    const seen = session.view;
    spent = 0;
    await frame();
    const kind = session.view === seen ? 'draw' : 'view';
    flying = Math.min(flying, flights());
    if (times[kind].length < frames) times[kind].push(spent);
  }
  return { flying, ...times };
}
