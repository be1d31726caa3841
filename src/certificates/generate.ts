import { createPrivateKey } from 'node:crypto';
import { ExplainedError } from '../errors.ts';
import { resolveNames } from '../project/certificate-name.ts';
import type { CertificateSettings } from '../project/settings.ts';
import { resolveInWorkspace } from '../project/workspace-path.ts';
import { forgetAuthority, keepAuthority } from './authority-store.ts';
import { compareConfig, renderWorkspaceConfig } from './engines/workspace-config.ts';
import { prepareEngine, withEngine, type EngineOptions } from './engines/with-engine.ts';
import { fingerprintOf, readExisting, refuseBroken, type ExistingFile } from './existing-pair.ts';
import { certificateFiles, type CertificateFiles } from './files.ts';
import { inspectCertificate, type CertificateFacts } from './inspect.ts';
import { installPair } from './install-pair.ts';
import { issue } from './issue.ts';
import { explainLocked, isEncrypted } from './key-file.ts';
import { rememberReplaced } from './known-authorities.ts';
import { holdLock } from './lock.ts';
import { followMove } from './moved-workspace.ts';
import type { KeyPassPhrase } from './pass-phrase.ts';
import type { FreshPair } from './replace-pair.ts';
import { describeTrustChange, type TrustChange } from './trust-change.ts';
import { leafValidity } from './validity.ts';

export interface GenerateRequest extends CertificateSettings {
  readonly workspace: string;
  /** Absolute path of the certificates folder; it must lie in the workspace. */
  readonly folder: string;
  readonly domain: string;
  /** Go on although what is there is half a pair or no pair; it is backed up all the same. */
  readonly replaceBroken?: boolean;
  /** Where the key there has a pass phrase, the new one gets the same. */
  readonly keyPassPhrase?: KeyPassPhrase;
  readonly now?: Date;
  readonly signal?: AbortSignal;
  /** Hears what takes long, as a phrase such as `pulling the image (2 of 5 layers)`. */
  readonly report?: (step: string) => void;
}

export type GenerateResult = TrustChange & {
  readonly files: CertificateFiles;
  /** The folder that keeps what was there before. */
  readonly backup?: string;
  /** The certificate ends with its authority, before the days asked for. */
  readonly endsEarly: boolean;
  readonly facts: CertificateFacts;
};

/**
 * Makes a certificate and its key for the domain and the further names, and puts them into the
 * certificates folder. What was there is kept as a dated backup.
 *
 * @throws ExplainedError `invalid-name`, `invalid-validity`, `outside-workspace`, `half-pair`,
 *   `mismatched-pair`, `corrupt`, `key-locked`, `certs-not-readable`, `certs-not-writable`,
 *   `data-folder-not-usable`, `generation-busy`, and those of the engine; AbortError
 */
export async function generateCertificate(request: GenerateRequest): Promise<GenerateResult> {
  const { workspace, folder, domain, keyType, kind, validityDays: days } = request;
  const names = resolveNames(domain, kind === 'seed' ? [] : request.additionalNames);
  checkValidity(days);
  await resolveInWorkspace(workspace, folder);
  const config = renderWorkspaceConfig(request, names);
  const engineOptions: EngineOptions = {
    ...request,
    config,
    signal: request.signal ?? new AbortController().signal,
    report: request.report ?? (() => undefined),
  };
  await prepareEngine(engineOptions);
  return holdLock(workspace, async () => {
    const now = request.now ?? new Date();
    const existing = await readExisting(workspace, folder);
    if (!request.replaceBroken) await refuseBroken(folder, domain);

    await followMove(workspace, folder);
    const passPhrase = await findPassPhrase(request, existing);
    const { ca } = certificateFiles(folder);
    const replaced = existing.find(({ path }) => path === ca)?.content;
    const before = fingerprintOf(replaced);
    if (replaced !== undefined) await rememberReplaced(workspace, replaced.toString());
    const configFile = await compareConfig(request, config);
    const issued = await withEngine(engineOptions, (engine) =>
      issue(engine, request, { names, keyType, days, now }),
    );
    const pair = passPhrase === undefined ? issued.pair : await protect(issued.pair, passPhrase);
    const install = (): Promise<string | undefined> =>
      installPair(
        folder,
        [...existing, ...(configFile?.existing ?? [])],
        configFile ? { ...pair, config: configFile.fresh } : pair,
        now,
      );
    const backup = await (issued.toKeep
      ? keepAuthority(workspace, issued.toKeep, install)
      : install());
    if (!request.keepAuthorityKey) await forgetAuthority(workspace);

    const state = await inspectCertificate(folder, domain, now, () => Promise.resolve(passPhrase));
    if (state.kind !== 'present') throw new Error('The pair just written cannot be read back.');
    return {
      files: certificateFiles(folder),
      ...describeTrustChange(issued, before, fingerprintOf(issued.pair.ca)),
      endsEarly: kind === 'local-ca' && state.facts.notAfter < leafValidity({ days, now }).notAfter,
      facts: state.facts,
      ...(backup === undefined ? {} : { backup }),
    };
  });
}

/** A key that was protected is not followed by one that is not, unless a person says so. */
async function findPassPhrase(
  { workspace, folder, keyPassPhrase, replaceBroken }: GenerateRequest,
  existing: readonly ExistingFile[],
): Promise<string | undefined> {
  const { key } = certificateFiles(folder);
  const present = existing.find(({ path }) => path === key)?.content;
  if (present === undefined || !isEncrypted(present)) return undefined;
  const passPhrase = await keyPassPhrase?.(workspace);
  if (passPhrase === undefined && !replaceBroken) {
    throw explainLocked('The present key has a pass phrase, and the new one is to have it too.');
  }
  return passPhrase;
}

async function protect(pair: FreshPair, passPhrase: string): Promise<FreshPair> {
  const { encryptKey } = await import('./encrypted-key.ts');
  return { ...pair, key: await encryptKey(createPrivateKey(pair.key), passPhrase) };
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
