// How many simulation events a second the wasm package does in Node, or how many states it explores, against the native
// build in the same run.
//
//   node benches/wasm.mjs events|explore FOLDER    FOLDER: a package made by `wasm-bindgen --target nodejs`
//
// Native and wasm take turns, so that a machine which slows down meanwhile slows down both, and medians are compared.
// Prints `bench NAME UNIT ours=N peer=N ratio=X`, where the peer is the native build.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { basename, resolve } from 'node:path';

const ROUNDS = 5;

// The workloads of benches/events.rs and benches/explore/, so that both do the same; these take the size from the environment.
const WORKLOADS = {
  events: {
    name: 'events_per_second_wasm',
    unit: 'events/s',
    run: () => playground.bench_events(1, 1_000_000),
    bench: 'events',
    native: 'events_per_second_native',
    env: { EVENTS: '1000000', ROUNDS: '1' },
  },
  explore: {
    name: 'explore_states_wasm',
    unit: 'states/s',
    run: () => playground.bench_explore(150_000),
    bench: 'explore',
    native: 'explore_native',
    env: { STATES: '150000' },
  },
};

const [kind, folder] = [process.argv[2] ?? '', resolve(process.argv[3] ?? '')];
const workload = kind === 'events' || kind === 'explore' ? WORKLOADS[kind] : undefined;
if (!workload || !process.argv[3]) {
  console.error('benches/wasm.mjs: expected `events` or `explore`, and the folder of a package for Node.');
  process.exit(1);
}
const playground = createRequire(import.meta.url)(`${folder}/${basename(folder)}.js`);

/** @param {typeof WORKLOADS.events | typeof WORKLOADS.explore} workload @returns {number} how many a second */
function wasm({ run, name }) {
  const start = process.hrtime.bigint();
  const done = Number(run());
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (!(done > 0)) throw new Error(`${name}: the package did ${done}.`);
  return done / seconds;
}

/** @param {typeof WORKLOADS.events | typeof WORKLOADS.explore} workload @returns {number} as the native benchmark measures itself */
function native({ bench, native, env }) {
  const text = execFileSync('cargo', ['bench', '--locked', '--quiet', '--bench', bench, '--', native], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    // What cargo says about the build appears only if it fails.
    stdio: 'pipe',
  });
  const found = text.match(new RegExp(`^bench ${native} \\S+ ours=([0-9.e+]+)`, 'm'));
  if (!found) throw new Error(`cargo bench --bench ${bench} printed no line "bench ${native} ...".`);
  return Number(found[1]);
}

/** @param {number[]} numbers */
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

wasm(workload); // V8 has compiled the hot functions after this
/** @type {number[]} */
const ours = [];
/** @type {number[]} */
const peer = [];
for (let round = 1; round <= ROUNDS; round += 1) {
  ours.push(wasm(workload));
  peer.push(native(workload));
  const [a, b] = [Math.round(ours[round - 1]), Math.round(peer[round - 1])];
  console.error(`round ${round}: wasm ${a}, native ${b} ${workload.unit}`);
}
const [a, b] = [median(ours), median(peer)];
console.log(
  `bench ${workload.name} ${workload.unit} ours=${Math.round(a)} peer=${Math.round(b)} ratio=${(a / b).toFixed(3)}`,
);
