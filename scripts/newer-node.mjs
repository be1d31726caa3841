// The linter and Mocha want a newer Node.js than the 20.0 a user may have: then one comes from npm.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ENDINGS } from './interruption.mjs';
import { nodeRuntime } from './parts/node-runtime.mjs';

const WANTED = /** @type {const} */ ([20, 19]);
const NEWER = 24;

/** Runs this same program again on a newer Node.js, if this one is too old. */
export async function ensureNewNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > WANTED[0] || (major === WANTED[0] && minor >= WANTED[1])) return;
  console.log(`The tests want Node.js ${WANTED.join('.')} or newer; this is ${process.version}.`);
  const node = await nodeRuntime(NEWER);
  const other = spawn(node, process.argv.slice(1), { stdio: 'inherit' });
  for (const signal of ENDINGS) process.on(signal, () => other.kill(signal));
  const [code] = await once(other, 'exit');
  process.exit(code ?? 1);
}
