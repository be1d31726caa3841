import { relative } from 'node:path';
import { explainTrustLoss, type TrustChange } from '../../certificates/authorities/trust-change.ts';
import type { GenerateResult } from '../../certificates/generate.ts';
import type { ImportResult } from '../../certificates/import.ts';
import type { ImportPlan } from '../../certificates/import/import-plan.ts';
import { readNames } from '../../certificates/inspect/certificate-names.ts';
import { isStaging } from '../../certificates/public/acme/known-directories.ts';
import type { AcmeSource } from '../../certificates/public/certificate-source.ts';
import type { RestoreResult } from '../../certificates/restore.ts';
import type { Adopted } from '../../workspace/public/adopt-lineage.ts';
import type { Installed } from '../../workspace/public/install-issued.ts';
import { ours, type Button } from './actions.ts';
import { formatDate } from './wording.ts';

/** What trust stores still hold of the authority that a new certificate replaces. */
export interface FormerTrust {
  /** A sentence. */
  readonly message: string;
  /** What puts it right. */
  readonly button: Button;
}

/**
 * What to do about a former authority that is still trusted. Pure.
 *
 * @param former the stores that hold it, in a list
 * @param hasAuthority whether the new certificate has an authority of its own to trust instead
 */
export function describeFormerTrust(
  former: string,
  hasAuthority: boolean,
): FormerTrust | undefined {
  if (former === '') return undefined;
  const message = `The former authority is still trusted (${former})`;
  return hasAuthority
    ? {
        message: `${message}: trust the new one instead.`,
        button: ours('chromaTls.trustCertificate', 'Trust Again'),
      }
    : {
        message: `${message}, and nothing needs it: untrust it.`,
        button: ours('chromaTls.untrustCertificate', 'Untrust'),
      };
}

/** Tells what was made, and what clients have to do about it. Pure. */
export function describeGenerated(
  result: GenerateResult,
  workspace: string,
  former?: FormerTrust,
): string {
  const { facts, files, endsEarly, passphraseLost } = result;
  const until = formatDate(facts.notAfter);
  const end = endsEarly ? `${until}, when its authority expires` : until;
  return joinSentences(result, workspace, former, [
    `The certificate for ${facts.names.join(', ')} is ready, valid until ${end}.`,
    ...(passphraseLost ? ['The new key has no passphrase.'] : []),
    describeTrust(result, relative(workspace, files.ca)),
  ]);
}

/** Tells what was imported. Pure. */
export function describeImported(
  { leaf }: Pick<ImportPlan, 'leaf'>,
  result: ImportResult,
  workspace: string,
  former?: FormerTrust,
): string {
  const names = readNames(leaf).servers.join(', ') || 'no name at all';
  const until = formatDate(new Date(leaf.validTo));
  return joinSentences(result, workspace, former, [
    `The certificate for ${names} is imported, valid until ${until}.`,
    `Clients verify it with ${relative(workspace, result.files.ca)}.`,
  ]);
}

type Requested = Pick<Installed, 'files' | 'backup'> & {
  readonly plan: Pick<ImportPlan, 'leaf'>;
};

/** Tells what an authority has issued. Pure. */
export function describeRequested(
  { plan: { leaf }, ...result }: Requested,
  workspace: string,
  source: AcmeSource,
  former?: FormerTrust,
): string {
  const until = formatDate(new Date(leaf.validTo));
  const ca = relative(workspace, result.files.ca);
  return joinSentences(result, workspace, former, [
    `The certificate for ${readNames(leaf).servers.join(', ')} is here, valid until ${until}.`,
    ...(isStaging(source.directory)
      ? ['It is for trying only: no client trusts it. The same answers now do for the real one.']
      : [describeRenewal(source), `Clients that do not know its authority verify it with ${ca}.`]),
  ]);
}

function describeRenewal({ challenge }: AcmeSource): string {
  return challenge.type === 'dns-01' && challenge.hook === undefined
    ? 'Its renewal needs your hand at the DNS again.'
    : 'It renews itself while VS Code runs, or by chroma-tls renew.';
}

/** Tells what certbot keeps, and how the next one comes. Pure. */
export function describeAdopted(
  { plan: { leaf }, lineage, hook, isOurs, ...result }: Adopted,
  workspace: string,
  former?: FormerTrust,
): string {
  const until = formatDate(new Date(leaf.validTo));
  const renewal = isOurs
    ? 'Chroma TLS has certbot renew it when it is time, while VS Code runs or by chroma-tls renew.'
    : 'certbot goes on renewing it.';
  return joinSentences(result, workspace, former, [
    `certbot’s certificate ${lineage.name} for ${readNames(leaf).servers.join(', ')} is here, valid until ${until}.`,
    renewal,
    hook.kind === 'placed'
      ? 'The running server takes each new one.'
      : 'For the running server to take each new one at once, an administrator has to place a hook.',
  ]);
}

/** Tells which backup is in place again. Pure. */
export function describeRestored(
  result: RestoreResult,
  workspace: string,
  former?: FormerTrust,
): string {
  const { names, notAfter } = result.facts;
  return joinSentences(result, workspace, former, [
    `The certificate for ${names.join(', ') || 'no name at all'} is restored, valid until ${formatDate(notAfter)}.`,
    `Clients verify it with ${relative(workspace, result.files.ca)}.`,
  ]);
}

function joinSentences(
  { backup }: Pick<ImportResult, 'backup'>,
  workspace: string,
  former: FormerTrust | undefined,
  sentences: readonly string[],
): string {
  const kept = backup && `The previous files are kept in ${relative(workspace, backup)}.`;
  return [...sentences, former?.message, kept].filter(Boolean).join(' ');
}

function describeTrust(change: TrustChange, ca: string): string {
  switch (change.authority) {
    case 'created':
      return `Clients verify it with ${ca}.`;
    case 'reused':
      return `The authority is the same, so clients that use ${ca} need nothing new.`;
    case 'replaced':
      return `The authority is new: give clients the new ${ca}. ${explainTrustLoss(change.trustLost)}`;
    case 'none':
      return change.trustLost === undefined
        ? `It is self-signed: clients verify it with ${ca}.`
        : `It is self-signed: give clients the new ${ca}.`;
  }
}
