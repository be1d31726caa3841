import { dirname } from 'node:path';
import { ExplainedError } from '../../../../system/errors.ts';
import { findProgram } from '../../../../system/processes/program-path.ts';
import { ProgramNotFoundError, run, type Outcome } from '../../../../system/processes/program.ts';
import { awaitRecords } from '../dns/await-records.ts';
import { challengeRecord } from '../dns/challenge-record.ts';
import { chooseNameServers } from '../dns/name-servers.ts';
import type { Proof, Responder, ResponderQuestions } from '../responder.ts';

/** Milliseconds; a hook may itself wait until its provider has handed the record on. */
const HOOK_LIMIT = 30 * 60_000;
/** Milliseconds; it said that the record is set. */
const PATIENCE = 15 * 60_000;
/** Milliseconds; a network that lets no question out does not put it in doubt. */
const DEAF_AFTER = 60_000;
/** Lines of a program that failed: the last ones say why. */
const LAST_LINES = 10;

/** A name that the hook has set, or has begun to set, a record for. */
interface Done {
  readonly env: Readonly<Record<string, string>>;
  /** What it printed, for its own use when it removes the record. */
  readonly output: string;
}

/**
 * Answers dns-01 by a program of the user's. It is run once for each name with the argument `auth`, and
 * at the end with `cleanup`, in the environment of certbot's hooks for dns-01.
 */
export class DnsHook implements Responder {
  readonly type = 'dns-01';
  readonly #program: string;
  readonly #report: ResponderQuestions['report'];
  readonly #done: Done[] = [];

  /** @param program its absolute path */
  constructor(program: string, { report }: Pick<ResponderQuestions, 'report'>) {
    this.#program = program;
    this.#report = report;
  }

  /** @throws ExplainedError `dns-hook-not-found` */
  async check(): Promise<void> {
    if ((await findProgram(this.#program)) === undefined) throw this.#explainMissing();
  }

  /** @throws ExplainedError `dns-hook-not-found`, `dns-hook-failed`, `record-not-seen`; AbortError */
  async present(proofs: readonly Proof[], signal: AbortSignal): Promise<void> {
    for (const [index, proof] of proofs.entries()) {
      this.#report(`setting the record of ${proof.name} by ${this.#program}`);
      const env = hookEnvironment(proofs, index);
      // What is broken off may have set it already.
      const at = this.#done.push({ env, output: '' }) - 1;
      const outcome = await this.#run('auth', env, signal);
      if (outcome.exitCode !== 0) throw this.#explain(proof.name, outcome);
      this.#done[at] = { env, output: outcome.stdout };
    }
    await awaitRecords(proofs.map(challengeRecord), {
      dns: chooseNameServers(),
      patience: PATIENCE,
      deafAfter: DEAF_AFTER,
      report: this.#report,
      signal,
    });
  }

  /** A record that stays harms nobody, so a failure is only reported. */
  async cleanUp(): Promise<void> {
    for (const { env, output } of this.#done.splice(0)) {
      const outcome = await this.#run('cleanup', { ...env, CERTBOT_AUTH_OUTPUT: output }).catch(
        (error: unknown) => ({ exitCode: 1, stderr: String(error), stdout: '' }),
      );
      if (outcome.exitCode === 0) continue;
      this.#report(
        `${this.#program} has not removed the record of ${env['CERTBOT_DOMAIN'] ?? ''}: ${lastWords(outcome)}`,
      );
    }
  }

  async #run(
    step: 'auth' | 'cleanup',
    env: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<Outcome> {
    try {
      return await run(
        { program: this.#program, args: [step], env },
        { signal, timeout: HOOK_LIMIT, cwd: dirname(this.#program) },
      );
    } catch (error) {
      if (!(error instanceof ProgramNotFoundError)) throw error;
      throw this.#explainMissing();
    }
  }

  #explainMissing(): ExplainedError {
    return new ExplainedError({
      code: 'dns-hook-not-found',
      what: `The program for the DNS records (${this.#program}) cannot be run.`,
      why: 'It is not there, or is not executable.',
      next: 'Name it by its full path, and make it executable (chmod +x).',
      inTerminal: 'Name it by its full path with --dns-hook, and make it executable (chmod +x).',
    });
  }

  #explain(name: string, outcome: Outcome): ExplainedError {
    const words = lastWords(outcome);
    return new ExplainedError({
      code: 'dns-hook-failed',
      what: `${this.#program} could not set the DNS record of ${name}.`,
      why: `It ended with code ${outcome.exitCode}${words === '' ? ' and said nothing' : `: ${words}`}.`,
      next: 'Run it by hand (argument auth, CERTBOT_DOMAIN and CERTBOT_VALIDATION set), and correct what it says.',
      details: words,
    });
  }
}

/** What certbot tells a hook for dns-01; CERTBOT_TOKEN is a matter of http-01 alone. Pure. */
export function hookEnvironment(
  proofs: readonly Proof[],
  index: number,
): Readonly<Record<string, string>> {
  const proof = proofs[index];
  if (!proof) throw new RangeError('There is no such proof.');
  return {
    CERTBOT_DOMAIN: proof.name,
    CERTBOT_VALIDATION: challengeRecord(proof).value,
    CERTBOT_REMAINING_CHALLENGES: String(proofs.length - index - 1),
    CERTBOT_ALL_DOMAINS: proofs.map(({ name }) => name).join(','),
  };
}

/** The end of what a program wrote, where programs say why. */
function lastWords({ stderr, stdout }: Outcome): string {
  const text = stderr.trim() === '' ? stdout : stderr;
  return text.trim().split('\n').slice(-LAST_LINES).join('\n');
}
