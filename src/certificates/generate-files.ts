import { createPrivateKey } from 'node:crypto';
import { certificateFiles } from '../project/certificate-files.ts';
import { resolveNames } from '../project/certificate-name.ts';
import type { CertificateSettings } from '../project/settings.ts';
import { resolveInWorkspace } from '../project/workspace-path.ts';
import { ExplainedError } from '../system/errors.ts';
import {
  forgetAuthority,
  keepAuthority,
  settleInterrupted,
} from './authorities/authority-store.ts';
import { issueCertificate, prepareIssuer } from './authorities/issue-certificate.ts';
import { describeTrustChange, type TrustChange } from './authorities/trust-change.ts';
import { explainDamaged, explainLocked, isEncrypted, readKey } from './encoding/key-file.ts';
import type { KeyPassphrase } from './encoding/passphrase.ts';
import { fingerprintOfPem } from './encoding/pem-certificates.ts';
import { holdLock } from './folder/certificate-lock.ts';
import { readExistingFiles } from './folder/files-and-links.ts';
import { planConfigFile } from './folder/openssl-config-file.ts';
import { refuseOverwrite } from './folder/overwrite-guard.ts';
import { installFiles, type Installed } from './folder/replace-files.ts';
import type { CertificateFacts } from './inspect/certificate-state.ts';
import { inspectCertificate } from './inspect/inspect.ts';
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

export type GenerateResult = TrustChange &
  Installed & {
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
export async function generateFiles(request: GenerateRequest): Promise<GenerateResult> {
  const { workspace, folder, domain, keyType, kind, validityDays: days } = request;
  const { signal = new AbortController().signal, report = () => undefined } = request;
  const names = resolveNames(domain, kind === 'seed' ? [] : request.additionalNames);
  checkValidity(days);
  await resolveInWorkspace(workspace, folder);
  const issuerOptions = { ...request, names, signal, report };
  await prepareIssuer(issuerOptions);
  return holdLock(workspace, async () => {
    const now = request.now ?? new Date();
    const existing = await readExistingFiles(workspace, folder);
    if (!request.replaceBroken) {
      const replaceForeign = request.replaceForeign === true;
      await refuseOverwrite({ workspace, folder, domain, existing, replaceForeign });
    }
    const { ca, key } = certificateFiles(folder);
    const [replacedCa, replacedKey] = [ca, key].map(
      (file) => existing.find(({ path }) => path === file)?.content,
    );
    const wasEncrypted = replacedKey !== undefined && isEncrypted(replacedKey);
    const passphrase = wasEncrypted ? await findPassphrase(request, replacedKey) : undefined;
    const before = fingerprintOfPem(replacedCa);
    await settleInterrupted(workspace, before);
    const config = await planConfigFile({
      workspace,
      domain,
      kind,
      keyType,
      names,
      engine: request.engine,
    });

    const issued = await issueCertificate(issuerOptions, { names, keyType, days, now });
    const newKey = await encryptNewKey(issued.files.key, passphrase);
    const contents = { ...issued.files, key: newKey, config };
    const install = (): Promise<Installed> => installFiles({ workspace, folder, contents, now });
    const installed = await (issued.toKeep
      ? keepAuthority(workspace, issued.toKeep, install)
      : install());
    if (!request.keepAuthorityKey) await forgetAuthority(workspace);

    const state = await inspectCertificate(folder, domain, () => Promise.resolve(passphrase));
    if (state.kind !== 'present') throw new Error('The new certificate cannot be read back.');
    return {
      ...installed,
      ...describeTrustChange(issued, before, fingerprintOfPem(issued.files.ca)),
      passphraseLost: wasEncrypted && passphrase === undefined,
      endsEarly: kind === 'local-ca' && state.facts.notAfter < leafValidity({ days, now }).notAfter,
      facts: state.facts,
    };
  });
}

/**
 * The passphrase of the key that is there, for the next one too. It is tried on that key, because a
 * wrong one would lock its owner out, and without one the next key would lie there unencrypted.
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
        `${reading.message} The new key gets the same one. If it is lost, move the file away first.`,
      );
  }
}

async function encryptNewKey(pem: string, passphrase: string | undefined): Promise<string> {
  if (passphrase === undefined) return pem;
  const { encryptKey } = await import('./encoding/encrypted-key.ts');
  return encryptKey(createPrivateKey(pem), passphrase);
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
