import { basename } from 'node:path';
import type { ProblemText } from '../system/errors.ts';

/** Whether a problem means that the engine has no running container at all. Pure. */
export function runsNothing({ code }: ProblemText): boolean {
  return ['docker-not-installed', 'docker-not-running', 'docker-not-integrated'].includes(code);
}

/**
 * "Not installed", "not running" and "not permitted" are three problems with three cures; the
 * engine's client tells them apart only in its words.
 *
 * @param stderr what it complained of, wherever it printed that
 */
export function explainEngineFailure(
  command: string,
  stderr: string,
  platform: NodeJS.Platform = process.platform,
): ProblemText {
  // Before "permission denied", which it says as well.
  if (/privileged port/i.test(stderr)) return privilegedPort(command, stderr);
  // To the engine, that is: a container may be denied something of its own.
  if (
    /permission denied.*(connect|socket)|(connect|socket|dial unix).*permission denied/i.test(
      stderr,
    )
  ) {
    return notPermitted(command, stderr, platform);
  }
  if (
    /cannot connect|is the docker daemon running|error during connect|connection refused|no such host|unable to connect/i.test(
      stderr,
    )
  ) {
    return notRunning(command, stderr, platform);
  }
  if (/could not be found in this WSL/i.test(stderr)) return notIntegrated(stderr);
  if (/gave no answer in \d+ ms/.test(stderr)) return noAnswer(command, stderr);
  if (/is already in use/i.test(stderr) && /container name|that name/i.test(stderr)) {
    return {
      code: 'already-starting',
      what: 'Another window or terminal is starting this server.',
      next: 'Wait a moment; it shows here by itself.',
      details: stderr,
    };
  }
  if (
    /bind source path does not exist|mounts denied|is not shared|statfs .*no such file/i.test(
      stderr,
    )
  ) {
    return {
      code: 'folder-not-shared',
      what: `${command} cannot see the folder with the certificates.`,
      why: 'Its engine sees another disk than this one: it runs in a virtual machine, a snap or outside of this container.',
      next: 'Share the folder with it (in the settings of Docker Desktop: Resources, File sharing), or use another runtime.',
      action: 'openSettings',
      details: stderr,
    };
  }
  if (/no space left on device/i.test(stderr)) return diskFull(command, stderr);
  return {
    code: 'docker-failed',
    what: `${command} failed.`,
    why: lastLine(stderr),
    next: 'The log has its whole answer.',
    action: 'showLogs',
    details: stderr,
  };
}

/** It said something that is not in the form it always has. */
export function explainAnswer(command: string, answer: string): ProblemText {
  return {
    code: 'engine-not-understood',
    what: `${command} gives an answer that makes no sense.`,
    why: 'It is not in the form that Docker and Podman have for it.',
    next: 'Check that chromaTls.containerCommand names Docker or Podman, in a version that is supported.',
    action: 'openSettings',
    details: answer.slice(0, 2000),
  };
}

/** There is no such program. */
export function explainMissing(command: string): ProblemText {
  return {
    code: 'docker-not-installed',
    what: `${command} is not installed, or not where programs usually are.`,
    next: 'Install it, or name its path in the setting chromaTls.containerCommand.',
    action: isPodman(command)
      ? { open: 'https://podman.io/docs/installation', label: 'Get Podman' }
      : { open: 'https://docs.docker.com/get-started/get-docker/', label: 'Get Docker' },
  };
}

/** A pull that failed, told by its reason. */
export function explainPullFailure(
  command: string,
  { image, setting }: { readonly image: string; readonly setting: string },
  stderr: string,
): ProblemText {
  const what = `The image ${image} could not be pulled.`;
  const details = stderr;
  const helper = findCredentialProblem(what, stderr);
  if (helper) return helper;
  if (/toomanyrequests|rate limit/i.test(stderr)) {
    return {
      code: 'image-rate-limited',
      what,
      why: 'The registry allows no more pulls without an account for now.',
      next: `Log in (${command} login), or try again later.`,
      details,
    };
  }
  // Docker Hub says this of a private image and of one that does not exist alike.
  if (/repository does not exist or may require/i.test(stderr)) {
    return {
      code: 'image-unknown',
      what,
      why: 'The registry has no such image, or shows it only to those who log in.',
      next: `Correct chromaTls.${setting} in the settings, or log in (${command} login).`,
      action: 'openSettings',
      details,
    };
  }
  if (
    /no basic auth|unauthorized|authentication required|access .*denied|forbidden/i.test(stderr)
  ) {
    const registry = readRegistry(image);
    return {
      code: 'image-unauthorised',
      what,
      why: 'Its registry shows it only to those who log in.',
      next: `Log in (${[command, 'login', ...registry].join(' ')}), then try again.`,
      details,
    };
  }
  if (/manifest unknown|name unknown|not found: |invalid reference/i.test(stderr)) {
    return {
      code: 'image-unknown',
      what,
      why: 'The registry has no such image.',
      next: `Correct chromaTls.${setting} in the settings.`,
      action: 'openSettings',
      details,
    };
  }
  if (/no matching manifest|no image found in .*for architecture/i.test(stderr)) {
    return {
      code: 'image-wrong-platform',
      what,
      why: "It was not built for this machine's processor.",
      next: `Choose another in chromaTls.${setting}.`,
      action: 'openSettings',
      details,
    };
  }
  if (/no space left on device/i.test(stderr)) return diskFull(command, stderr);
  return {
    code: 'image-unreachable',
    what,
    why: lastLine(stderr),
    next: 'Check the network, or pull it by hand, then try again.',
    action: 'showLogs',
    details,
  };
}

/**
 * That what keeps a user's logins does not answer: it is asked for public images too. Pure.
 *
 * @param what could not be done
 */
export function findCredentialProblem(what: string, stderr: string): ProblemText | undefined {
  if (!/error getting credentials|credentials store .*not initialized/i.test(stderr)) {
    return undefined;
  }
  const helper = /docker-credential-[\w.-]+/.exec(stderr)?.[0];
  const isMissing = /executable file not found|no such file/i.test(stderr);
  return {
    code: 'credential-helper',
    what,
    why: isMissing
      ? `The program ${helper ?? 'for its logins'}, which credsStore or credHelpers in Docker's config.json names, was not found.`
      : `The program for its logins, which credsStore or credHelpers in Docker's config.json names, gave none: ${lastLine(stderr)}`,
    next: isMissing
      ? "Install it beside the engine's own program or on PATH, or take credsStore out of config.json (in .docker in your home folder), then try again."
      : 'Unlock what keeps the logins, or take credsStore out of config.json (in .docker in your home folder), then try again.',
    action: 'showLogs',
    details: stderr,
  };
}

/** Whether a start failed because the host port was taken. */
export function isPortTaken(stderr: string): boolean {
  return /port is already allocated|address already in use|ports are not available/i.test(stderr);
}

function notRunning(command: string, stderr: string, platform: NodeJS.Platform): ProblemText {
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
    details: stderr,
  };
}

/** In place of the client a distribution of WSL has what says so, while Docker Desktop is not there. */
function notIntegrated(stderr: string): ProblemText {
  return {
    code: 'docker-not-integrated',
    what: 'Docker Desktop is not running, or does not serve this distribution of WSL.',
    next: 'Start it, then switch this distribution on in its Settings → Resources → WSL integration.',
    action: { open: 'https://docs.docker.com/go/wsl2/', label: 'About WSL Integration' },
    details: stderr,
  };
}

function noAnswer(command: string, stderr: string): ProblemText {
  return {
    code: 'docker-no-answer',
    what: `${command} gives no answer.`,
    next: 'Its engine may still be starting: wait a moment, then try again.',
    details: stderr,
  };
}

function notPermitted(command: string, stderr: string, platform: NodeJS.Platform): ProblemText {
  return {
    code: 'docker-not-permitted',
    what: `${command} is running, but this user may not use it.`,
    next:
      platform === 'linux' && !isPodman(command)
        ? 'Add yourself to the docker group (sudo usermod -aG docker $USER), then log in again.'
        : 'Start VS Code as the user that runs the engine.',
    details: stderr,
  };
}

function privilegedPort(command: string, stderr: string): ProblemText {
  return {
    code: 'privileged-port',
    what: `${command} runs without root, and may not publish a port below 1024.`,
    next: 'Choose a port from 1024 on in chromaTls.port.',
    action: 'openSettings',
    details: stderr,
  };
}

function diskFull(command: string, stderr: string): ProblemText {
  return {
    code: 'disk-full',
    what: `There is no room left on the disk of ${command}.`,
    next: `Free some (${command} system df shows what takes it), then try again.`,
    details: stderr,
  };
}

/** Problems are worded for the engine the user has. */
function isPodman(command: string): boolean {
  return /^podman/i.test(basename(command));
}

/** The registry an image names; none where it is Docker's own. */
function readRegistry(image: string): readonly string[] {
  const [first = '', ...rest] = image.split('/');
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? [first] : [];
}

function lastLine(text: string): string {
  const line = text.trim().split('\n').at(-1) ?? '';
  return line === '' || line.endsWith('.') ? line : `${line}.`;
}
