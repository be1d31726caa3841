import type { X509Certificate } from 'node:crypto';
import type { Command } from '../../../system/processes/program.ts';
import type { KnownAuthority } from '../../authorities/known-authorities.ts';
import { readOutput, type Change, type Entry, type Run, type TrustStore } from './store.ts';

/**
 * The Root store of a Windows user, which Edge, Chrome, Firefox (from version 120), .NET and
 * Windows' curl go by. Windows itself asks the user before it takes one in or gives one up.
 *
 * @param systemRoot such as `C:\Windows`; NSS has a certutil of its own, which is not the one meant
 */
export function windowsStore(systemRoot: string): TrustStore {
  const certutil = `${systemRoot}\\System32\\certutil.exe`;
  return {
    id: 'system',
    name: 'system',
    location: 'Root store of this user',
    users: 'this',
    needsRoot: false,
    takesLabels: false,
    read: (run, known) => readRoot(certutil, run, known),
    change: (change) => changeRoot(certutil, change),
  };
}

function changeRoot(certutil: string, { add, remove }: Change): readonly Command[] {
  const onRoot = (verb: string, what: string): Command => ({
    program: certutil,
    args: ['-user', verb, 'Root', what],
  });
  return [
    ...remove.map(({ label }) => onRoot('-delstore', label)),
    ...(add ? [onRoot('-addstore', add.authority.file)] : []),
  ];
}

/** The words around the hashes are in the user's language; the hashes are not. */
async function readRoot(
  certutil: string,
  run: Run,
  known: readonly KnownAuthority[],
): Promise<readonly Entry[]> {
  const list = { program: certutil, args: ['-user', '-store', 'Root'] };
  const listed = await readOutput(run, list, 'The Root store');
  const present = new Set(listed.toLowerCase().match(/\b[\da-f]{40}\b/g));
  return known
    .filter(({ certificate }) => present.has(thumbprint(certificate)))
    .map(({ certificate }) => ({
      label: thumbprint(certificate),
      fingerprints: [certificate.fingerprint256],
      trusted: true,
    }));
}

/** SHA-1, which is what Windows calls the thumbprint. */
export function thumbprint(certificate: X509Certificate): string {
  return certificate.fingerprint.replaceAll(':', '').toLowerCase();
}
