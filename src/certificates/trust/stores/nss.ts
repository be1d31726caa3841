import { copyFile, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from '../../../system/errors.ts';
import type { Command } from '../../../system/processes/program.ts';
import { isAccessible } from '../../../system/files/replace-file.ts';
import {
  abbreviateFingerprint,
  fingerprintsIn,
  readOutput,
  type Change,
  type Entry,
  type Run,
  type Trial,
  type TrustStore,
} from './store.ts';

/** A folder with NSS's certificate database, or one that is to be made. */
export interface NssDatabase {
  readonly browser: 'Chromium' | 'Firefox';
  readonly folder: string;
  readonly exists: boolean;
}

/** What a folder with a database has in it. */
export const DATABASE_FILE = 'cert9.db';

/** A label of ours, with the start of the fingerprint. */
const LABELLED = /^chroma-tls-[\da-f]{16}-([\da-f]{16})$/;

/**
 * The certificate database of a browser.
 *
 * @param installTools the command that brings NSS's certutil, for a machine without it
 */
export function nssStore(database: NssDatabase, installTools: string | undefined): TrustStore {
  const { browser, folder } = database;
  return {
    id: `nss:${folder}`,
    name: browser,
    location: folder,
    users: 'this',
    needsRoot: false,
    takesLabels: true,
    missingProgram: describeMissingTools(browser, installTools),
    read: (run) => readNss(database, run),
    accepts: (run, trial) => tryNss(database, run, trial),
    change: (change) => changeNss(database, change),
  };
}

/** The nicknames in a database, with their trust. */
function listNicknames(folder: string): Command {
  return certutil(folder, '-L');
}

/** The certificates under a nickname, as PEM. */
function printCertificates(folder: string, nickname: string): Command {
  return certutil(folder, '-L', '-a', '-n', nickname);
}

/** The rows of `certutil -L`: a nickname, which may have spaces, and `SSL,S/MIME,JAR` flags. */
export function parseNicknames(
  output: string,
): readonly { readonly nickname: string; readonly trusted: boolean }[] {
  return output.split('\n').flatMap((line) => {
    // From its end: a nickname may have any number of spaces in it.
    const row = line.trimEnd();
    const flagsAt = row.search(/\s\S*$/) + 1;
    const [, forServers] = /^([a-z]*),[a-z]*,[a-z]*$/i.exec(row.slice(flagsAt)) ?? [];
    const nickname = row.slice(0, flagsAt).trimEnd();
    if (forServers === undefined || !/^\S/.test(nickname)) return [];
    return [{ nickname, trusted: forServers.includes('C') }];
  });
}

function changeNss({ folder, exists }: NssDatabase, { add, remove }: Change): readonly Command[] {
  return [
    ...remove.map(({ label }) => certutil(folder, '-D', '-n', label)),
    ...(add && !exists
      ? [
          { program: 'mkdir', args: ['-p', '-m', '0700', '--', folder] },
          certutil(folder, '-N', '--empty-password'),
        ]
      : []),
    // C: an authority for servers, and nothing else.
    ...(add
      ? [certutil(folder, '-A', '-t', 'C,,', '-n', add.label, '-i', add.authority.file)]
      : []),
  ];
}

/**
 * What is trusted for servers, or has a label of ours. By nickname NSS hands out every certificate
 * of the same subject, so a label of ours, which has the fingerprint, says which one is meant.
 */
async function readNss({ browser, folder }: NssDatabase, run: Run): Promise<Entry[]> {
  // Looked up again: a change of ours may have made it.
  if (!(await isAccessible(join(folder, DATABASE_FILE)))) return [];
  const what = `${browser}'s certificate database`;
  const rows = parseNicknames(await readOutput(run, listNicknames(folder), what));
  const entries: Entry[] = [];
  for (const { nickname, trusted } of rows) {
    const labelled = LABELLED.exec(nickname)?.[1];
    if (!trusted && labelled === undefined) continue;
    const printed = await readOutput(run, printCertificates(folder, nickname), what);
    const fingerprints = fingerprintsIn(printed);
    const meant = fingerprints.filter((one) => abbreviateFingerprint(one) === labelled);
    entries.push({
      label: nickname,
      fingerprints: meant.length > 0 ? meant : fingerprints,
      trusted,
    });
  }
  return entries;
}

/** On a copy of the certificates alone: the user's keys stay where they are. */
async function tryNss({ browser, folder }: NssDatabase, run: Run, trial: Trial): Promise<boolean> {
  // A browser that was never opened trusts what it brings along, and nothing of ours.
  if (!(await isAccessible(join(folder, DATABASE_FILE)))) return false;
  const copy = await mkdtemp(join(trial.folder, 'nss-'));
  await copyFile(join(folder, DATABASE_FILE), join(copy, DATABASE_FILE));
  const add = certutil(copy, '-A', '-t', ',,', '-n', 'trial', '-i', trial.file);
  await readOutput(run, add, `A copy of ${browser}'s certificate database`);
  return (await run(certutil(copy, '-V', '-u', 'V', '-n', 'trial'))).exitCode === 0;
}

function describeMissingTools(browser: string, installTools: string | undefined): Problem {
  return {
    code: 'nss-tools-missing',
    what: `${browser}'s certificate database can neither be read nor changed.`,
    why: 'That takes certutil, a program of NSS that is not on this machine.',
    ...(installTools === undefined
      ? { next: "Install NSS's tools, then try again." }
      : {
          next: `Install it (${installTools}), then try again.`,
          action: { terminal: installTools, label: 'Install in Terminal' },
        }),
  };
}

function certutil(folder: string, ...args: readonly string[]): Command {
  return { program: 'certutil', args: [...args, '-d', `sql:${folder}`] };
}
