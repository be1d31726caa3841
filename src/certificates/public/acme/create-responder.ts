import { ExplainedError } from '../../../system/errors.ts';
import type { Challenge } from '../certificate-source.ts';
import type { Responder } from './responder.ts';
import { listenForHttp } from './responders/http-01.ts';

/** A TXT record that proves a name. */
export interface DnsRecord {
  /** Such as `_acme-challenge.example.com`. */
  readonly name: string;
  readonly value: string;
}

/** What a responder may need of a user. */
export interface ResponderQuestions {
  /** Shows the records that a user sets by hand. @throws AbortError where they give up */
  readonly showRecords: (records: readonly DnsRecord[], signal: AbortSignal) => Promise<void>;
  /** Hears what is being done, as a few words. */
  readonly report: (step: string) => void;
}

/** What answers the ACME server for a way of proving. @throws ExplainedError */
export function createResponder(challenge: Challenge, { report }: ResponderQuestions): Responder {
  if (challenge.type === 'http-01') {
    report(`listening on port ${challenge.port}`);
    return listenForHttp(challenge.port);
  }
  throw new ExplainedError({
    code: 'challenge-unknown',
    what: `Chroma TLS cannot answer ${challenge.type} yet.`,
    next: 'Use http-01.',
  });
}
