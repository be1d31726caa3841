import { randomBytes } from 'node:crypto';
import { ExplainedError } from '../system/errors.ts';
import { readFromEnvFile, writeToEnvFile } from '../project/env-file.ts';
import { resolveInWorkspace } from '../project/workspace-path.ts';

/** The key of an env file that holds the bearer token of a workspace's server. */
export const TOKEN_KEY = 'CHROMA_TOKEN';

/**
 * The bearer token of a workspace's server, out of the env file that Compose reads. Secret.
 *
 * @returns undefined where there is none, or an empty one
 * @throws ExplainedError `outside-workspace`, `env-not-readable`
 */
export async function readBearerToken(workspace: string): Promise<string | undefined> {
  const token = await readFromEnvFile(await resolveInWorkspace(workspace, '.env'), TOKEN_KEY);
  return token === '' ? undefined : token;
}

/**
 * Makes sure that an env file has a token: one of 256 random bits where there is none.
 *
 * @param envFile the one Compose reads, out of `resolveInWorkspace`
 * @throws ExplainedError `token-unusable` where the token in it could change the meaning of a proxy's
 *   configuration, or would never match; those of the env file
 */
export async function provideBearerToken(envFile: string): Promise<void> {
  const present = await readFromEnvFile(envFile, TOKEN_KEY);
  if (present === undefined || present === '') {
    // Hexadecimal: nginx ignores case, which costs such a token nothing.
    await writeToEnvFile(envFile, TOKEN_KEY, randomBytes(32).toString('hex'));
    return;
  }
  // RFC 6750 section 2.1.
  if (/^[\w.~+/-]+=*$/.test(present)) return;
  throw new ExplainedError({
    code: 'token-unusable',
    what: `${TOKEN_KEY} in ${envFile} cannot be a bearer token.`,
    why: 'A token has only letters, digits and ._~+/-, and = at its end.',
    next: 'Correct it, or remove the line to get a new one.',
  });
}
