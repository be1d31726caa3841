import { createPrivateKey } from 'node:crypto';
import { ExplainedError } from '../system/errors.ts';
import { resolveNames } from '../project/certificate-name.ts';
import type { CertificateSettings } from '../project/settings.ts';
import { resolveInWorkspace } from '../project/workspace-path.ts';
import {
  forgetAuthority,
  keepAuthority,
  settleInterrupted,
} from './authorities/authority-store.ts';
import { planConfigFile, renderWorkspaceConfig } from './folder/openssl-config-file.ts';
import { prepareIssuer, withIssuer, type IssuerOptions } from './issuers/with-issuer.ts';
import { readExistingFiles, refuseBroken } from './folder/files-and-links.ts';
import { fingerprintOfPem } from './encoding/pem-certificates.ts';
import { certificateFiles, type CertificateFiles } from '../project/certificate-files.ts';
import { inspectCertificate } from './inspect/inspect.ts';
import { type CertificateFacts } from './inspect/certificate-state.ts';
import { installFiles } from './folder/install-files.ts';
import { issueCertificate } from './authorities/issue-certificate.ts';
import { explainDamaged, explainLocked, isEncrypted, readKey } from './encoding/key-file.ts';
import { rememberReplaced } from './authorities/known-authorities.ts';
import { describeForeign, findForeign } from './authorities/made-here.ts';
import { holdLock } from './folder/certificate-lock.ts';
import { noteLocation } from '../project/workspace-location.ts';
import type { KeyPassphrase } from './encoding/passphrase.ts';
import type { PemFiles } from './issue/new-files.ts';
import { describeTrustChange, type TrustChange } from './authorities/trust-change.ts';
import { leafValidity } from './issue/validity.ts';

export interface GenerateRequest extends CertificateSettings {
  readonly workspace: string;
  /** Absolute path of the certificates folder; it must lie in the workspace. */
  readonly folder: string;
  readonly domain: string;
  /** Go on although what is there is broken; it is backed up all the same. */
  readonly replaceBroken?: boolean;
  /** Go on although what is there was not made here, so that it cannot be made again. */
  readonly replaceForeign?: boolean;
  /** Where the key there has a passphrase, the new one gets the same. */
  readonly keyPassphrase?: KeyPassphrase;
  /** Go on although nobody knows that passphrase; the new key then has none. */
  readonly withoutPassphrase?: boolean;
  readonly now?: Date;
  readonly signal?: AbortSignal;
  /** Hears what takes long, as a phrase such as `pulling the image (2 of 5 layers)`. */
  readonly report?: (step: string) => void;
}

export type GenerateResult = TrustChange & {
  readonly files: CertificateFiles;
  /** The folder that keeps what was there before. */
  readonly backup?: string;
  /** The key before had a passphrase, and the new one has none. */
  readonly passphraseLost: boolean;
  /** The certificate ends with its authority, before the days asked for. */
  readonly endsEarly: boolean;
  readonly facts: CertificateFacts;
};

/**
 * Makes a certificate and its key for the domain and the further names, and puts them into the
 * certificates folder. What was there is kept as a dated backup.
 *
 * @throws ExplainedError `invalid-name`, `invalid-validity`, `outside-workspace`, `half-pair`,
 *   `mismatched-pair`, `corrupt`, `not-made-here`, `key-locked`, `certs-not-readable`, `certs-not-writable`,
 *   `data-folder-not-usable`, `generation-busy`, and those of the issuer; AbortError
 */
export async function generateCertificate(request: GenerateRequest): Promise<GenerateResult> {
  const { workspace, folder, domain, keyType, kind, validityDays: days } = request;
  const names = resolveNames(domain, kind === 'seed' ? [] : request.additionalNames);
  checkValidity(days);
  await resolveInWorkspace(workspace, folder);
  const renderConfig = (): string => renderWorkspaceConfig(request, names);
  const issuerOptions: IssuerOptions = {
    ...request,
    renderConfig,
    signal: request.signal ?? new AbortController().signal,
    report: request.report ?? (() => undefined),
  };
  await prepareIssuer(issuerOptions);
  return holdLock(workspace, async () => {
    const now = request.now ?? new Date();
    const existing = await readExistingFiles(workspace, folder);
    if (!request.replaceBroken) {
      await refuseBroken(folder, domain);
      if (!request.replaceForeign) await refuseForeign(workspace, folder, domain);
    }

    await noteLocation(workspace);
    const { ca, key } = certificateFiles(folder);
    const [replaced, former] = [ca, key].map(
      (file) => existing.find(({ path }) => path === file)?.content,
    );
    const wasEncrypted = former !== undefined && isEncrypted(former);
    const passphrase = wasEncrypted ? await findPassphrase(request, former) : undefined;
    const before = fingerprintOfPem(replaced);
    await settleInterrupted(workspace, before);
    if (replaced !== undefined) await rememberReplaced(workspace, replaced.toString());
    const configFile = await planConfigFile(request, renderConfig);
    const issued = await withIssuer(issuerOptions, (issuer) =>
      issueCertificate(issuer, request, { names, keyType, days, now }),
    );
    const files = passphrase === undefined ? issued.files : await protect(issued.files, passphrase);
    const install = (): Promise<string | undefined> =>
      installFiles({
        workspace,
        folder,
        existing: [...existing, ...(configFile?.existing ?? [])],
        files: configFile ? { ...files, config: configFile.fresh } : files,
        now,
      });
    const backup = await (issued.toKeep
      ? keepAuthority(workspace, issued.toKeep, install)
      : install());
    if (!request.keepAuthorityKey) await forgetAuthority(workspace);

    const state = await inspectCertificate(folder, domain, () => Promise.resolve(passphrase));
    if (state.kind !== 'present')
      throw new Error('The certificate just written cannot be read back.');
    return {
      files: certificateFiles(folder),
      ...describeTrustChange(issued, before, fingerprintOfPem(issued.files.ca)),
      passphraseLost: wasEncrypted && passphrase === undefined,
      endsEarly: kind === 'local-ca' && state.facts.notAfter < leafValidity({ days, now }).notAfter,
      facts: state.facts,
      ...(backup === undefined ? {} : { backup }),
    };
  });
}

/**
 * Refuses to replace a whole certificate from elsewhere unasked: this machine cannot make it again.
 *
 * @throws ExplainedError `not-made-here`
 */
async function refuseForeign(workspace: string, folder: string, domain: string): Promise<void> {
  const { kind } = await inspectCertificate(folder, domain);
  const foreign = kind === 'present' ? await findForeign(workspace, folder) : undefined;
  if (foreign === undefined) return;
  throw new ExplainedError({
    code: 'not-made-here',
    what: 'The certificate was not made here, so it is not simply replaced.',
    why: describeForeign(foreign),
    next: 'Say yes (--yes) to replace it. It is kept as a backup that can be restored.',
  });
}

/**
 * What opens the key that is there, so that it shall open the next one too: a slip would lock its
 * owner out, and no passphrase would leave the next key open without a word.
 *
 * @throws ExplainedError `key-locked`, `corrupt`
 */
async function findPassphrase(
  { workspace, keyPassphrase, withoutPassphrase, replaceBroken }: GenerateRequest,
  key: Buffer,
): Promise<string | undefined> {
  const passphrase = await keyPassphrase?.(workspace);
  const reading = await readKey(key.toString(), () => Promise.resolve(passphrase));
  switch (reading.kind) {
    case 'open':
      return passphrase;
    case 'damaged':
      // Nothing is left to try it on.
      if (replaceBroken) return passphrase;
      throw explainDamaged(reading.message);
    case 'locked':
      if (withoutPassphrase) return undefined;
      throw explainLocked(
        `${reading.message} The new key is to have the same one; where it is lost, move the file away first.`,
      );
  }
}

async function protect(files: PemFiles, passphrase: string): Promise<PemFiles> {
  const { encryptKey } = await import('./encoding/encrypted-key.ts');
  return { ...files, key: await encryptKey(createPrivateKey(files.key), passphrase) };
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
