import type { DnsRecord } from '../../../certificates/public/acme/create-responder.ts';

/** The records that a user sets at their DNS provider, as a page to copy from. Pure. */
export function describeDnsRecords(records: readonly DnsRecord[]): string {
  const several = records.length > 1;
  return [
    several
      ? `Set these ${records.length} TXT records where the DNS of the domain is kept.`
      : 'Set this TXT record where the DNS of the domain is kept.',
    'Many providers add the domain to the name by themselves.',
    'Where they want a time to live (TTL), the shortest is best.',
    ...(several ? ['Two records of the same name are two values of one record: set both.'] : []),
    '',
    ...records.flatMap(({ name, value }) => [
      `Name   ${name}`,
      'Type   TXT',
      `Value  ${value}`,
      '',
    ]),
    'Chroma TLS looks for them at every name server of the domain,',
    'and goes on by itself once all have them. Cancel ends the waiting.',
    '',
  ].join('\n');
}
