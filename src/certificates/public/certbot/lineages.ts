import type { X509Certificate } from 'node:crypto';
import { createPrivateKey } from 'node:crypto';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  ExplainedError,
  sayWhy,
  systemCode,
  toProblem,
  type Problem,
} from '../../../system/errors.ts';
import { readSmallFile } from '../../../system/files/replace-file.ts';
import { parseCertificates } from '../../encoding/pem-certificates.ts';
import type { CertbotFolders } from './certbot-folders.ts';
import { explainUnreadable } from './lineage-access.ts';

/** A certificate that certbot keeps and renews, under the name certbot has for it. */
export interface Lineage {
  readonly name: string;
  /** Absolute path of the folder of its links. */
  readonly live: string;
}

/** What a lineage holds now; all are PEM. */
export interface LineageContent {
  readonly lineage: Lineage;
  readonly leaf: X509Certificate;
  /** The leaf first. */
  readonly chain: string;
  readonly key: string;
}

/** A lineage as a list shows it. */
export type ListedLineage = Lineage &
  ({ readonly content: LineageContent } | { readonly problem: Problem });

/** The lineages of these folders, by name; what is wrong with one stands in its place. */
export async function listLineages(
  all: readonly CertbotFolders[],
): Promise<readonly ListedLineage[]> {
  const found = await Promise.all(
    all.map(async ({ config }) =>
      (await listNames(config)).map((name) => ({ name, live: join(config, 'live', name) })),
    ),
  );
  return Promise.all(
    found.flat().map(async (lineage) => {
      try {
        return { ...lineage, content: await readLineage(lineage) };
      } catch (error) {
        return { ...lineage, problem: toProblem(error) };
      }
    }),
  );
}

/**
 * The lineage of a name, in the first of the folders that has it.
 *
 * @throws ExplainedError `lineage-not-found`, naming those there are
 */
export async function findLineage(all: readonly CertbotFolders[], name: string): Promise<Lineage> {
  const known: string[] = [];
  for (const { config } of all) {
    const names = await listNames(config);
    if (names.includes(name)) return { name, live: join(config, 'live', name) };
    known.push(...names);
  }
  const folders = all.map(({ config }) => config).join(' or ');
  throw new ExplainedError({
    code: 'lineage-not-found',
    what: `certbot has no certificate called ${JSON.stringify(name)} in ${folders}.`,
    ...(known.length === 0 ? {} : { why: `Those it has are ${known.join(', ')}.` }),
    next: 'Name one that "certbot certificates" shows.',
    inTerminal: 'Name one that "certbot certificates" shows, or another folder with --config-dir.',
  });
}

/**
 * Follows the links of a lineage.
 *
 * @throws ExplainedError `lineage-not-readable`, `lineage-broken`
 */
export async function readLineage(lineage: Lineage): Promise<LineageContent> {
  const chain = await readLink(lineage, 'fullchain.pem');
  const key = await readLink(lineage, 'privkey.pem');
  const [leaf] = parseCertificates(chain);
  if (!leaf) throw explainBroken(lineage, 'Its fullchain.pem holds no certificate.');
  if (!opens(leaf, key)) {
    throw explainBroken(
      lineage,
      'Its privkey.pem is not the key of the certificate in fullchain.pem.',
    );
  }
  return { lineage, leaf, chain, key };
}

/** Whether a text is the key of a certificate. */
function opens(leaf: X509Certificate, key: string): boolean {
  try {
    return leaf.checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

/**
 * What stands in `renewal` is certbot's own list; a user other than root often sees no other. What is
 * only in `live` was put there by hand, and can be adopted as well.
 */
async function listNames(config: string): Promise<readonly string[]> {
  const [renewed, live] = await Promise.all([
    listFolder(join(config, 'renewal')),
    listFolder(join(config, 'live')),
  ]);
  const names = [
    ...renewed.flatMap((file) => (file.endsWith('.conf') ? [file.slice(0, -'.conf'.length)] : [])),
    ...live.filter((name) => name !== 'README'),
  ];
  return [...new Set(names)].toSorted();
}

async function listFolder(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

async function readLink(lineage: Lineage, file: string): Promise<string> {
  const path = join(lineage.live, file);
  try {
    return (await readSmallFile(path)).toString('utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    if (code === 'EACCES' || code === 'EPERM')
      throw explainUnreadable(lineage.name, lineage.live, path);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') {
      throw explainBroken(lineage, `${path} cannot be read. ${sayWhy(error)}`);
    }
    throw explainBroken(lineage, await sayWhatLacks(lineage, file));
  }
}

async function sayWhatLacks({ live }: Lineage, file: string): Promise<string> {
  const path = join(live, file);
  const link = await readlink(path).catch(() => undefined);
  if (link !== undefined) return `${path} leads to ${resolve(live, link)}, which is not there.`;
  const hasFolder = await lstat(live).then(
    () => true,
    () => false,
  );
  return hasFolder ? `There is no ${file} in ${live}.` : `There is no folder ${live}.`;
}

function explainBroken({ name }: Lineage, why: string): ExplainedError {
  return new ExplainedError({
    code: 'lineage-broken',
    what: `Files of certbot’s certificate ${name} are missing.`,
    why,
    next: `Bring its files back from a backup, or run "certbot delete --cert-name ${name}" and request it again.`,
  });
}
