// How many simulation events per second the wasm package does in Node, against the native build in the same run.
//
//   node benches/wasm.mjs [package made by `wasm-bindgen --target nodejs`]
//
// Native and wasm take turns, so that a machine which slows down meanwhile slows down both, and medians are compared.
// Prints `bench events_per_second_wasm events/s ours=N peer=N ratio=X`, where the peer is the native build.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const ROUNDS = 5;
const NATIVE = 'events_per_second_native';
// The workload of benches/events.rs, so that both do the same; it takes the number of events from the environment.
const SEED = 1;
const EVENTS = 1_000_000;

const folder = resolve(process.argv[2] ?? 'target/bench-pkg/raft');
const playground = createRequire(import.meta.url)(`${folder}/raft.js`);

if (typeof playground.bench_events !== 'function') {
  console.error('benches/wasm.mjs: the wasm package exports no function `bench_events(seed, events)`.');
  process.exit(1);
}

/** @returns {number} events per second */
function wasm() {
  const start = process.hrtime.bigint();
  const done = Number(playground.bench_events(SEED, EVENTS));
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (!(done > 0)) throw new Error(`bench_events did ${done} events.`);
  return done / seconds;
}

/** @returns {number} events per second, as the native benchmark measures itself */
function native() {
  const text = execFileSync('cargo', ['bench', '--locked', '--quiet', '--bench', 'events', '--', NATIVE], {
    encoding: 'utf8',
    env: { ...process.env, EVENTS: String(EVENTS), ROUNDS: '1' },
    // What cargo says about the build appears only if it fails.
    stdio: 'pipe',
  });
  const found = text.match(new RegExp(`^bench ${NATIVE} \\S+ ours=([0-9.e+]+)`, 'm'));
  if (!found) throw new Error(`cargo bench --bench events printed no line "bench ${NATIVE} ...".`);
  return Number(found[1]);
}

/** @param {number[]} numbers */
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

wasm(); // V8 has compiled the hot functions after this
/** @type {number[]} */
const ours = [];
/** @type {number[]} */
const peer = [];
for (let round = 1; round <= ROUNDS; round += 1) {
  ours.push(wasm());
  peer.push(native());
  console.error(`round ${round}: wasm ${Math.round(ours[round - 1])}, native ${Math.round(peer[round - 1])} events/s`);
}
const [a, b] = [median(ours), median(peer)];
console.log(
  `bench events_per_second_wasm events/s ours=${Math.round(a)} peer=${Math.round(b)} ratio=${(a / b).toFixed(3)}`,
);
