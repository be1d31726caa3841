import { lstat, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ExplainedError, systemCode } from '../errors.ts';
import { resolveNames } from '../project/domain.ts';
import type { Settings } from '../project/settings.ts';
import { resolveInWorkspace } from '../project/workspace-path.ts';
import { canSign, createAuthority, type Authority } from './authority.ts';
import { forgetAuthority, loadAuthority, storeAuthority } from './authority-store.ts';
import { backUp } from './backup.ts';
import { certificateFiles, replaceFile, type CertificateFiles } from './files.ts';
import { inspectCertificate, type CertificateFacts } from './inspect.ts';
import { issueLeaf, issueSelfSigned, type Leaf, type LeafRequest } from './leaf.ts';
import { toPem, type KeyType } from './profile.ts';

export interface GenerateRequest {
  readonly workspace: string;
  /** Absolute path of the certificates folder; it must lie in the workspace. */
  readonly folder: string;
  readonly domain: string;
  readonly additionalNames: readonly string[];
  readonly kind: Settings['certificateKind'];
  readonly keyType: KeyType;
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

const DAY = 86_400_000;

/**
 * Makes a certificate and its key for the domain and the further names, and puts them into the
 * certificates folder. What was there is kept as a dated backup.
 *
 * @throws ExplainedError `invalid-name`, `outside-workspace`, `half-pair`, `mismatched-pair`,
 *   `corrupt`, `certs-not-writable`
 */
export async function generateCertificate(request: GenerateRequest): Promise<GenerateResult> {
  const { workspace, folder, domain, keyType, now = new Date() } = request;
  const names = resolveNames(domain, request.additionalNames);
  await resolveInWorkspace(workspace, folder);
  const files = certificateFiles(folder);
  if (!request.replaceBroken) await refuseBroken(folder, domain);

  const notAfter = new Date(now.getTime() + request.validityDays * DAY);
  const leafRequest: LeafRequest = { names, keyType, notAfter, now };
  const issued =
    request.kind === 'self-signed'
      ? selfSigned(await issueSelfSigned(leafRequest))
      : await issueUnderAuthority(request, leafRequest);

  const backup = await explainUnwritable(folder, async () => {
    await prepareFolder(folder);
    const kept = await backUp(folder, await findExisting(files), now);
    // The key first: should we die in between, the pair is mismatched, which is named and
    // recoverable (the backup is complete), and no certificate is served with a key of others.
    await replaceFile(files.key, issued.leaf.keyPem, 0o600);
    await replaceFile(files.certificate, issued.chainPem, 0o644);
    await replaceFile(files.ca, issued.caPem, 0o644);
    return kept;
  });

  const state = await inspectCertificate(folder, domain, now);
  if (state.kind !== 'present') throw new Error('The pair just written cannot be read back.');
  return {
    files,
    authority: issued.authority,
    facts: state.facts,
    ...(backup === undefined ? {} : { backup }),
  };
}

interface Issued {
  readonly leaf: Leaf;
  readonly chainPem: string;
  readonly caPem: string;
  readonly authority: GenerateResult['authority'];
}

function selfSigned(leaf: Leaf): Issued {
  const pem = toPem(leaf.certificate);
  return { leaf, chainPem: pem, caPem: pem, authority: 'none' };
}

async function issueUnderAuthority(
  { workspace, keyType, keepAuthorityKey, now = new Date() }: GenerateRequest,
  leafRequest: LeafRequest,
): Promise<Issued> {
  const kept = await loadAuthority(workspace);
  const reusable = kept && canSign(kept, leafRequest.names, leafRequest.notAfter);
  const authority: Authority = reusable
    ? kept
    : await createAuthority(basename(workspace), leafRequest.names, keyType, now);
  if (!keepAuthorityKey) await forgetAuthority(workspace);
  else if (!reusable) await storeAuthority(workspace, authority);
  const leaf = await issueLeaf(authority, leafRequest);
  return {
    leaf,
    chainPem: toPem(leaf.certificate, authority.certificate),
    caPem: toPem(authority.certificate),
    authority: reusable ? 'reused' : kept ? 'replaced' : 'created',
  };
}

async function refuseBroken(folder: string, domain: string): Promise<void> {
  const state = await inspectCertificate(folder, domain);
  const [problem] = state.kind === 'broken' ? state.problems : [];
  if (!problem) return;
  throw new ExplainedError({
    code: problem.code,
    what: `The certificate in ${basename(folder)} is not whole: ${problem.message}`,
    why: 'It may be yours, so it is not simply written over.',
    next: 'Put the missing part back, or back it up and make a new one.',
    action: 'replaceBrokenPair',
  });
}

async function prepareFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const ignore =
    '# Private keys and their backups have no place in a repository.\n*key.pem\nbackup-*/\n';
  await writeFile(join(folder, '.gitignore'), ignore, { flag: 'wx' }).catch((error: unknown) => {
    if (systemCode(error) !== 'EEXIST') throw error;
  });
}

async function findExisting(files: CertificateFiles): Promise<readonly string[]> {
  const found: string[] = [];
  for (const file of [files.certificate, files.key, files.ca]) {
    const facts = await lstat(file).catch(() => undefined);
    if (facts) found.push(file);
  }
  return found;
}

async function explainUnwritable<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = systemCode(error) ?? '';
    if (!['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'ENOTDIR', 'EEXIST'].includes(code)) throw error;
    throw new ExplainedError(
      {
        code: 'certs-not-writable',
        what: `Nothing could be written into ${folder}.`,
        why: code === 'ENOSPC' ? 'The disk is full.' : `The system refused it (${code}).`,
        next: 'What was there is unchanged or in its backup. Make the folder writable, then try again.',
      },
      error,
    );
  }
}
