import type { CertificateDetail, CertificateSummary, DomainValidation } from '@aws-sdk/client-acm';

/** A certificate in AWS Certificate Manager, as its list shows it. */
export interface AcmCertificate {
  readonly arn: string;
  readonly names: readonly string[];
  /** AWS's word, such as `ISSUED` or `PENDING_VALIDATION`. */
  readonly status: string;
  /** AWS's word: `IMPORTED`, `AMAZON_ISSUED` or `PRIVATE`. */
  readonly type: string;
  /** Whether something in AWS serves it. */
  readonly inUse: boolean;
  /** Whether its key can be taken out of AWS. */
  readonly exportable: boolean;
  /** ISO 8601; there is none while it is pending. */
  readonly notAfter?: string;
  /** AWS's word: `ELIGIBLE` where AWS renews it itself. */
  readonly renewalEligibility?: string;
}

/** What is read of a summary, and made of the details. */
type Summary = Omit<CertificateSummary, 'KeyUsages' | 'ExtendedKeyUsages'>;

/** A record that the authority of AWS looks for in the DNS. */
interface DnsRecord {
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

export interface AcmCertificateDetails extends AcmCertificate {
  /** The ARNs of what serves it. */
  readonly usedBy: readonly string[];
  /** Those that prove the names, each once; for as long as it is to be renewed. */
  readonly records: readonly DnsRecord[];
  /** The names that are not proved yet. */
  readonly unproved: readonly string[];
  /** AWS's word for why it was not issued. */
  readonly failure?: string;
  /** AWS's word for its renewal, where one goes on. */
  readonly renewal?: string;
}

/** Pure. */
export function toCertificate(summary: Summary): AcmCertificate {
  const { NotAfter: end, RenewalEligibility: renewalEligibility } = summary;
  const { Type: type = 'unknown' } = summary;
  return {
    arn: summary.CertificateArn ?? '',
    names: listNames(summary.DomainName, summary.SubjectAlternativeNameSummaries),
    status: summary.Status ?? 'unknown',
    type,
    inUse: summary.InUse ?? false,
    exportable: type === 'PRIVATE' || summary.ExportOption === 'ENABLED',
    ...(end === undefined ? {} : { notAfter: end.toISOString() }),
    ...(renewalEligibility === undefined ? {} : { renewalEligibility }),
  };
}

/** Pure. */
export function toDetails(detail: CertificateDetail): AcmCertificateDetails {
  const usedBy = detail.InUseBy ?? [];
  const validations = detail.DomainValidationOptions ?? [];
  const { FailureReason: failure } = detail;
  const renewal = detail.RenewalSummary?.RenewalStatus;
  const { SubjectAlternativeNames: names, Options: options } = detail;
  return {
    ...toCertificate({
      ...detail,
      SubjectAlternativeNameSummaries: names,
      InUse: usedBy.length > 0,
      ExportOption: options?.Export,
    }),
    usedBy,
    records: listRecords(validations),
    unproved: validations.flatMap(({ DomainName: name, ValidationStatus: status }) =>
      name === undefined || status === 'SUCCESS' ? [] : [name],
    ),
    ...(failure === undefined ? {} : { failure }),
    ...(renewal === undefined ? {} : { renewal }),
  };
}

function listNames(first: string | undefined, more: readonly string[] = []): readonly string[] {
  return [...new Set([...(first === undefined ? [] : [first]), ...more])].filter(Boolean);
}

/** A wildcard and its parent are proved by one record. */
function listRecords(validations: readonly DomainValidation[]): readonly DnsRecord[] {
  const records = validations.flatMap(({ ResourceRecord: record }) =>
    record?.Name === undefined || record.Value === undefined
      ? []
      : [{ name: record.Name, type: record.Type ?? 'CNAME', value: record.Value }],
  );
  return [...new Map(records.map((record) => [record.name, record])).values()];
}
