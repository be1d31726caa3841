import { ExplainedError } from '../../system/errors.ts';
import type { Bundle, BundleKey } from '../encoding/bundle.ts';
import { parseCertificates } from '../encoding/pem-certificates.ts';
import { readIfThere } from '../../system/files/replace-file.ts';
import { certificateFiles } from '../../project/certificate-files.ts';
import { planImport, type ImportContext, type ImportPlan } from './import-plan.ts';
import { WrongPassphraseError, type AskPassphrase, createUnlock } from '../encoding/passphrase.ts';
import { isSameKey } from '../encoding/key-type.ts';
import { openServerKey } from '../folder/server-key.ts';

/** The workspace of an import; its own key is for a certificate that was requested with it. */
export interface ImportTarget extends Omit<ImportContext, 'ownKey'> {
  readonly workspace: string;
  /** Absolute path of the certificates folder. */
  readonly folder: string;
  /** The known passphrase of the workspace's own key, where it has one. */
  readonly present: string | undefined;
}

/**
 * Plans one import, again with every file that is added to it. The workspace's own key is opened if
 * that is possible. If it is locked, a user is asked for its passphrase, but only where its
 * certificate came without a key.
 *
 * @returns a function that throws what `planImport` and `ask` do
 */
export function createPlanner(
  { workspace, folder, present, ...context }: ImportTarget,
  ask: AskPassphrase,
): (bundle: Bundle) => Promise<ImportPlan> {
  const unlock = createUnlock(ask);
  const openOwn = (passphrase: string | undefined): Promise<BundleKey> =>
    openServerKey({ workspace, folder, present: passphrase });
  let ownKey: BundleKey | undefined;
  return async (bundle) => {
    // A key that is missing or damaged is not needed where the files bring one.
    const isClosed =
      ownKey === undefined &&
      (await openOwn(present).then((key) => {
        ownKey = key;
        return false;
      }, isLocked));
    try {
      return await planImport(bundle, { ...context, ownKey });
    } catch (error) {
      if (!isClosed || !lacksKey(error) || !(await mayBeAnswer(bundle, folder))) throw error;
    }
    const { value } = await unlock('serverkey.pem', (passphrase) =>
      openOwn(passphrase).catch((error: unknown) => {
        throw isLocked(error) ? new WrongPassphraseError() : error;
      }),
    );
    ownKey = value;
    return planImport(bundle, { ...context, ownKey });
  };
}

/** Whether a certificate was made for the present key, which is not opened for that. */
async function mayBeAnswer({ certificates }: Bundle, folder: string): Promise<boolean> {
  const pem = await readIfThere(certificateFiles(folder).certificate).catch(() => undefined);
  const [present] = parseCertificates(pem ?? '');
  return (
    present === undefined ||
    certificates.some(({ publicKey }) => isSameKey(publicKey, present.publicKey))
  );
}

function lacksKey(error: unknown): boolean {
  return (
    error instanceof ExplainedError &&
    ['import-key-missing', 'import-key-mismatch'].includes(error.code)
  );
}

function isLocked(error: unknown): boolean {
  return error instanceof ExplainedError && error.code === 'key-locked';
}
