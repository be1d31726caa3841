// The Docker Engine. On a CI machine it is installed and started; elsewhere it is only looked for.
import { spawn } from 'node:child_process';
import { mkdir, open, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import {
  asPart,
  benchPath,
  mayInstallPackages,
  progress,
  whyNotInstalled,
  withLock,
} from './bench.mjs';
import { ensureDebianPackages } from './debian-packages.mjs';

const say = progress('docker');

export function dockerEngine() {
  return asPart('docker', async () => {
    const running = await engineVersion();
    if (running) {
      say(`Docker Engine ${running} answers`);
      return { available: true, version: running };
    }
    if (!mayInstallPackages) {
      return { available: false, reason: `no Docker Engine answers; ${whyNotInstalled}` };
    }
    return withLock('docker-engine', async () => {
      const version = (await engineVersion()) ?? (await startEngine());
      say(`Docker Engine ${version} answers`);
      return { available: true, version };
    });
  });
}

async function engineVersion() {
  const args = ['info', '--format', '{{.ServerVersion}}'];
  const { stdout } = await execa('docker', args, { reject: false, timeout: 15_000 });
  return stdout?.trim() || undefined;
}

async function startEngine() {
  await ensureDebianPackages(['docker.io', 'iptables']);
  say('starting dockerd');
  await mkdir(benchPath('logs'), { recursive: true });
  const logFile = benchPath('logs', 'dockerd.log');
  const log = await open(logFile, 'a');
  // Its own session and no pipe of ours: it stays for the next run.
  const daemon = spawn('dockerd', [], { detached: true, stdio: ['ignore', log.fd, log.fd] });
  /** @type {Error | undefined} */
  let failure;
  daemon.once('error', (error) => (failure = error));
  daemon.once('exit', (code) => (failure ??= new Error(`dockerd ended with ${String(code)}`)));
  daemon.unref();
  await log.close();
  for (const end = Date.now() + 90_000; Date.now() < end && !failure; await sleep(300)) {
    const version = await engineVersion();
    if (version) return version;
  }
  const lastLines = (await readFile(logFile, 'utf8')).trim().split('\n').slice(-5).join('\n');
  throw new Error(`${failure?.message ?? 'dockerd does not answer after 90 s'}\n${lastLines}`);
}
