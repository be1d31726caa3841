// Tests ask for a part when they come to need it, and only then is it installed: what is needed by
// skipped tests alone, or by tests that were not chosen, costs nothing.
import { createServer } from 'node:http';
import { reasonOf } from './bench.mjs';

/** @typedef {import('./bench.mjs').Part} Part */

/**
 * @param {(name: string) => Promise<Part>} install
 * @returns {Promise<{ url: string, isAsked: () => boolean, close: () => void }>} where `?name=…`
 *   (once or more) gives parts by name as soon as they are there, and whether anyone waits for one;
 *   a request for `end` hangs up when the run ends
 */
export async function serveParts(install) {
  let waiting = 0;
  const answer = async (/** @type {string} */ name) => {
    const found = await Promise.resolve(name)
      .then(install)
      .catch((error) => ({ available: false, reason: reasonOf(error) }));
    return [name, found];
  };
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    if (pathname === '/end') return;
    const names = searchParams.getAll('name');
    waiting += 1;
    void Promise.all(names.map(answer)).then((found) => {
      waiting -= 1;
      response.end(JSON.stringify(Object.fromEntries(found)));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${String(port)}/`,
    isAsked: () => waiting > 0,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
