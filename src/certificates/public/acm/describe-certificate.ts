import type { AcmCertificate, AcmCertificateDetails } from './acm-certificate.ts';

/** What a user should know before a certificate is imported, a sentence each. */
export const IMPORT_FACTS: readonly string[] = [
  'Importing costs nothing. Your private key leaves this machine, and AWS never hands it out again.',
  'AWS does not renew an imported certificate: after each renewal here it has to be imported again, and goes to the same place then.',
];

/** What a user should know before an exportable certificate is ordered, a sentence each. */
export const ORDER_FACTS: readonly string[] = [
  'AWS charges for every name when it issues an exportable certificate, and again each time it renews it; a wildcard costs about ten times as much as a name (aws.amazon.com/certificate-manager/pricing).',
  'You prove the names by DNS records, which have to stay for the renewals.',
  'Only certificates that are ordered as exportable can be taken out of AWS, and none from before 2025-06-17.',
];

/** How a certificate is in AWS, in one line. Pure. */
export function describeState({
  status,
  type,
  inUse,
  notAfter,
  renewalEligibility,
  exportable,
}: AcmCertificate): string {
  return [
    toWords(status),
    toWords(type),
    ...(exportable ? ['exportable'] : []),
    inUse ? 'in use' : 'not in use',
    ...(notAfter === undefined ? [] : [`until ${notAfter.slice(0, 10)}`]),
    describeRenewal(type, renewalEligibility),
  ].join(', ');
}

function describeRenewal(type: string, eligibility: string | undefined): string {
  if (type === 'IMPORTED') return 'AWS does not renew it';
  return eligibility === 'ELIGIBLE' ? 'AWS renews it' : 'AWS does not renew it yet';
}

/** The DNS records that AWS waits for, as one phrase. Pure. */
export function describeRecords({ records }: Pick<AcmCertificateDetails, 'records'>): string {
  if (records.length === 0) return 'the DNS records that AWS will show in a moment';
  return records.map(({ name, type, value }) => `${name} ${type} ${value}`).join(' and ');
}

/** `PENDING_VALIDATION` as people write it. */
function toWords(word: string): string {
  return word.toLowerCase().replaceAll('_', ' ').replace('amazon', 'Amazon');
}
