import { ExplainedError } from '../../system/errors.ts';
import type { Bundle, BundleKey } from '../encoding/bundle.ts';
import { parseChain } from '../encoding/pem-chain.ts';
import { readIfThere } from '../../system/files/replace-file.ts';
import { certificateFiles } from '../../project/certificate-files.ts';
import { planImport, type ImportContext, type ImportPlan } from './import-plan.ts';
import { WrongPassPhraseError, type AskPassPhrase } from '../encoding/passphrase.ts';
import { openPresentKey } from '../folder/present-key.ts';
import { createUnlock } from '../encoding/unlock.ts';

/** Whose import it is; its own key is for the certificate that was requested with it. */
export interface ImportTarget extends Omit<ImportContext, 'ownKey'> {
  readonly workspace: string;
  /** Absolute path of the certificates folder. */
  readonly folder: string;
  /** What is known to open the own key, where it has a pass phrase. */
  readonly present: string | undefined;
}

/**
 * Plans one import, again with every file that is added to it. The own key is opened where it can
 * be; where it is locked, a person is asked for its pass phrase once its certificate came without it.
 *
 * @returns a function that throws what `planImport` and `ask` do
 */
export function createPlanner(
  { workspace, folder, present, ...context }: ImportTarget,
  ask: AskPassPhrase,
): (bundle: Bundle) => Promise<ImportPlan> {
  const unlock = createUnlock(ask);
  const openOwn = (passPhrase: string | undefined): Promise<BundleKey> =>
    openPresentKey({ workspace, folder, present: passPhrase });
  let ownKey: BundleKey | undefined;
  return async (bundle) => {
    // One that is not there, or damaged, is not needed where the files bring their own.
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
    const { value } = await unlock('serverkey.pem', (passPhrase) =>
      openOwn(passPhrase).catch((error: unknown) => {
        throw isLocked(error) ? new WrongPassPhraseError() : error;
      }),
    );
    ownKey = value;
    return planImport(bundle, { ...context, ownKey });
  };
}

/** Whether a certificate was made for the key of the present one, which is not to be opened yet. */
async function mayBeAnswer({ certificates }: Bundle, folder: string): Promise<boolean> {
  const pem = await readIfThere(certificateFiles(folder).certificate).catch(() => undefined);
  const [present] = parseChain(pem ?? '');
  return (
    present === undefined ||
    certificates.some(({ publicKey }) => publicKey.equals(present.publicKey))
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
