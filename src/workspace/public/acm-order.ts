import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { readExportable } from '../../certificates/exportable.ts';
import type {
  AcmCertificate,
  AcmCertificateDetails,
} from '../../certificates/public/acm/acm-certificate.ts';
import type { AcmLocation } from '../../certificates/public/acm/acm-location.ts';
import { choosePublicNames } from '../../certificates/public/acm/order-names.ts';
import type { AcmSource } from '../../certificates/public/certificate-source.ts';
import { coversName } from '../../certificates/inspect/certificate-names.ts';
import { parseServerName, type ServerName } from '../../project/domain.ts';
import { ExplainedError } from '../../system/errors.ts';
import { connect, locate } from './acm.ts';
import type { WorkspaceContext } from '../context.ts';
import { installIssued, type Installed } from './install-issued.ts';

/** The kinds of key that AWS makes public certificates with, by the setting's names. */
const ALGORITHMS = { 'ecdsa-p256': 'EC_prime256v1', 'rsa-2048': 'RSA_2048' } as const;

/**
 * The certificates of a region that can be taken out of AWS.
 *
 * @throws ExplainedError `aws-…`; AbortError
 */
export async function listExportableAcm(
  location: AcmLocation,
  signal: AbortSignal,
): Promise<readonly AcmCertificate[]> {
  return connect(location, { signal }, async (acm) => {
    const { listExportable } = await import('../../certificates/public/acm/list-certificates.ts');
    return listExportable(acm);
  });
}

export interface AcmOrder {
  readonly order: AcmCertificateDetails;
  /** Whether it was there already, so that nothing was ordered. */
  readonly wasThere: boolean;
}

export interface OrderOptions {
  readonly signal: AbortSignal;
  /** Agrees to what it costs; throws AbortError where the user does not. */
  readonly confirmCost: (names: readonly string[], region: string) => Promise<void>;
  /** Shows the DNS records, before they are waited for. */
  readonly showRecords: (order: AcmCertificateDetails) => void;
  /** Whether to wait until AWS has issued it. */
  readonly wait: boolean;
}

/**
 * Orders a public certificate for the domain that can be taken out of AWS. One that was ordered for the
 * same names before is not ordered, and paid, again.
 *
 * @throws ExplainedError `aws-…`, `unsupported-key`; AbortError
 */
export async function requestFromAcm(
  { domain, settings }: WorkspaceContext,
  location: AcmLocation,
  { signal, confirmCost, showRecords, wait }: OrderOptions,
): Promise<AcmOrder> {
  const names = choosePublicNames(domain, settings.additionalNames);
  const algorithm = chooseAlgorithm(settings.keyType);
  return connect(location, { signal }, async (acm) => {
    const [{ describeCertificate, listExportable }, { requestCertificate, waitForIssue }] =
      await Promise.all([
        import('../../certificates/public/acm/list-certificates.ts'),
        import('../../certificates/public/acm/acm-request.ts'),
      ]);
    const present = (await listExportable(acm)).find((one) => isSameOrder(one, names));
    if (present === undefined) await confirmCost(names, acm.region);
    const order =
      present === undefined
        ? await requestCertificate(acm, names, algorithm)
        : await describeCertificate(acm, present.arn);
    const wasThere = present !== undefined;
    if (!wait || order.status !== 'PENDING_VALIDATION') return { order, wasThere };
    showRecords(order);
    return { order: await waitForIssue(acm, order.arn), wasThere };
  });
}

/** @throws ExplainedError `unsupported-key` */
function chooseAlgorithm(
  keyType: WorkspaceContext['settings']['keyType'],
): (typeof ALGORITHMS)[keyof typeof ALGORITHMS] {
  if (keyType in ALGORITHMS) return ALGORITHMS[keyType as keyof typeof ALGORITHMS];
  throw new ExplainedError({
    code: 'unsupported-key',
    what: `AWS issues no public certificate for a key of the type ${keyType}.`,
    next: 'Set chromaTls.certificate.keyType to ecdsa-p256 or rsa-2048.',
    inTerminal: 'Use --key-type ecdsa-p256 or rsa-2048.',
    action: { openSetting: 'chromaTls.certificate.keyType' },
  });
}

function isSameOrder({ names, type, status }: AcmCertificate, wanted: readonly string[]): boolean {
  return (
    type === 'AMAZON_ISSUED' &&
    ['PENDING_VALIDATION', 'ISSUED'].includes(status) &&
    names.toSorted().join() === wanted.toSorted().join()
  );
}

export interface AcmExportQuestions {
  readonly signal: AbortSignal;
  /** Which of those that can be exported; asked where none is named. */
  readonly choose: (certificates: readonly AcmCertificate[]) => Promise<string>;
  /**
   * Confirms that it takes the place of what is there.
   *
   * @param coversDomain whether clients accept it for CHROMA_DOMAIN
   */
  readonly confirm: (certificate: AcmCertificateDetails, coversDomain: boolean) => Promise<void>;
}

/**
 * Takes a certificate and its key out of AWS Certificate Manager into the folder.
 *
 * @throws ExplainedError `aws-…`, as `installIssued` does; what the questions throw
 */
export async function exportFromAcm(
  context: WorkspaceContext,
  wanted: AcmLocation & { readonly arn?: string | undefined },
  { signal, choose, confirm }: AcmExportQuestions,
): Promise<Installed> {
  return connect(wanted, { signal, arn: wanted.arn }, async (acm) => {
    const [{ describeCertificate, listExportable }, { exportCertificate, refuseExport }] =
      await Promise.all([
        import('../../certificates/public/acm/list-certificates.ts'),
        import('../../certificates/public/acm/acm-export.ts'),
      ]);
    const arn = wanted.arn ?? (await choose(await listExportable(acm)));
    const certificate = await describeCertificate(acm, arn);
    refuseExport(certificate);
    await confirm(certificate, covers(certificate, parseServerName(context.domain)));
    const issued = await exportCertificate(acm, certificate);
    return installIssued(context, issued, { kind: 'acm', arn, ...locate(acm) });
  });
}

/** Whether clients accept a certificate for a name. Pure. */
export function covers({ names }: Pick<AcmCertificate, 'names'>, name: ServerName): boolean {
  const [ip, dns] = [true, false].map((isAddress) =>
    names.filter((one) => (isIP(one) !== 0) === isAddress),
  );
  return coversName({ servers: names, byKind: { ip: ip ?? [], dns: dns ?? [] }, others: [] }, name);
}

/**
 * Fetches the certificate again where AWS has renewed it, and has the running server take it.
 *
 * @returns undefined where AWS has no newer one yet
 * @throws ExplainedError `aws-…`, as `installIssued` does; AbortError
 */
export async function renewFromAcm(
  context: WorkspaceContext,
  source: AcmSource,
  signal: AbortSignal,
): Promise<Installed | undefined> {
  const { leaf } = await readExportable(context.certificatesFolder);
  return connect(source, { signal, arn: source.arn }, async (acm) => {
    const [{ describeCertificate }, { exportCertificate }] = await Promise.all([
      import('../../certificates/public/acm/list-certificates.ts'),
      import('../../certificates/public/acm/acm-export.ts'),
    ]);
    const certificate = await describeCertificate(acm, source.arn);
    if (!isNewer(certificate, leaf)) return undefined;
    return installIssued(context, await exportCertificate(acm, certificate), source);
  });
}

/** AWS renews under the same ARN; the end tells the two apart. */
function isNewer({ notAfter }: AcmCertificate, leaf: X509Certificate): boolean {
  return notAfter !== undefined && Date.parse(notAfter) > Date.parse(leaf.validTo);
}
