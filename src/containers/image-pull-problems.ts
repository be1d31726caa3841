import type { Problem } from '../system/errors.ts';
import { explainFullDisk, FULL_DISK, lastLine } from './engine-problems.ts';

/**
 * Why an image could not be pulled, and what to do. Pure.
 *
 * @param wanted the image, and the setting that names it
 */
export function explainPullFailure(
  command: string,
  { image, setting }: { readonly image: string; readonly setting: string },
  stderr: string,
): Problem {
  const what = `The image ${image} could not be pulled.`;
  const credentials = findCredentialProblem(what, stderr);
  if (credentials) return credentials;
  if (FULL_DISK.test(stderr)) return { ...explainFullDisk(command), details: stderr };
  const known = FAILURES.find(({ said }) => said.test(stderr));
  if (!known) {
    return {
      code: 'image-unreachable',
      what,
      why: lastLine(stderr),
      next: 'Check the network, or pull it by hand, then try again.',
      action: 'showLogs',
      details: stderr,
    };
  }
  const { code, why, cure } = known;
  const logIn = [command, 'login', ...readRegistry(image)].join(' ');
  const next = cure.replace('SETTING', `chromaTls.${setting}`).replace('LOGIN', logIn);
  const isOfSetting = cure.includes('SETTING');
  return {
    code,
    what,
    why,
    next,
    ...(isOfSetting ? { action: 'openSettings' } : {}),
    details: stderr,
  };
}

/**
 * The failure of the program that keeps a user's logins: Docker asks it for public images too. Pure.
 *
 * @param what could not be done, as a sentence
 */
export function findCredentialProblem(what: string, stderr: string): Problem | undefined {
  if (!/error getting credentials|credentials store .*not initialized/i.test(stderr)) {
    return undefined;
  }
  const helper = /docker-credential-[\w.-]+/.exec(stderr)?.[0];
  const isMissing = /executable file not found|no such file/i.test(stderr);
  return {
    code: 'credential-helper',
    what,
    why: isMissing
      ? `The program ${helper ?? 'for its logins'} was not found, which Docker's config.json names.`
      : `The program for its logins, which Docker's config.json names, gave none: ${lastLine(stderr)}`,
    next: `${isMissing ? 'Install it on PATH' : 'Unlock what keeps the logins'}, or remove credsStore from ~/.docker/config.json.`,
    action: 'showLogs',
    details: stderr,
  };
}

/** What a client says of a pull, and what it means; the first that fits counts. */
const FAILURES = [
  {
    said: /toomanyrequests|rate limit/i,
    code: 'image-rate-limited',
    why: 'The registry allows no more pulls without an account for now.',
    cure: 'Log in (LOGIN), or try again later.',
  },
  {
    // Docker Hub says the same of a private image and of one that does not exist.
    said: /repository does not exist or may require/i,
    code: 'image-unknown',
    why: 'The registry has no such image, or shows it only to those who log in.',
    cure: 'Correct SETTING in the settings, or log in (LOGIN).',
  },
  {
    said: /no basic auth|unauthorized|authentication required|access .*denied|forbidden/i,
    code: 'image-unauthorised',
    why: 'Its registry shows it only to those who log in.',
    cure: 'Log in (LOGIN), then try again.',
  },
  {
    said: /manifest unknown|name unknown|not found: |invalid reference/i,
    code: 'image-unknown',
    why: 'The registry has no such image.',
    cure: 'Correct SETTING in the settings.',
  },
  {
    said: /no matching manifest|no image found in .*for architecture/i,
    code: 'image-wrong-platform',
    why: "It was not built for this machine's processor.",
    cure: 'Choose another in SETTING.',
  },
] as const;

/** The registry that an image names; none where it is Docker's own. */
function readRegistry(image: string): readonly string[] {
  const [first = '', ...rest] = image.split('/');
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? [first] : [];
}
