import { isShown, type CertificateState } from '../../certificates/inspect/certificate-state.ts';
import type { Problem } from '../../system/errors.ts';
import { describeExposure } from '../exposure.ts';
import type { HeartbeatOk } from '../health/probe.ts';
import { findLookupProblems, type LookupProblem } from '../health/name-problems.ts';
import type { ServerFacts } from '../server-facts.ts';
import { describeImage } from '../version.ts';

/** What can be wrong with a server that answers, apart from its certificate. */
export type ServerProblem =
  LookupProblem | Problem<'exposed'> | Problem<'serves-previous-certificate'>;

const OF_SERVER: ReadonlySet<string> = new Set<ServerProblem['code']>([
  'serves-previous-certificate',
  'exposed',
  'name-not-resolved',
  'foreign-listener',
]);

/** Whether a problem is one of the server itself, not of its certificate. */
export function isOfServer({ code }: Problem): boolean {
  return OF_SERVER.has(code);
}

/** Who else reaches the server, and who cannot. Pure. */
export function findReachProblems(
  { image, generation, bindAddress }: ServerFacts,
  { lookup }: HeartbeatOk,
): readonly ServerProblem[] {
  const what = describeExposure(describeImage(image, generation), bindAddress);
  return [
    ...(what === undefined ? [] : [{ code: 'exposed', what, action: 'openSettings' } as const]),
    ...(lookup ? findLookupProblems(lookup) : []),
  ];
}

/** A TLS proxy that was started with an older certificate goes on serving it until it is told. Pure. */
export function findServedProblems(
  probe: HeartbeatOk,
  certificate: CertificateState,
  server: ServerFacts,
): readonly ServerProblem[] {
  if (certificate.kind !== 'present') return [];
  if (isShown(certificate.facts, probe.servedFingerprint256)) return [];
  return [
    {
      code: 'serves-previous-certificate',
      what: 'The server still serves its previous certificate.',
      next: adviseReload(server),
    },
  ];
}

/** How a server comes to serve a new certificate that it did not take by itself. Pure. */
export function adviseReload({ proxyService: proxy }: Pick<ServerFacts, 'proxyService'>): string {
  return proxy === undefined
    ? 'Restart it to serve the new one.'
    : `Reload your own service ${proxy}, which ends TLS, to serve the new one.`;
}
