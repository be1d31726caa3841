// The ports that each process of tests has to itself.
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Each process of tests has this many ports of its own, below those that systems give to clients. */
const PORTS = { first: 10_240, end: 32_640, each: 400 };
const slices = (PORTS.end - PORTS.first) / PORTS.each;
let next = PORTS.first + Math.floor(Math.random() * slices) * PORTS.each;

/**
 * Takes the ports of one more process of tests. The first of them is listened on, so that another run
 * on this machine takes others.
 * @param {number} [from] the first port of those that are tried before all others
 * @returns {Promise<{ first: number, release: () => void }>}
 * @throws {Error} if other runs have all of them
 */
export async function takePorts(from = next) {
  next = from;
  for (let attempt = 0; attempt < slices; attempt += 1) {
    const first = next;
    next = first + PORTS.each < PORTS.end ? first + PORTS.each : PORTS.first;
    const holder = createServer();
    const listening = once(holder, 'listening');
    holder.listen({ port: first, host: '127.0.0.1' });
    if (await isFulfilled(listening)) return { first, release: () => void holder.close() };
  }
  throw new Error('Every slice of ports is taken. End the other runs of the tests.');
}

/** @param {Promise<unknown>} promise */
function isFulfilled(promise) {
  return promise.then(
    () => true,
    () => false,
  );
}
