// All the real parts by name, each started at most once and as early as what it stands on is there.
import { mkdir } from 'node:fs/promises';
import { asPart, runnerFolder } from './bench.mjs';
import { bun } from './bun.mjs';
import { chromium } from './chromium.mjs';
import { composePlugin, composeProgram } from './compose.mjs';
import { debianProgram, debianProgramNames } from './debian-programs.mjs';
import { deno } from './deno.mjs';
import { devcontainerCli } from './devcontainer-cli.mjs';
import { dockerEngine } from './docker-engine.mjs';
import { envoy } from './envoy.mjs';
import { goClient } from './go-client.mjs';
import { goProgram, goProgramNames } from './go-programs.mjs';
import { image, imageTags } from './images.mjs';
import { javaClient } from './java-client.mjs';
import { nodeOnNewerGlibc } from './newer-glibc.mjs';
import { npmClient, npmClientNames } from './npm-clients.mjs';
import { podman, podmanImages } from './podman.mjs';
import { pythonChroma } from './python-chroma.mjs';
import { pythonClients } from './python-clients.mjs';
import { pythonProgram } from './python-programs.mjs';
import { rustClient } from './rust-client.mjs';
import { uvPart } from './uv.mjs';
import { verifier, verifierNames } from './verifiers.mjs';
import { installVsCodeServer } from './vscode-server.mjs';

/** @typedef {import('./bench.mjs').Part} Part */

/** @type {Map<string, Promise<Part>>} */
const installing = new Map();

/** @type {Record<string, () => Promise<Part>>} */
const parts = {
  docker: dockerEngine,
  'compose v2': () => after(['docker'], composePlugin),
  'compose v1': composeProgram,
  podman: () => after(Object.keys(podmanImages).map(imagePart), podman),
  'podman-compose': () => after(['podman'], () => pythonProgram('podman-compose')),
  'chroma 1.5.9': () => pythonChroma('1.5.9'),
  'chroma 0.6.3': () => pythonChroma('0.6.3'),
  'chroma 0.5.13': () => pythonChroma('0.5.13'),
  uv: uvPart,
  envoy,
  bun,
  deno,
  'devcontainer cli': devcontainerCli,
  'go client': goClient,
  'java client': javaClient,
  'rust client': rustClient,
  'python clients': pythonClients,
  chromium,
  'node on a newer glibc': nodeOnNewerGlibc,
  'certbot new': () => pythonProgram('certbot new'),
  moto: () => pythonProgram('moto'),
  'chroma-mcp': () => pythonProgram('chroma-mcp'),
  // Only a browser shows it.
  'vscode-server': () =>
    after(['chromium'], () =>
      asPart('vscode-server', async () => ({ available: true, ...(await installVsCodeServer()) })),
    ),
};
parts['vscode-server 1.105'] = () =>
  asPart('vscode-server 1.105', async () => ({
    available: true,
    ...(await installVsCodeServer('minimum')),
  }));
for (const name of goProgramNames) parts[name] = () => goProgram(name);
for (const name of npmClientNames) parts[name] = () => npmClient(name);
for (const name of verifierNames) parts[`verifier ${name}`] = () => verifier(name);
for (const name of debianProgramNames) parts[name] = () => debianProgram(name);
for (const tag of imageTags) parts[imagePart(tag)] = () => after(['docker'], () => image(tag));

/** @param {string} tag */
function imagePart(tag) {
  return `image ${tag}`;
}

/**
 * @param {string[]} needed parts that it stands on
 * @param {() => Promise<Part>} install
 */
async function after(needed, install) {
  const found = await Promise.all(needed.map(part));
  return found.find(({ available }) => !available) ?? install();
}

/**
 * @param {string} name
 * @returns {Promise<Part>}
 */
export function part(name) {
  const known = installing.get(name);
  if (known) return known;
  const install = parts[name];
  if (!install) throw new Error(`no part is called "${name}"`);
  const started = mkdir(runnerFolder, { recursive: true }).then(install);
  installing.set(name, started);
  return started;
}
