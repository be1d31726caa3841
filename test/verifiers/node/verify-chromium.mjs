// Chromium as a verifier; README.md has the protocol. All authorities of one run are trusted at
// once, as in a user's profile: a caller must not name one that a check is to be foreign to.
import { X509Certificate } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { isIP, isIPv6 } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { chromium } from 'playwright-core';
import { chromiumArguments } from '../../../scripts/suites/extension-host.mjs';
import { answer, readChecks } from './answer-lines.mjs';

/** @typedef {import('./answer-lines.mjs').Check} Check */

const [executablePath = 'chromium'] = process.argv.slice(2);
const checks = await readChecks();
const home = await mkdtemp(join(tmpdir(), 'chroma-tls-chromium-'));
try {
  await trust(new Set(checks.map(({ ca }) => ca)));
  const browser = await chromium.launch({
    executablePath,
    env: { ...process.env, HOME: home, XDG_DATA_HOME: join(home, '.local', 'share') },
    args: [...chromiumArguments, `--host-resolver-rules=${resolverRules().join(',')}`],
  });
  const page = await browser.newPage();
  const tab = await page.context().newCDPSession(page);
  for (const check of checks) console.log(await answer(visit(tab, check)));
  await browser.close();
} finally {
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
}

/**
 * Into the user's NSS database: the only place Chromium on Linux reads a private authority from.
 * @param {Iterable<string>} files
 */
async function trust(files) {
  const database = join(home, '.pki', 'nssdb');
  await mkdir(database, { recursive: true });
  const certutil = (/** @type {string[]} */ ...args) =>
    execa('certutil', ['-d', `sql:${database}`, ...args]);
  await certutil('-N', '--empty-password');
  let count = 0;
  for (const file of files) {
    for (const pem of (await readFile(file, 'utf8')).match(/-----BEGIN[^]*?-----END.*\n?/g) ?? []) {
      // C: may sign servers' certificates; P: is itself the certificate of a known server.
      const flags = new X509Certificate(pem).ca ? 'C,,' : 'P,,';
      count += 1;
      const one = join(home, `${count}.pem`);
      await writeFile(one, pem);
      await certutil('-A', '-t', flags, '-n', `verified ${count}`, '-i', one);
    }
  }
}

function resolverRules() {
  const named = checks.filter(({ name }) => isIP(name) === 0);
  return [...new Set(named.map(({ name, address }) => `MAP ${name} ${address}`))];
}

/**
 * @param {import('playwright-core').CDPSession} tab
 * @param {Check} check
 */
async function visit(tab, { name, port }) {
  const url = `https://${isIPv6(name) ? `[${name}]` : name}:${port}/`;
  for (let patience = 10; ; patience -= 1) {
    const { errorText } = await tab.send('Page.navigate', { url });
    if (errorText === undefined) return;
    // A container that comes or goes changes the network, which says nothing of the server.
    if (patience === 0 || errorText !== 'net::ERR_NETWORK_CHANGED') throw new Error(errorText);
  }
}
