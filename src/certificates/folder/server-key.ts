import { certificateFiles } from '../../project/certificate-files.ts';
import { ExplainedError } from '../../system/errors.ts';
import type { BundleKey } from '../encoding/bundle.ts';
import { explainDamaged, explainLocked, readKey } from '../encoding/key-file.ts';
import { readExistingFiles } from './files-and-links.ts';

/**
 * The workspace's key, and its passphrase where it is encrypted.
 *
 * @throws ExplainedError `key-locked`, `key-missing`, `corrupt`, `outside-workspace`,
 *   `certs-not-readable`
 */
export async function openServerKey({
  workspace,
  folder,
  present,
}: {
  readonly workspace: string;
  readonly folder: string;
  /** Its passphrase, where it is known. */
  readonly present?: string | undefined;
}): Promise<BundleKey> {
  const { key: path } = certificateFiles(folder);
  const file = (await readExistingFiles(workspace, folder)).find(
    (existing) => existing.path === path,
  );
  if (!file) {
    throw new ExplainedError({
      code: 'key-missing',
      what: 'There is no private key yet.',
      next: 'Generate a certificate, or import one.',
      action: 'generateCertificate',
    });
  }
  const reading = await readKey(file.content.toString(), () => Promise.resolve(present));
  switch (reading.kind) {
    case 'open':
      return reading.encrypted && present !== undefined
        ? { key: reading.key, passphrase: present }
        : { key: reading.key };
    case 'locked':
      throw explainLocked(reading.message);
    case 'damaged':
      throw explainDamaged(reading.message);
  }
}
