import type { X509Certificate } from 'node:crypto';
import { explainDamaged } from '../../certificates/encoding/key-file.ts';
import { readExportable } from '../../certificates/exportable.ts';
import { openServerKey } from '../../certificates/folder/server-key.ts';
import { isSelfSigned } from '../../certificates/inspect/signatures.ts';
import type {
  AcmCertificate,
  AcmCertificateDetails,
} from '../../certificates/public/acm/acm-certificate.ts';
import type { AcmConnection } from '../../certificates/public/acm/acm-connection.ts';
import {
  readImportRecord,
  writeImportRecord,
  type AcmImportRecord,
} from '../../certificates/public/acm/acm-import-record.ts';
import type { AcmLocation } from '../../certificates/public/acm/acm-location.ts';
import type { AwsProfile } from '../../certificates/public/acm/aws-profiles.ts';
import type { ImportMaterial } from '../../certificates/public/acm/acm-import.ts';
import { noteAwsBehind } from '../../certificates/public/renewal-record.ts';
import { findRenewalSource, type RenewalSource } from '../../certificates/public/renewal-source.ts';
import {
  explainInTerminal,
  ExplainedError,
  isCancellation,
  toProblem,
  type Problem,
} from '../../system/errors.ts';
import type { WorkspaceContext } from '../context.ts';
import { readPassphrase } from '../key-passphrase.ts';

/** Everything that needs AWS's SDK, which is loaded only now. */
export async function connect<Result>(
  location: AcmLocation,
  { signal, arn }: { readonly signal: AbortSignal; readonly arn?: string | undefined },
  work: (acm: AcmConnection) => Promise<Result>,
): Promise<Result> {
  const { withAcm } = await import('../../certificates/public/acm/acm-connection.ts');
  return withAcm(location, { signal, arn }, work);
}

/**
 * The certificates that AWS has in a region.
 *
 * @throws ExplainedError `aws-…`; AbortError
 */
export async function listAcm(
  location: AcmLocation,
  signal: AbortSignal,
): Promise<readonly AcmCertificate[]> {
  return connect(location, { signal }, async (acm) => {
    const { listCertificates } = await import('../../certificates/public/acm/list-certificates.ts');
    return listCertificates(acm);
  });
}

/** One of them. @throws ExplainedError `aws-…`; AbortError */
export async function describeAcm(
  location: AcmLocation,
  arn: string,
  signal: AbortSignal,
): Promise<AcmCertificateDetails> {
  return connect(location, { signal, arn }, async (acm) => {
    const { describeCertificate } =
      await import('../../certificates/public/acm/list-certificates.ts');
    return describeCertificate(acm, arn);
  });
}

/** The profiles of `~/.aws`, and the one that is used without a choice. */
export async function listAwsProfiles(): Promise<{
  readonly profiles: readonly AwsProfile[];
  readonly current: string;
}> {
  const { defaultProfile, readProfiles } =
    await import('../../certificates/public/acm/aws-profiles.ts');
  return { profiles: await readProfiles(), current: defaultProfile() };
}

/** Where a certificate goes in AWS. */
export interface AcmDestination {
  readonly region: string;
  /** The one that it takes the place of; undefined for a new one. */
  readonly arn: string | undefined;
  /** Whether this workspace's certificate has gone there before. */
  readonly again: boolean;
  /** One that this workspace has put elsewhere before, and that stays as it is. */
  readonly leftBehind?: string;
}

export interface AcmImported {
  readonly arn: string;
  readonly region: string;
  /** Whether it took the place of another one. */
  readonly replaced: boolean;
}

/**
 * Puts the workspace's certificate and key into AWS Certificate Manager, under the ARN that they went
 * to the last time, and notes where that is.
 *
 * @param wanted.asNew makes another one there, whatever went before
 * @param confirm agrees to where the key goes; throws AbortError where the user does not
 * @throws ExplainedError `aws-…`, `nothing-to-export`, `data-folder-not-usable`, those of the key
 */
export async function importIntoAcm(
  context: WorkspaceContext,
  wanted: AcmLocation & { readonly arn?: string | undefined; readonly asNew?: boolean },
  {
    signal,
    confirm,
  }: {
    readonly signal: AbortSignal;
    readonly confirm: (destination: AcmDestination) => Promise<void>;
  },
): Promise<AcmImported> {
  const material = await readMaterial(context);
  const kind = await findKind(context, material.leaf);
  const record = await readImportRecord(context.workspace);
  const goesOn = record !== undefined && continues(record, wanted);
  const location: AcmLocation = goesOn ? { ...record, ...definedOf(wanted) } : wanted;
  const arn = wanted.arn ?? (goesOn ? record.arn : undefined);
  return connect(location, { signal, arn }, async (acm) => {
    const leftBehind = record === undefined || record.arn === arn ? {} : { leftBehind: record.arn };
    await confirm({ region: acm.region, arn, again: goesOn, ...leftBehind });
    const { importCertificate } = await import('../../certificates/public/acm/acm-import.ts');
    const imported = await importCertificate(acm, material, arn).catch((error: unknown) => {
      throw goesOn ? explainGone(error) : error;
    });
    await writeImportRecord(context.workspace, {
      arn: imported,
      ...locate(acm),
      fingerprint256: material.leaf.fingerprint256,
      kind,
    });
    await noteBehind(context, material.leaf, undefined);
    return { arn: imported, region: acm.region, replaced: arn !== undefined };
  });
}

/** What came of handing a renewed certificate on to AWS. */
export type PassedOn =
  | ({ readonly kind: 'imported' } & AcmImported)
  | { readonly kind: 'failed'; readonly problem: Problem };

/** The same as a sentence. Pure. */
export function describePassedOn(passedOn: PassedOn): string {
  return passedOn.kind === 'imported'
    ? `Imported again into AWS Certificate Manager in ${passedOn.region} (${passedOn.arn}).`
    : `AWS Certificate Manager still has the certificate before this one. ${explainInTerminal(passedOn.problem)}`;
}

/**
 * Has AWS take the certificate that lies in the folder now, where an earlier one of this workspace
 * went and came from the same kind of issuer: one that was generated here for a while takes nothing's
 * place that is public. The renewal counts as done even if this failed: the next one tries it again.
 *
 * @returns undefined where there is nothing to do
 * @throws AbortError
 */
export async function passOnToAcm(
  context: WorkspaceContext,
  signal: AbortSignal,
): Promise<PassedOn | undefined> {
  let leaf: X509Certificate | undefined;
  try {
    const record = await readImportRecord(context.workspace);
    if (record === undefined) return undefined;
    ({ leaf } = await readExportable(context.certificatesFolder));
    if (record.fingerprint256 === leaf.fingerprint256) return undefined;
    const kind = await findKind(context, leaf);
    if (record.kind !== undefined && record.kind !== kind) throw explainOther();
    // Agreed to the first time.
    const confirm = (): Promise<void> => Promise.resolve();
    return { kind: 'imported', ...(await importIntoAcm(context, {}, { signal, confirm })) };
  } catch (error) {
    if (isCancellation(error)) throw error;
    const problem = toProblem(error);
    if (leaf) await noteBehind(context, leaf, problem).catch(() => undefined);
    return { kind: 'failed', problem };
  }
}

/** The views show why AWS has an older certificate, until it has this one. */
async function noteBehind(
  { workspace, server }: WorkspaceContext,
  { fingerprint256 }: X509Certificate,
  problem: Problem | undefined,
): Promise<void> {
  if (await noteAwsBehind(workspace, fingerprint256, problem)) await server.refreshProject();
}

/** Where a certificate in the folder came from. */
async function findKind(
  { workspace, certificatesFolder }: WorkspaceContext,
  leaf: X509Certificate,
): Promise<RenewalSource['kind']> {
  const { fingerprint256 } = leaf;
  const facts = { fingerprint256, selfSigned: isSelfSigned(leaf) };
  return (await findRenewalSource(workspace, certificatesFolder, facts)).kind;
}

function explainOther(): ExplainedError {
  return new ExplainedError({
    code: 'aws-other-issuer',
    what: 'The certificate was not sent to AWS.',
    why: 'The one in AWS came from another issuer.',
    next: 'Import it into AWS yourself if it should replace that one.',
    inTerminal: 'Run chroma-tls aws import if it should replace that one.',
    action: 'importIntoAws',
  });
}

/** Whether a wish is for where the certificate went the last time. */
function continues(
  record: AcmImportRecord,
  { arn, asNew = false, ...location }: Parameters<typeof importIntoAcm>[1],
): boolean {
  if (asNew || (arn !== undefined && arn !== record.arn)) return false;
  return (['region', 'profile', 'endpoint'] as const).every(
    (part) => location[part] === undefined || location[part] === record[part],
  );
}

function definedOf({ region, profile, endpoint }: AcmLocation): AcmLocation {
  return {
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
}

/** Where AWS was asked, for the next time. */
export function locate({ region, location: { profile, endpoint } }: AcmConnection): {
  readonly region: string;
  readonly profile?: string;
  readonly endpoint?: string;
} {
  return {
    region,
    ...(profile === undefined ? {} : { profile }),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
}

/** A certificate that was deleted in AWS is not made again without a word: what used it is gone too. */
function explainGone(error: unknown): unknown {
  if (!(error instanceof ExplainedError) || error.code !== 'aws-certificate-not-found')
    return error;
  return new ExplainedError(
    {
      ...error.problem,
      next: 'Choose the profile of its account, or import the certificate as a new one.',
      inTerminal:
        'Name the profile of its account (--profile), or make a new one with chroma-tls aws import --force.',
    },
    error,
  );
}

async function readMaterial(context: WorkspaceContext): Promise<ImportMaterial> {
  const { workspace, certificatesFolder: folder } = context;
  const { leaf, chain, anchors } = await readExportable(folder);
  const { key } = await openServerKey({
    workspace,
    folder,
    present: await readPassphrase(context),
  });
  if (!leaf.checkPrivateKey(key)) {
    throw explainDamaged('serverkey.pem does not belong to servercert.pem.');
  }
  return { leaf, key, chain: eachOnce([...chain, ...anchors]) };
}

function eachOnce(certificates: readonly X509Certificate[]): readonly X509Certificate[] {
  return [...new Map(certificates.map((one) => [one.fingerprint256, one])).values()];
}
