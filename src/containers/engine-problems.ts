import { basename } from 'node:path';
import type { Problem } from '../system/errors.ts';
import { lastLineOf } from '../system/processes/program.ts';

/** Whether a problem means that the engine has no running container at all. Pure. */
export function runsNothing({ code }: Problem): boolean {
  return ['docker-not-installed', 'docker-not-running', 'docker-not-integrated'].includes(code);
}

/** Whether a problem means that the engine runs, and refuses this user. Pure. */
export function isForbidden({ code }: Problem): boolean {
  return code === 'docker-not-permitted';
}

/** Whether a start failed because the host port was taken. Pure. */
export function isPortTaken(stderr: string): boolean {
  return /port is already allocated|address already in use|ports are not available/i.test(stderr);
}

/**
 * Why an engine failed, and what to do. "Not installed", "not running" and "not permitted" have three
 * cures; only the words of the engine's client tell them apart. Pure.
 *
 * @param stderr what the client said, wherever it printed that
 */
export function explainEngineFailure(
  command: string,
  stderr: string,
  platform: NodeJS.Platform = process.platform,
): Problem {
  const known = FAILURES.find(([said]) => said.test(stderr));
  if (known) return { ...known[1](command, platform), details: stderr };
  return {
    code: 'docker-failed',
    what: `${command} failed.`,
    why: lastLine(stderr),
    next: 'The log has its whole answer.',
    action: 'showLogs',
    details: stderr,
  };
}

/** The engine gave an answer that is not in its usual form. */
export function explainAnswer(command: string, answer: string): Problem {
  return {
    code: 'engine-not-understood',
    what: `${command} does not answer as Docker or Podman.`,
    why: 'It is another program, or a version that is not supported.',
    next: 'Check that chromaTls.containerCommand names Docker or Podman.',
    action: 'openSettings',
    details: answer.slice(0, 2000),
  };
}

/** The engine's program was not found. */
export function explainMissingEngine(command: string): Problem {
  return {
    code: 'docker-not-installed',
    what: `${command} is not installed, or not where programs usually are.`,
    next: 'Install it, or name its path in the setting chromaTls.containerCommand.',
    action: isPodman(command)
      ? { open: 'https://podman.io/docs/installation', label: 'Get Podman' }
      : { open: 'https://docs.docker.com/get-started/get-docker/', label: 'Get Docker' },
  };
}

/** The disk of the engine is full. */
export function explainFullDisk(command: string): Problem {
  return {
    code: 'disk-full',
    what: `The disk of ${command} is full.`,
    next: `Free some (${command} system df shows what takes it), then try again.`,
  };
}

/** What a client says when the disk is full. */
export const FULL_DISK = /no space left on device/i;

/** The last line of an answer, as a sentence. Pure. */
export function lastLine(text: string): string {
  const line = lastLineOf(text);
  return line === '' || line.endsWith('.') ? line : `${line}.`;
}

type Explain = (command: string, platform: NodeJS.Platform) => Problem;

/** What an engine's client says, and what it means; the first that fits counts. */
const FAILURES: readonly (readonly [RegExp, Explain])[] = [
  // It says "permission denied" too, so it comes before that.
  [
    /privileged port/i,
    (command) => ({
      code: 'privileged-port',
      what: `${command} runs without root, and may not publish a port below 1024.`,
      next: 'Choose a port from 1024 on in chromaTls.port.',
      action: 'openSettings',
    }),
  ],
  // Only where the engine denies it: a container may be denied something too.
  [
    /permission denied.*(connect|socket)|(connect|socket|dial unix).*permission denied/i,
    (command, platform) => ({
      code: 'docker-not-permitted',
      what: `${command} is running, but this user may not use it.`,
      next:
        platform === 'linux' && !isPodman(command)
          ? 'Add yourself to the docker group (sudo usermod -aG docker $USER), then log in again.'
          : 'Start VS Code as the user that runs the engine.',
    }),
  ],
  [
    /cannot connect|is the docker daemon running|error during connect|connection refused|no such host|unable to connect/i,
    explainNotRunning,
  ],
  // In WSL this comes from what stands in for the client while Docker Desktop is not there.
  [
    /could not be found in this WSL/i,
    () => ({
      code: 'docker-not-integrated',
      what: 'Docker Desktop is not running, or not switched on for this WSL distribution.',
      next: 'Start it, then switch the distribution on in Settings → Resources → WSL integration.',
      action: { open: 'https://docs.docker.com/go/wsl2/', label: 'About WSL Integration' },
    }),
  ],
  [
    /gave no answer in \d+ ms/,
    (command) => ({
      code: 'docker-no-answer',
      what: `${command} gives no answer.`,
      next: 'Its engine may still be starting: wait a moment, then try again.',
    }),
  ],
  [
    /container name[^]*is already in use|is already in use[^]*that name/i,
    () => ({
      code: 'already-starting',
      what: 'Another window or terminal is starting this server.',
      next: 'Wait a moment; it shows here by itself.',
    }),
  ],
  [
    /bind source path does not exist|mounts denied|is not shared|statfs .*no such file/i,
    (command) => ({
      code: 'folder-not-shared',
      what: `${command} cannot see the folder with the certificates.`,
      why: 'Its engine sees another disk, as in a virtual machine, a snap or a container.',
      next: 'Share the folder with it (Docker Desktop: Resources, File sharing), or use another runtime.',
      action: 'openSettings',
    }),
  ],
  [FULL_DISK, explainFullDisk],
];

function explainNotRunning(command: string, platform: NodeJS.Platform): Problem {
  const cures = isPodman(command)
    ? { linux: 'systemctl --user start podman.socket', other: 'podman machine start' }
    : { linux: 'sudo systemctl start docker', other: undefined };
  const cure = platform === 'linux' ? cures.linux : cures.other;
  return {
    code: 'docker-not-running',
    what: `${command} is installed, but its engine does not answer.`,
    next:
      cure === undefined
        ? 'Start Docker Desktop, wait until it says it is running, then try again.'
        : `Start it (${cure}), then try again.`,
  };
}

function isPodman(command: string): boolean {
  return /^podman/i.test(basename(command));
}
