import { createHash, randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ExplainedError } from '../system/errors.ts';
import { isAccessible, keepFile, readIfThere, replaceFile } from '../system/files/replace-file.ts';
import { explainUnusable, makePrivateFolder, workspaceDataFolder } from './data-folder.ts';
import { readFromEnvFile, writeToEnvFile } from './env-file.ts';
import { resolveInWorkspace } from './workspace-path.ts';

/** The variable that clients take the bearer token from, and its key in the env file of Compose. */
export const TOKEN_KEY = 'CHROMA_TOKEN';

/**
 * The bearer token that a workspace's own server asks for, out of the user's data folder. Secret.
 *
 * @returns undefined where there is none yet
 * @throws ExplainedError `data-folder-not-usable`
 */
export async function readKeptToken(workspace: string): Promise<string | undefined> {
  const text = await explainUnusable(() => readIfThere(tokenFile(workspace)));
  return text !== undefined && isKeptToken(text) ? text : undefined;
}

/**
 * The same, made where there is none: 256 random bits, in a file that only the user may read.
 *
 * @throws ExplainedError `data-folder-not-usable`
 */
export async function provideKeptToken(workspace: string): Promise<string> {
  const present = await readKeptToken(workspace);
  if (present !== undefined) return present;
  const token = makeToken();
  await explainUnusable(async () => {
    await makePrivateFolder(workspaceDataFolder(workspace));
    await replaceFile(tokenFile(workspace), token, 0o600);
  });
  return token;
}

/**
 * Whether the last start of a workspace's server was told in a terminal to ask for the token: no setting
 * of the editor says so, and it would come back open from there.
 *
 * @throws as the system does where the data folder cannot be written
 */
export async function noteSaidInTerminal(workspace: string, isSaid: boolean): Promise<void> {
  if (isSaid) await keepFile(saidFile(workspace), '', 0o600);
  else await rm(saidFile(workspace), { force: true });
}

export async function wasSaidInTerminal(workspace: string): Promise<boolean> {
  return isAccessible(saidFile(workspace));
}

/** What a program may be handed that only has to recognise a token: its SHA-256, in hexadecimal. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/**
 * The bearer token of a workspace's Compose project, out of the env file that Compose reads. Secret.
 *
 * @returns undefined where there is none, or an empty one
 * @throws ExplainedError `outside-workspace`, `env-not-readable`
 */
export async function readComposeToken(workspace: string): Promise<string | undefined> {
  const token = await readFromEnvFile(await resolveInWorkspace(workspace, '.env'), TOKEN_KEY);
  return token === '' ? undefined : token;
}

/**
 * Makes sure that the env file of Compose has a token: one of 256 random bits where there is none.
 *
 * @param envFile the one Compose reads, out of `resolveInWorkspace`
 * @throws ExplainedError `token-unusable` where the token in it could change the meaning of a proxy's
 *   configuration, or would never match; those of the env file
 */
export async function provideComposeToken(envFile: string): Promise<void> {
  const present = await readFromEnvFile(envFile, TOKEN_KEY);
  if (present === undefined || present === '') {
    await writeToEnvFile(envFile, TOKEN_KEY, makeToken(), true);
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

function tokenFile(workspace: string): string {
  return join(workspaceDataFolder(workspace), 'bearer-token');
}

function saidFile(workspace: string): string {
  return join(workspaceDataFolder(workspace), 'token-said');
}

/** Hexadecimal: nginx ignores case where it compares a token itself, which costs such a one nothing. */
function makeToken(): string {
  return randomBytes(32).toString('hex');
}

function isKeptToken(text: string): boolean {
  return /^[\da-f]{64}$/.test(text);
}
