// Bundles www/ (plain ES modules, readable as they are) into dist/, the few small files that the page loads.
//
//   node tools/bundle.mjs [from] [to]
//
// Scripts and styles are bundled and minified; the wasm and everything else that is not source is copied.
import { build } from 'esbuild';
import { chmod, cp, mkdir, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { parse } from 'smol-toml';

/** Files that others name: the page's script and styles, its worker, a panel's own style, and the custom element for other people's pages. */
const ENTRIES = ['main.js', 'raft-playground.js', 'worker.js', 'style.css', 'late.css', 'plots.css'];
/** Folders of `from` that are no part of the page. */
const LEFT_OUT = new Set(['pkg', 'test']);
/** The core: for what the page shows first, and for all that it can show. */
const WASM = ['pkg/raft/raft_bg.wasm', 'pkg/all_protocols/all_protocols_bg.wasm'];

const [from = 'www', to = 'dist'] = process.argv.slice(2);

/** @param {string} path */
const exists = (path) =>
  stat(path).then(
    () => true,
    () => false,
  );

/**
 * The scenarios for the page's list, in the order in which src/scenario/shipped.rs has them.
 *
 * @param {string} folder
 */
async function scenarios(folder) {
  const source = await readFile('src/scenario/shipped.rs', 'utf8');
  const themes = [...source.matchAll(/^ {4}"([^"]+)" =>([^,]+),$/gm)];
  const names = themes.flatMap(([, theme, list]) =>
    [...list.matchAll(/"(\w+)"/g)].map(([, name]) => ({ name, theme })),
  );
  if (names.length === 0) throw new Error('src/scenario/shipped.rs names no scenario');
  return Promise.all(
    names.map(async ({ name, theme }) => {
      const { title, story = '', protocol = 'raft' } = parse(await readFile(join(folder, `${name}.toml`), 'utf8'));
      return { name, theme, title, story: String(story).trim(), protocol };
    }),
  );
}

async function main() {
  for (const needed of ['index.html', 'main.js', ...WASM]) {
    if (!(await exists(join(from, needed)))) throw new Error(`${join(from, needed)} is missing.`);
  }
  /** @type {string[]} */
  const entries = [];
  for (const entry of ENTRIES) if (await exists(join(from, entry))) entries.push(join(from, entry));

  // Everything is made in a folder beside `to` and then takes its place, so that a page which is being
  // looked at never meets half of a build.
  await mkdir('target', { recursive: true });
  const fresh = await mkdtemp(join('target', 'dist-'));
  try {
    await build({
      entryPoints: entries,
      outdir: fresh,
      bundle: true,
      // Modules that main.js and raft-playground.js share go to one file, which is loaded once.
      splitting: true,
      format: 'esm',
      target: 'es2022',
      minify: true,
      sourcemap: true,
      // The licences of bundled packages stay beside the files in which they are.
      legalComments: 'linked',
      chunkNames: '[name]-[hash]',
      logLevel: 'warning',
    });
    // wasm-bindgen's scripts look for the wasm beside themselves, and after bundling that is here.
    for (const wasm of WASM) await cp(join(from, wasm), join(fresh, basename(wasm)));
    for (const item of await readdir(from, { withFileTypes: true })) {
      const source = ['.js', '.css'].includes(extname(item.name));
      if (source || LEFT_OUT.has(item.name) || item.name.startsWith('.')) continue;
      await cp(join(from, item.name), join(fresh, item.name), {
        recursive: true,
        filter: (path) => !['.js', '.css', '.ts'].includes(extname(path)),
      });
    }
    await writeFile(join(fresh, 'scenarios', 'index.json'), JSON.stringify(await scenarios(join(from, 'scenarios'))));
    await chmod(fresh, 0o755);
    await mkdir(dirname(to), { recursive: true });
    await rm(to, { recursive: true, force: true });
    await rename(fresh, to);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

main().catch((error) => {
  // esbuild has already printed its own messages, with file and line.
  if (!error.errors) console.error(`bundle: ${error.message}`);
  process.exitCode = 1;
});
