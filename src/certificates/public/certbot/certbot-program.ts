import { ExplainedError } from '../../../system/errors.ts';
import { findProgram } from '../../../system/processes/program-path.ts';
import { run } from '../../../system/processes/program.ts';

/** certbot as this machine has it. */
export interface Certbot {
  /** Absolute path. */
  readonly program: string;
  readonly version: string;
  readonly capabilities: Capabilities;
}

/** What not every version can do. */
export interface Capabilities {
  /** `--preferred-profile`, since 4.0. */
  readonly profiles: boolean;
  /** `--ip-address`, since 5.3. */
  readonly addresses: boolean;
}

/** Milliseconds; Python is slow to start on a cold disk. */
const PATIENCE = 30_000;

/** @throws ExplainedError `certbot-not-found`, `certbot-broken` */
export async function findCertbot(): Promise<Certbot> {
  const program = await findProgram('certbot');
  if (program === undefined) throw explainMissing();
  const { exitCode, stdout, stderr } = await run(
    { program, args: ['--version'] },
    { timeout: PATIENCE },
  );
  // Old ones say it on the other stream.
  const version = /^certbot (\d+\.\d+\S*)/m.exec(`${stdout}\n${stderr}`)?.[1];
  if (exitCode !== 0 || version === undefined) throw explainBroken(program, stderr);
  return { program, version, capabilities: readCapabilities(version) };
}

/** @param version such as `2.1.0`. Pure. */
export function readCapabilities(version: string): Capabilities {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return { profiles: major >= 4, addresses: major > 5 || (major === 5 && minor >= 3) };
}

/** certbot is nowhere to be found. */
export function explainMissing(platform: NodeJS.Platform = process.platform): ExplainedError {
  const instead = 'or do without it: chroma-tls request (Request Certificate) needs no certbot.';
  const cures: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
    linux: `Install it (snap install --classic certbot, or apt install certbot, dnf install certbot), ${instead}`,
    darwin: `Install it (brew install certbot), ${instead}`,
  };
  return new ExplainedError({
    code: 'certbot-not-found',
    what: 'certbot was not found on this machine.',
    why: 'It is neither on PATH nor in the usual places.',
    next: cures[platform] ?? `Use it where it runs, on Linux or macOS, ${instead}`,
    action: { open: 'https://certbot.eff.org/instructions', label: 'How to Install It' },
  });
}

function explainBroken(program: string, stderr: string): ExplainedError {
  return new ExplainedError({
    code: 'certbot-broken',
    what: `${program} does not say which version it is.`,
    why: 'It is damaged, or its Python is.',
    next: 'Install it again, then try again.',
    details: stderr,
  });
}
