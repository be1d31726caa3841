import { createHash, generateKeyPairSync } from 'node:crypto';
import type { Agent } from 'node:https';
import { join } from 'node:path';
import * as v from 'valibot';
import { dataFolder } from '../../../project/data-folder.ts';
import { ExplainedError } from '../../../system/errors.ts';
import type { LockOptions } from '../../../system/files/file-lock.ts';
import { holdDataLock } from '../../../project/data-lock.ts';
import { readRecord, writeRecord } from '../../../project/data-record.ts';
import { quietly } from '../../../system/quietly.ts';
import { hasCode, PROBLEM_CODES } from './acme-problems.ts';
import type { Directory } from './directory.ts';
import { findKnownDirectory } from './known-directories.ts';
import { openSession, type AccountBinding, type Session } from './connection/acme-session.ts';

/** What is kept of an account. One made for another key type later would be another account. */
const ACCOUNT = v.object({
  directory: v.string(),
  /** PKCS#8 in PEM, ECDSA P-256: every ACME server takes it. */
  key: v.string(),
  /** Where it is at the server; without it, it was not registered yet. */
  url: v.optional(v.string()),
  email: v.optional(v.string()),
  /** URL of the terms that the user agreed to. */
  agreed: v.optional(v.string()),
});
type Account = v.InferOutput<typeof ACCOUNT>;

export interface AccountRequest {
  readonly agent: Agent;
  readonly directory: Directory;
  readonly email: string | undefined;
  readonly binding: AccountBinding | undefined;
  /** Shows the URL of the terms to the user, once per directory. @throws where they refuse */
  readonly agreeToTerms: (terms: string) => Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * The account that this user has at a directory, whatever the workspace; it is made if need be.
 *
 * @throws ExplainedError `acme-binding-missing`, `acme-binding-refused`, `acme-account-busy`,
 *   `data-folder-not-usable`, and what the server says; what `agreeToTerms` throws; AbortError
 */
export async function openAccount(request: AccountRequest): Promise<Session> {
  const { directory, email } = request;
  return holdAccount(directory.url, request.signal, async () => {
    const kept = await readAccount(directory.url);
    if (kept?.url === undefined) return register(request, kept);
    const session = begin(request, kept);
    if (email !== undefined && email !== kept.email) {
      await session.ask((client) => client.updateAccount({ contact: [`mailto:${email}`] }));
      await writeAccount({ ...kept, email });
    }
    return session;
  });
}

/** The account at a directory, where there is one. @throws ExplainedError `data-folder-not-usable` */
async function readAccount(directory: string): Promise<Account | undefined> {
  return readRecord(accountFile(directory), ACCOUNT);
}

/** Has the next request make the account again: the server does not know it. Its key stays. */
export async function forgetAccountUrl(directory: string): Promise<void> {
  const kept = await readAccount(directory);
  if (kept !== undefined) await writeAccount({ ...kept, url: undefined });
}

async function register(request: AccountRequest, kept: Account | undefined): Promise<Session> {
  const { directory, email, binding, agreeToTerms } = request;
  if (directory.needsBinding && binding === undefined) throw explainBinding(directory.url);
  if (directory.terms !== undefined && directory.terms !== kept?.agreed) {
    await agreeToTerms(directory.terms);
  }
  // Before the server knows it: a key that was lost there could never be used again.
  const account: Account = {
    directory: directory.url,
    key: kept?.key ?? generateKey(),
    ...(directory.terms === undefined ? {} : { agreed: directory.terms }),
  };
  await writeAccount(account);
  const session = begin(request, account);
  const asked = session.ask((client) => createOrFind(client, email));
  const url = await asked.catch((error: unknown) => {
    throw binding !== undefined && isRefusal(error)
      ? explainRefusedBinding(directory.url, error)
      : error;
  });
  await writeAccount({ ...account, url, ...(email === undefined ? {} : { email }) });
  return session;
}

/** The URL of a new account, or of the one that the server has for this key. */
async function createOrFind(client: Session['client'], email: string | undefined): Promise<string> {
  try {
    await client.createAccount({
      termsOfServiceAgreed: true,
      ...(email === undefined ? {} : { contact: [`mailto:${email}`] }),
    });
  } catch (error) {
    // One that was there is updated by the library, and servers refuse an update of nothing.
    const isThere = quietly(() => client.getAccountUrl()) !== undefined;
    const isNoUpdate = hasCode(error, [PROBLEM_CODES.malformed]);
    if (!isThere || !isNoUpdate) throw error;
  }
  return client.getAccountUrl();
}

function begin({ agent, directory, binding, signal }: AccountRequest, account: Account): Session {
  return openSession({
    agent,
    directory: directory.url,
    accountKey: account.key,
    accountUrl: account.url,
    binding,
    signal,
  });
}

function generateKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function writeAccount(account: Account): Promise<void> {
  return writeRecord(accountFile(account.directory), account);
}

/** Two windows that ask at the same time would make two accounts. */
async function holdAccount<T>(
  directory: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const options: LockOptions = {
    doing: 'opening an ACME account',
    signal,
    patience: 60_000,
    explain: ({ pid }) => ({
      code: 'acme-account-busy',
      what: 'Another window or terminal is opening the account.',
      why: `Its process ${pid} did not finish within a minute.`,
      next: 'Answer its question, or close it, then try again.',
    }),
  };
  return holdDataLock(`${accountFile(directory)}.lock`, options, work);
}

/** Named by a hash: a URL cannot be the name of a file. */
function accountFile(directory: string): string {
  const name = createHash('sha256').update(directory).digest('hex').slice(0, 32);
  return join(dataFolder(), 'acme-accounts', `${name}.json`);
}

function explainBinding(url: string): ExplainedError {
  const { name, where } = describeAuthority(url);
  return new ExplainedError({
    code: 'acme-binding-missing',
    what: `${name} wants an account that you have with it.`,
    next: `Get a key id and an HMAC key ${where}, then enter them.`,
    inTerminal: `Get a key id and an HMAC key ${where}, then name them with --eab-kid and --eab-hmac-file.`,
  });
}

/** What servers say of a key id or a signature that is not theirs: an account has no names to prove. */
function isRefusal(error: unknown): error is ExplainedError {
  const codes: readonly string[] = [PROBLEM_CODES.unauthorized, PROBLEM_CODES.malformed];
  return error instanceof ExplainedError && codes.includes(error.code);
}

function explainRefusedBinding(url: string, error: ExplainedError): ExplainedError {
  const { name, where } = describeAuthority(url);
  const { why } = error.problem;
  return new ExplainedError(
    {
      code: 'acme-binding-refused',
      what: `${name} refuses the key id or the HMAC key.`,
      ...(why === undefined ? {} : { why }),
      next: `Compare them with what is shown ${where}, or get new ones: some work only once.`,
      inTerminal: `Compare --eab-kid and --eab-hmac-file with what is shown ${where}, or get new ones.`,
    },
    error,
  );
}

function describeAuthority(url: string): { readonly name: string; readonly where: string } {
  const known = findKnownDirectory(url);
  return {
    name: known?.name ?? 'The authority',
    where: known?.bindingPage === undefined ? 'there' : `at ${known.bindingPage}`,
  };
}
