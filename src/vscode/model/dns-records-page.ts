import type { DnsRecord } from '../../certificates/public/acme/create-responder.ts';

/** The records that a user sets at their DNS provider, as a page to copy from. Pure. */
export function describeDnsRecords(records: readonly DnsRecord[]): string {
  const several = records.length > 1;
  return [
    several
      ? `Set these ${records.length} TXT records where the DNS of the domain is kept.`
      : 'Set this TXT record where the DNS of the domain is kept.',
    'Providers often add the domain to the name by themselves, and want a time to live: 60 is good.',
    ...(several ? ['Two records of the same name are two values of one record: set both.'] : []),
    '',
    ...records.flatMap(({ name, value }) => [
      `Name   ${name}`,
      'Type   TXT',
      `Value  ${value}`,
      '',
    ]),
    'Chroma TLS looks for them at every name server of the domain, and goes on once all have them.',
    'You may close this page. Cancel ends the waiting; the same records count at the next attempt.',
    '',
  ].join('\n');
}
