import type { Challenge } from '../certificate-source.ts';
import type { Responder, ResponderQuestions } from './responder.ts';
import { DnsHook } from './responders/dns-hook.ts';
import { HttpListener } from './responders/http-01.ts';
import { ShownRecords } from './responders/shown-records.ts';
import { TlsAlpn, type ProveByProxy } from './responders/tls-alpn-01.ts';
import { Webroot } from './responders/webroot.ts';

export type { DnsRecord, ResponderQuestions } from './responder.ts';

/**
 * What answers the ACME server for a way of proving.
 *
 * @param proveByProxy the TLS proxy of this workspace, where it may be on the port for tls-alpn-01
 */
export function createResponder(
  challenge: Challenge,
  questions: ResponderQuestions,
  proveByProxy: ProveByProxy = () => Promise.resolve(undefined),
): Responder {
  switch (challenge.type) {
    case 'http-01':
      return new HttpListener(challenge.port);
    case 'http-01-webroot':
      return new Webroot(challenge.webroot);
    case 'tls-alpn-01':
      return new TlsAlpn(challenge.port, proveByProxy);
    case 'dns-01':
      return challenge.hook === undefined
        ? new ShownRecords(questions)
        : new DnsHook(challenge.hook, questions);
  }
}
