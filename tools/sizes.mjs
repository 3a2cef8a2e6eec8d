// Prints the size of every file that the page loads, and fails when those that it loads at once are over the budget.
//
//   node tools/sizes.mjs [folder]
//
// Which files those are is found out from index.html: each quoted name in it, or in a script that it loads,
// that is the name of a file in the folder. What stands in an `import()` or an `import.meta.resolve()` is loaded later, or
// when somebody wants it, and counted apart.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { extname, join, posix } from 'node:path';
import { gzipSync } from 'node:zlib';

// Bytes with gzip: what the page may weigh at most, and what it should weigh one day.
const BUDGET = 250_000;
const AIM = 150_000;
const folder = process.argv[2] ?? 'dist';

/** @type {Set<string>} names in the order in which the page comes to them: what it loads at once */
const loaded = new Set();
/** @type {Set<string>} what it loads when it is wanted */
const wanted = new Set();

/** @param {string} name @param {Set<string>} found */
function visit(name, found) {
  if (loaded.has(name) || found.has(name)) return;
  found.add(name);
  if (!['.html', '.js', '.css'].includes(extname(name))) return;
  const text = readFileSync(join(folder, name), 'utf8');
  for (const [, before, quoted] of text.matchAll(
    /(\bimport\(|\bresolve\()?["'`(]((?:\.{0,2}\/)?[\w./-]+\.\w+)["'`)]/g,
  )) {
    const other = posix.join(posix.dirname(name), quoted);
    const path = join(folder, other);
    if (other.startsWith('..') || extname(other) === '.map' || !existsSync(path) || !statSync(path).isFile()) continue;
    if (before === undefined) visit(other, found);
    else later.push(other);
  }
}

/** @type {string[]} */
const later = [];

if (!existsSync(join(folder, 'index.html'))) {
  console.error(`sizes: there is no ${join(folder, 'index.html')}: run ./build.sh build first.`);
  process.exit(1);
}
visit('index.html', loaded);
for (let name = later.shift(); name !== undefined; name = later.shift()) visit(name, wanted);

/** @param {string} name @param {number} a @param {number} b */
const line = (name, a, b) =>
  console.log(`${name.padEnd(36)} ${String(a).padStart(9)} bytes ${String(b).padStart(9)} gzip`);
/** @param {Set<string>} names @param {string} what */
function total(names, what) {
  let [raw, zipped] = [0, 0];
  for (const name of names) {
    const bytes = readFileSync(join(folder, name));
    const small = gzipSync(bytes, { level: 9 }).length;
    raw += bytes.length;
    zipped += small;
    line(name, bytes.length, small);
  }
  line(`${what}, ${names.size} files`, raw, zipped);
  return zipped;
}

const zipped = total(loaded, 'at once');
total(wanted, 'when wanted');
console.log(`aim ${AIM}, limit ${BUDGET}, at once`);
if (zipped > BUDGET) {
  console.error(`sizes: the page weighs ${zipped} bytes with gzip, and ${BUDGET} is the most that it may.`);
  process.exitCode = 1;
} else if (![...loaded].some((name) => name.endsWith('.wasm'))) {
  console.error('sizes: the page does not load any wasm, so this count is not of the whole page.');
  process.exitCode = 1;
}
