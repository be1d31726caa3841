import { awaitRecords } from '../dns/await-records.ts';
import { challengeRecord } from '../dns/challenge-record.ts';
import { chooseNameServers } from '../dns/name-servers.ts';
import type { DnsRecord, Proof, Responder, ResponderQuestions } from '../responder.ts';

/** Milliseconds: a user signs in at their provider first, and a zone is handed on once it is due. */
const PATIENCE = 60 * 60_000;

/** Answers dns-01 by records that the user sets by hand. */
export class ShownRecords implements Responder {
  readonly type = 'dns-01';
  readonly #questions: ResponderQuestions;
  readonly #shown: DnsRecord[] = [];

  constructor(questions: ResponderQuestions) {
    this.#questions = questions;
  }

  /** Whether the user can set records, only they know. */
  check(): Promise<void> {
    return Promise.resolve();
  }

  /** @throws ExplainedError `record-not-seen`; AbortError */
  async present(proofs: readonly Proof[], signal: AbortSignal): Promise<void> {
    const { showRecords, report } = this.#questions;
    const records = proofs.map(challengeRecord);
    this.#shown.push(...records);
    await showRecords(records, signal);
    await awaitRecords(records, {
      dns: chooseNameServers(),
      patience: PATIENCE,
      report,
      signal,
    });
  }

  cleanUp(): Promise<void> {
    const names = new Set(this.#shown.splice(0).map(({ name }) => name));
    if (names.size > 0) this.#questions.report(`now you may remove ${[...names].join(', ')}`);
    return Promise.resolve();
  }
}
