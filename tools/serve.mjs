// A static server without dependencies, for development and for the end-to-end tests.
//
//   node tools/serve.mjs [folder] [port] [--exact]
//
// Prints the URL. If the port is taken it says so and takes the next free one; with --exact it stops instead.
// Only this machine can reach it (127.0.0.1).
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

const HOST = '127.0.0.1';
const PORTS_TO_TRY = 50;

/** @type {Record<string, string>} */
const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  // Browsers compile wasm while it arrives only if it comes with this type.
  '.wasm': 'application/wasm',
};

/**
 * The file that a request means, or nothing when it points outside the folder.
 *
 * @param {string} base absolute path of the folder
 * @param {string} target the request's target, for example `/a%20b.js?x=1`
 * @returns {string | undefined}
 */
export function fileFor(base, target) {
  let path;
  try {
    path = decodeURIComponent(target.replace(/[?#].*$/s, ''));
  } catch {
    return undefined; // a broken %-sequence
  }
  if (!path.startsWith('/') || /[\0\\]/.test(path)) return undefined;
  const file = join(base, path.endsWith('/') ? `${path}index.html` : path);
  return file.startsWith(base + sep) ? file : undefined;
}

/**
 * @param {string} folder
 * @returns {import('node:http').Server}
 */
export function staticServer(folder) {
  const base = resolve(folder);
  return createServer(async (request, response) => {
    /** @param {number} status @param {string} text */
    const refuse = (status, text) =>
      response.writeHead(status, { 'content-type': TYPES['.txt'], 'cache-control': 'no-store' }).end(`${text}\n`);

    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'only GET and HEAD');
    const file = fileFor(base, request.url ?? '/');
    if (!file) return refuse(403, 'not inside the served folder');
    const info = await stat(file).catch(() => undefined);
    if (!info?.isFile()) return refuse(404, 'not found');
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-length': info.size,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    if (request.method === 'HEAD') return response.end();
    return createReadStream(file)
      .on('error', () => response.destroy())
      .pipe(response);
  });
}

/**
 * @param {import('node:http').Server} server
 * @param {number} port
 * @returns {Promise<boolean>} false if the port is taken
 */
function listen(server, port) {
  return new Promise((done, fail) => {
    /** @param {NodeJS.ErrnoException} error */
    const onError = (error) => (error.code === 'EADDRINUSE' ? done(false) : fail(error));
    server.once('error', onError);
    server.listen(port, HOST, () => {
      server.off('error', onError);
      done(true);
    });
  });
}

/** @param {string[]} args */
async function main(args) {
  const exact = args.includes('--exact');
  const [folder = 'dist', wanted = '8080'] = args.filter((a) => !a.startsWith('--'));
  const first = Number(wanted);
  if (!Number.isInteger(first) || first < 0 || first > 65535) throw new Error(`"${wanted}" is not a port.`);
  if (!(await stat(join(folder, 'index.html')).catch(() => undefined))) {
    throw new Error(`There is no ${join(folder, 'index.html')} to serve: run ./build.sh build first.`);
  }
  const server = staticServer(folder);
  const last = exact ? first : Math.min(first + PORTS_TO_TRY, 65535);
  let port = first;
  while (!(await listen(server, port))) {
    if (port === last) throw new Error(`Port ${port} is taken.`);
    console.log(`Port ${port} is taken, trying ${port + 1}.`);
    port += 1;
  }
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  console.log(`Raft Playground: http://${HOST}:${address.port}/   (Ctrl-C stops it)`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  main(process.argv.slice(2)).catch((error) => {
    console.error(`serve: ${error.message}`);
    process.exitCode = 1;
  });
}
