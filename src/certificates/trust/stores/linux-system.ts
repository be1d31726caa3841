import { readdir, readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { Command } from '../../../system/processes/program.ts';
import { isAccessible, readIfThere } from '../../../system/files/replace-file.ts';
import {
  fingerprintsIn,
  type Change,
  type Entry,
  type Run,
  type Trial,
  type TrustStore,
} from './store.ts';

/** How one family of Linux systems keeps the authorities that OpenSSL, GnuTLS and curl go by. */
export interface AnchorSystem {
  readonly name: string;
  /** The folder for an administrator's own certificates, each in a file. */
  readonly anchors: string;
  readonly suffix: string;
  /** What programs read, made of the anchors and what the system brings. */
  readonly bundle: string;
  readonly refresh: Command;
  /** The same after a removal, where the plain one leaves something behind. */
  readonly refreshAfterRemoval?: Command;
  /** What has NSS's certutil in it. */
  readonly installNssTools: string;
}

/** Whole paths: the folders of administration are not on everybody's PATH. */
export const ANCHOR_SYSTEMS: readonly AnchorSystem[] = [
  {
    name: 'Debian, Ubuntu, Alpine',
    anchors: '/usr/local/share/ca-certificates',
    suffix: '.crt',
    bundle: '/etc/ssl/certs/ca-certificates.crt',
    refresh: { program: '/usr/sbin/update-ca-certificates', args: [] },
    // The plain one leaves the links to a removed certificate in /etc/ssl/certs (seen with
    // Debian 12).
    refreshAfterRemoval: { program: '/usr/sbin/update-ca-certificates', args: ['--fresh'] },
    installNssTools: 'sudo apt install libnss3-tools',
  },
  {
    name: 'Fedora, RHEL',
    anchors: '/etc/pki/ca-trust/source/anchors',
    suffix: '.pem',
    bundle: '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
    refresh: { program: '/usr/bin/update-ca-trust', args: ['extract'] },
    installNssTools: 'sudo dnf install nss-tools',
  },
  {
    name: 'Arch',
    anchors: '/etc/ca-certificates/trust-source/anchors',
    suffix: '.crt',
    bundle: '/etc/ca-certificates/extracted/tls-ca-bundle.pem',
    refresh: { program: '/usr/bin/trust', args: ['extract-compat'] },
    installNssTools: 'sudo pacman -S nss',
  },
  {
    name: 'openSUSE',
    anchors: '/etc/pki/trust/anchors',
    suffix: '.pem',
    bundle: '/var/lib/ca-certificates/ca-bundle.pem',
    refresh: { program: '/usr/sbin/update-ca-certificates', args: [] },
    installNssTools: 'sudo zypper install mozilla-nss-tools',
  },
];

/** The system this machine is of, if it is one we know. */
export async function findAnchorSystem(
  systems: readonly AnchorSystem[] = ANCHOR_SYSTEMS,
): Promise<AnchorSystem | undefined> {
  for (const system of systems) {
    if ((await isAccessible(system.anchors)) && (await isAccessible(system.refresh.program)))
      return system;
  }
  return undefined;
}

/** The store of a Linux system. */
export function anchorStore(system: AnchorSystem): TrustStore {
  return {
    id: 'system',
    name: 'system',
    location: system.anchors,
    users: 'all',
    needsRoot: process.getuid?.() !== 0,
    takesLabels: true,
    read: () => readAnchors(system),
    accepts: (run, trial) => tryBundle(system, run, trial),
    change: (change) => changeAnchors(system, change),
  };
}

function changeAnchors(
  { anchors, suffix, refresh, refreshAfterRemoval = refresh }: AnchorSystem,
  { add, remove }: Change,
): readonly Command[] {
  const files = remove.map(({ label }) => label).filter((label) => label.startsWith(anchors));
  return [
    ...(files.length > 0 ? [{ program: '/bin/rm', args: ['-f', '--', ...files] }] : []),
    ...(add
      ? [
          {
            program: '/usr/bin/install',
            args: ['-m', '0644', '--', add.authority.file, join(anchors, add.label + suffix)],
          },
        ]
      : []),
    files.length > 0 ? refreshAfterRemoval : refresh,
  ];
}

/** The anchors, which say what can be removed, and the bundle, which says what is trusted. */
async function readAnchors({ anchors, bundle }: AnchorSystem): Promise<readonly Entry[]> {
  const trusted = new Set(fingerprintsIn((await readIfThere(bundle)) ?? ''));
  // With subfolders and links: systems take both in.
  const files = await readdir(anchors, { recursive: true });
  const entries = await Promise.all(
    files.map(async (name): Promise<Entry> => {
      const file = join(anchors, name);
      const fingerprints = fingerprintsIn(await readFile(file, 'utf8').catch(() => ''));
      return {
        label: file,
        fingerprints,
        trusted: fingerprints.some((fingerprint) => trusted.has(fingerprint)),
      };
    }),
  );
  const anchored = new Set(entries.flatMap(({ fingerprints }) => fingerprints));
  // What lost its anchor stays trusted until the bundle is made again.
  const orphans = [...trusted].filter((fingerprint) => !anchored.has(fingerprint));
  return [
    ...entries,
    ...orphans.map((fingerprint) => ({
      label: bundle,
      fingerprints: [fingerprint],
      trusted: true,
    })),
  ];
}

/** By OpenSSL, with the system's bundle and nothing else. */
async function tryBundle({ bundle }: AnchorSystem, run: Run, trial: Trial): Promise<boolean> {
  const { file, name } = trial;
  const named = [isIP(name) === 0 ? '-verify_hostname' : '-verify_ip', name];
  const args = ['verify', '-no-CApath', '-CAfile', bundle, '-purpose', 'sslserver', ...named, file];
  return (await run({ program: 'openssl', args })).exitCode === 0;
}
