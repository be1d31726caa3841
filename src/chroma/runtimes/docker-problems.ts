import type { ProblemText } from '../../errors.ts';

/**
 * "Not installed", "not running" and "not permitted" are three problems with three cures; the
 * engine's client tells them apart only in its words.
 */
export function explainEngineFailure(
  command: string,
  stderr: string,
  platform: NodeJS.Platform = process.platform,
): ProblemText {
  if (/permission denied/i.test(stderr)) return notPermitted(command, stderr, platform);
  if (
    /cannot connect|is the docker daemon running|error during connect|connection refused|no such host|unable to connect/i.test(
      stderr,
    )
  ) {
    return {
      code: 'docker-not-running',
      what: `${command} is installed, but its engine does not answer.`,
      next:
        platform === 'linux'
          ? 'Start it (sudo systemctl start docker), then try again.'
          : 'Start Docker Desktop, wait until it says it is running, then try again.',
      details: stderr,
    };
  }
  if (/is already in use by container/i.test(stderr)) {
    return {
      code: 'already-starting',
      what: 'Another window or terminal is starting this server.',
      next: 'Wait a moment; it shows here by itself.',
      details: stderr,
    };
  }
  return {
    code: 'docker-failed',
    what: `${command} failed.`,
    why: lastLine(stderr),
    next: 'The log has its whole answer.',
    action: 'showLogs',
    details: stderr,
  };
}

/** There is no such program. */
export function explainMissing(command: string): ProblemText {
  return {
    code: 'docker-not-installed',
    what: `${command} is not installed, or not where programs usually are.`,
    next: 'Install it, or name its path in the setting chromaTls.containerCommand.',
    action: { open: 'https://docs.docker.com/get-started/get-docker/', label: 'Get Docker' },
  };
}

/** A pull that failed, told by its reason. */
export function explainPullFailure(image: string, stderr: string): ProblemText {
  const unknown = /manifest unknown|not found|repository does not exist|invalid reference/i.test(
    stderr,
  );
  return {
    code: unknown ? 'image-unknown' : 'image-unreachable',
    what: `The image ${image} could not be pulled.`,
    why: unknown ? 'The registry has no such image.' : lastLine(stderr),
    next: unknown
      ? 'Correct chromaTls.image in the settings.'
      : 'Check the network, or pull it by hand, then try again.',
    action: unknown ? 'openSettings' : 'showLogs',
    details: stderr,
  };
}

/** Whether a start failed because the host port was taken. */
export function isPortTaken(stderr: string): boolean {
  return /port is already allocated|address already in use|ports are not available/i.test(stderr);
}

function notPermitted(command: string, stderr: string, platform: NodeJS.Platform): ProblemText {
  return {
    code: 'docker-not-permitted',
    what: `${command} is running, but this user may not use it.`,
    next:
      platform === 'linux'
        ? 'Add yourself to the docker group (sudo usermod -aG docker $USER), then log in again.'
        : 'Start VS Code as the user that runs the engine.',
    details: stderr,
  };
}

function lastLine(text: string): string {
  const line = text.trim().split('\n').at(-1) ?? '';
  return line === '' || line.endsWith('.') ? line : `${line}.`;
}
