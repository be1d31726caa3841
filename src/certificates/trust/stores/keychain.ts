import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Command } from '../../../system/processes/program.ts';
import type { KnownAuthority } from '../../authorities/known-authorities.ts';
import { fingerprintsIn, type Change, type Entry, type Run, type TrustStore } from './store.ts';

const SECURITY = '/usr/bin/security';

/** macOS's login keychain, which Safari, Chrome, Firefox (from version 120) and curl go by. */
export function keychainStore(home: string = homedir()): TrustStore {
  const keychain = join(home, 'Library', 'Keychains', 'login.keychain-db');
  return {
    id: 'system',
    name: 'system',
    location: 'login keychain',
    users: 'this',
    // macOS itself asks the user before the settings of trust change.
    needsRoot: false,
    takesLabels: false,
    read: (run, known) => readKeychain(keychain, run, known),
    change: (change) => changeKeychain(keychain, change),
  };
}

/** All certificates of the keychain as PEM. */
function listKeychain(keychain: string): Command {
  return { program: SECURITY, args: ['find-certificate', '-a', '-p', keychain] };
}

/** Exits 0 if an authority is trusted: being in the keychain does not make it so. */
function checkKeychainTrust({ file }: KnownAuthority): Command {
  return { program: SECURITY, args: ['verify-cert', '-q', '-L', '-l', '-p', 'basic', '-c', file] };
}

function changeKeychain(keychain: string, { add, remove }: Change): readonly Command[] {
  return [
    ...remove.map(({ label }) => ({
      program: SECURITY,
      // -t: the user's settings of trust for it go too.
      args: ['delete-certificate', '-Z', label, '-t', keychain],
    })),
    ...(add
      ? [
          {
            program: SECURITY,
            args: [
              ...['add-trusted-cert', '-r', 'trustRoot', '-p', 'ssl', '-p', 'basic'],
              ...['-k', keychain, add.authority.file],
            ],
          },
        ]
      : []),
  ];
}

async function readKeychain(
  keychain: string,
  run: Run,
  known: readonly KnownAuthority[],
): Promise<readonly Entry[]> {
  const present = new Set(fingerprintsIn((await run(listKeychain(keychain))).stdout));
  const ours = known.filter(({ certificate }) => present.has(certificate.fingerprint256));
  return Promise.all(
    ours.map(async (authority) => ({
      label: authority.certificate.fingerprint.replaceAll(':', ''),
      fingerprints: [authority.certificate.fingerprint256],
      trusted: (await run(checkKeychainTrust(authority))).exitCode === 0,
    })),
  );
}
