import { relative } from 'node:path';
import {
  explainTrustLoss,
  type TrustChange,
} from '../../../certificates/authorities/trust-change.ts';
import type { GenerateResult } from '../../../certificates/generate-files.ts';
import type { ImportResult } from '../../../certificates/install-import.ts';
import type { ImportPlan } from '../../../certificates/import/import-plan.ts';
import { readNames } from '../../../certificates/inspect/certificate-names.ts';
import { isStaging } from '../../../certificates/public/acme/known-directories.ts';
import type { AcmeSource } from '../../../certificates/public/certificate-source.ts';
import type { RestoreResult } from '../../../certificates/restore-backup.ts';
import type { Adopted } from '../../../workspace/public/adopt-lineage.ts';
import type { Installed } from '../../../workspace/public/install-issued.ts';
import { ours, type Button } from '../actions.ts';
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
  return hasAuthority
    ? {
        message: `Trust the new authority too: only the old one is trusted (${former}).`,
        button: ours('chromaTls.trustCertificate', 'Trust Again'),
      }
    : {
        message: `Untrust the old authority, which nothing needs any more (${former}).`,
        button: ours('chromaTls.untrustCertificate', 'Untrust'),
      };
}

/** Tells what was made, and what a user has to do about it. Pure. */
export function describeGenerated(
  result: GenerateResult,
  workspace: string,
  former?: FormerTrust,
): string {
  const { facts, files, endsEarly, passphraseLost } = result;
  const until = formatDate(facts.notAfter);
  const end = endsEarly ? `${until}, when its authority expires` : until;
  const open = passphraseLost ? ', without a passphrase' : '';
  return inTwoSentences(
    `The certificate for ${nameFew(facts.names)} is ready${open}, valid until ${end}.`,
    former?.message ?? describeTrust(result, relative(workspace, files.ca)),
  );
}

/** Tells what was imported. Pure. */
export function describeImported(
  { leaf }: Pick<ImportPlan, 'leaf'>,
  result: ImportResult,
  workspace: string,
  former?: FormerTrust,
): string {
  const until = formatDate(new Date(leaf.validTo));
  return inTwoSentences(
    `The certificate for ${nameFew(readNames(leaf).servers)} is imported, valid until ${until}.`,
    former?.message ?? `Clients verify it with ${relative(workspace, result.files.ca)}.`,
  );
}

type Requested = Pick<Installed, 'files' | 'backup'> & {
  readonly plan: Pick<ImportPlan, 'leaf'>;
};

/** Tells what an authority has issued. Pure. */
export function describeRequested(
  { plan: { leaf } }: Requested,
  source: AcmeSource,
  former?: FormerTrust,
): string {
  const until = formatDate(new Date(leaf.validTo));
  return inTwoSentences(
    `The certificate for ${nameFew(readNames(leaf).servers)} is here, valid until ${until}.`,
    isStaging(source.directory)
      ? 'It is a test, which no client trusts: now request the real one.'
      : (former?.message ?? describeRenewal(source)),
  );
}

function describeRenewal({ challenge }: AcmeSource): string {
  return challenge.type === 'dns-01' && challenge.hook === undefined
    ? 'To renew it, you set its DNS records again.'
    : 'It renews itself while VS Code runs.';
}

/** Tells what certbot keeps, and how the next one comes. Pure. */
export function describeAdopted(
  { plan: { leaf }, lineage, hook, isOurs }: Adopted,
  former?: FormerTrust,
): string {
  const until = formatDate(new Date(leaf.validTo));
  const byHook = 'An administrator must place a hook, so that the server takes each new one.';
  const renewal = isOurs
    ? 'certbot renews it while VS Code runs.'
    : 'certbot goes on renewing it, and the server takes each new one.';
  return inTwoSentences(
    `certbot’s certificate ${lineage.name} for ${nameFew(readNames(leaf).servers)} is here, valid until ${until}.`,
    former?.message ?? (hook.kind === 'by-hand' ? byHook : renewal),
  );
}

/** Tells which backup is in place again. Pure. */
export function describeRestored(
  result: RestoreResult,
  workspace: string,
  former?: FormerTrust,
): string {
  const { names, notAfter } = result.facts;
  return inTwoSentences(
    `The certificate for ${nameFew(names)} is restored, valid until ${formatDate(notAfter)}.`,
    former?.message ?? `Clients verify it with ${relative(workspace, result.files.ca)}.`,
  );
}

/** The first names of a list: all of them are in the view. */
function nameFew(names: readonly string[]): string {
  const [first = 'no name at all', ...more] = names;
  if (more.length < 2) return [first, ...more].join(' and ');
  return `${first} and ${more.length} more names`;
}

/** What has happened, and the one thing that matters most of it; the rest is in the view. */
function inTwoSentences(what: string, then: string): string {
  return `${what} ${then}`;
}

function describeTrust(change: TrustChange, ca: string): string {
  switch (change.authority) {
    case 'created':
      return `Clients verify it with ${ca}.`;
    case 'reused':
      return 'Clients need nothing new: the authority is the same.';
    case 'replaced':
      return `Give clients the new ${ca}, because ${explainTrustLoss(change.trustLost)}.`;
    case 'none':
      return change.trustLost === undefined
        ? `It is self-signed: clients verify it with ${ca}.`
        : `It is self-signed: give clients the new ${ca}.`;
  }
}
