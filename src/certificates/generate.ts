import { basename } from 'node:path';
import { ExplainedError } from '../errors.ts';
import { resolveNames } from '../project/domain.ts';
import type { Settings } from '../project/settings.ts';
import { resolveInWorkspace } from '../project/workspace-path.ts';
import { canSign, createAuthority } from './authority.ts';
import { forgetAuthority, keepAuthority, loadAuthority } from './authority-store.ts';
import { fingerprintOf, readExisting, refuseBroken, type ExistingFile } from './existing-pair.ts';
import { certificateFiles, type CertificateFiles } from './files.ts';
import { inspectCertificate, type CertificateFacts } from './inspect.ts';
import { installPair } from './install-pair.ts';
import { issueLeaf, issueSelfSigned, type LeafRequest } from './leaf.ts';
import { holdLock } from './lock.ts';
import { toPem, type KeyType } from './profile.ts';
import type { FreshPair } from './replace-pair.ts';

export interface GenerateRequest {
  readonly workspace: string;
  /** Absolute path of the certificates folder; it must lie in the workspace. */
  readonly folder: string;
  readonly domain: string;
  readonly additionalNames: readonly string[];
  readonly kind: Settings['certificateKind'];
  readonly keyType: KeyType;
  /** From 1 to 3650. */
  readonly validityDays: number;
  readonly keepAuthorityKey: boolean;
  /** Go on although what is there is half a pair or no pair; it is backed up all the same. */
  readonly replaceBroken?: boolean;
  readonly now?: Date;
}

export interface GenerateResult {
  readonly files: CertificateFiles;
  /** The folder that keeps what was there before. */
  readonly backup?: string;
  /** What became of the authority; after `replaced`, trust must be given again. */
  readonly authority: 'created' | 'reused' | 'replaced' | 'none';
  readonly facts: CertificateFacts;
}

/** What was made, and whether an authority had been kept from before. */
interface Issued {
  readonly pair: FreshPair;
  readonly authority: 'none' | 'fresh' | 'instead-of-kept' | 'kept';
}

/**
 * Makes a certificate and its key for the domain and the further names, and puts them into the
 * certificates folder. What was there is kept as a dated backup.
 *
 * @throws ExplainedError `invalid-name`, `invalid-validity`, `outside-workspace`, `half-pair`,
 *   `mismatched-pair`, `corrupt`, `certs-not-readable`, `certs-not-writable`,
 *   `data-folder-not-usable`, `generation-busy`
 */
export async function generateCertificate(request: GenerateRequest): Promise<GenerateResult> {
  const { workspace, folder, domain, keyType, validityDays: days } = request;
  const names = resolveNames(domain, request.additionalNames);
  checkValidity(days);
  await resolveInWorkspace(workspace, folder);
  return holdLock(workspace, async () => {
    const now = request.now ?? new Date();
    const existing = await readExisting(workspace, folder);
    if (!request.replaceBroken) await refuseBroken(folder, domain);

    const issued = await issue(request, { names, keyType, days, now });
    const backup = await installPair(folder, existing, issued.pair, now);
    if (!request.keepAuthorityKey) await forgetAuthority(workspace);

    const state = await inspectCertificate(folder, domain, now);
    if (state.kind !== 'present') throw new Error('The pair just written cannot be read back.');
    return {
      files: certificateFiles(folder),
      authority: describeAuthority(issued, existing, folder),
      facts: state.facts,
      ...(backup === undefined ? {} : { backup }),
    };
  });
}

async function issue(request: GenerateRequest, leafRequest: LeafRequest): Promise<Issued> {
  if (request.kind === 'self-signed') {
    const { certificate, keyPem } = await issueSelfSigned(leafRequest);
    const pem = toPem(certificate);
    return { pair: { key: keyPem, certificate: pem, ca: pem }, authority: 'none' };
  }
  const { workspace, keepAuthorityKey } = request;
  const { names, keyType, now } = leafRequest;
  const kept = await loadAuthority(workspace);
  const reusable = kept && canSign(kept, leafRequest) ? kept : undefined;
  const authority = reusable ?? (await createAuthority(basename(workspace), names, keyType, now));
  const leaf = await issueLeaf(authority, leafRequest);
  if (!reusable && keepAuthorityKey) await keepAuthority(workspace, authority);
  return {
    pair: {
      key: leaf.keyPem,
      certificate: toPem(leaf.certificate, authority.certificate),
      ca: toPem(authority.certificate),
    },
    authority: reusable ? 'kept' : kept ? 'instead-of-kept' : 'fresh',
  };
}

/** Clients trust what ca.pem held, whoever made it, so that is what counts as the one before. */
function describeAuthority(
  { pair, authority }: Issued,
  existing: readonly ExistingFile[],
  folder: string,
): GenerateResult['authority'] {
  if (authority === 'none') return 'none';
  const { ca } = certificateFiles(folder);
  const before = fingerprintOf(existing.find(({ path }) => path === ca)?.content);
  if (before !== undefined) return before === fingerprintOf(pair.ca) ? 'reused' : 'replaced';
  return ({ kept: 'reused', 'instead-of-kept': 'replaced', fresh: 'created' } as const)[authority];
}

function checkValidity(days: number): void {
  if (Number.isInteger(days) && days >= 1 && days <= 3650) return;
  throw new ExplainedError({
    code: 'invalid-validity',
    what: `A certificate cannot be valid for ${days} days.`,
    why: 'It must be a whole number from 1 to 3650.',
    next: 'Correct it in the settings.',
    action: 'openSettings',
  });
}
