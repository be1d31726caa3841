import { chmod, lstat, mkdir, realpath, rm, rmdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { ExplainedError, sayWhy, systemCode } from '../../../../system/errors.ts';
import { replaceFile } from '../../../../system/files/replace-file.ts';
import type { Proof, Responder } from '../responder.ts';

/** What RFC 8555 section 8.3 makes a token of; anything else could be a path. */
const TOKEN = /^[\w-]+$/;

/** Whether a file can be written there is seen by writing one. */
const TRIAL: Proof = { name: '', token: 'chroma-tls-trial', keyAuthorization: 'trial' };

/** Answers http-01 by files in a folder that a web server of the user serves. */
export class Webroot implements Responder {
  readonly type = 'http-01';
  readonly #webroot: string;
  readonly #files = new Set<string>();
  /** Those that were made, the innermost last. */
  readonly #folders: string[] = [];

  constructor(webroot: string) {
    this.#webroot = webroot;
  }

  /** @throws ExplainedError `webroot-not-usable`, `webroot-leads-out`; AbortError */
  async check(signal: AbortSignal): Promise<void> {
    try {
      await this.present([TRIAL], signal);
    } finally {
      await this.cleanUp();
    }
  }

  /** @throws ExplainedError `webroot-not-usable`, `webroot-leads-out`, `unsafe-token`; AbortError */
  async present(proofs: readonly Proof[], signal: AbortSignal): Promise<void> {
    try {
      const folder = await this.#openFolder();
      for (const { token, keyAuthorization } of proofs) {
        signal.throwIfAborted();
        if (!TOKEN.test(token)) throw explainToken();
        const file = join(folder, token);
        this.#files.add(file);
        // Another user's web server reads it; it is not a secret.
        await replaceFile(file, keyAuthorization, 0o644);
      }
    } catch (error) {
      throw systemCode(error) === undefined ? error : this.#explain(error);
    }
  }

  async cleanUp(): Promise<void> {
    for (const file of this.#files) await rm(file, { force: true }).catch(() => undefined);
    this.#files.clear();
    // One with something else in it is no longer ours alone, and stays.
    for (const folder of this.#folders.reverse()) await rmdir(folder).catch(() => undefined);
    this.#folders.length = 0;
  }

  /** The folder of the answers, which lies in the web root itself, wherever links in it lead. */
  async #openFolder(): Promise<string> {
    const root = await realpath(this.#webroot);
    if (!(await lstat(root)).isDirectory()) throw this.#explain({ code: 'ENOTDIR' });
    let folder = root;
    for (const name of ['.well-known', 'acme-challenge']) {
      folder = join(folder, name);
      if (await makeFolder(folder)) this.#folders.push(folder);
      const real = await realpath(folder);
      if (!real.startsWith(root.endsWith(sep) ? root : root + sep)) throw explainLink(folder, real);
      folder = real;
    }
    return folder;
  }

  #explain(error: unknown): ExplainedError {
    return new ExplainedError(
      {
        code: 'webroot-not-usable',
        what: `The answers to the ACME server cannot be put into ${this.#webroot}.`,
        why: sayWhy(error),
        next: 'Name the folder that your web server serves, and make it writable for you.',
      },
      error,
    );
  }
}

/** @returns whether it was not there before */
async function makeFolder(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    // A umask may have kept the web server out.
    await chmod(folder, 0o755);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function explainLink(link: string, target: string): ExplainedError {
  return new ExplainedError({
    code: 'webroot-leads-out',
    what: `${link} leads out of the web root.`,
    why: `It is a link to ${target}, and nothing is written there.`,
    next: 'Name the folder that it leads to, or remove the link.',
  });
}

function explainToken(): ExplainedError {
  return new ExplainedError({
    code: 'unsafe-token',
    what: 'The ACME server asks for a file with a name that is not allowed.',
    why: 'RFC 8555 allows only letters, digits, - and _, so that none can be a path.',
    next: 'Use another ACME server, or tell its operator.',
  });
}
