import type { KeyObject, X509Certificate } from 'node:crypto';
import { ExplainedError, type Problem } from '../../system/errors.ts';
import { parseServerName } from '../../project/domain.ts';
import type { Bundle, BundleKey } from '../encoding/bundle.ts';
import { findChain } from '../inspect/chain-search.ts';
import { hasReadableDates } from '../inspect/date-problems.ts';
import { readCommonName } from '../encoding/distinguished-name.ts';
import { findImportWarnings } from './import-warnings.ts';
import type { ImportWarning } from '../inspect/certificate-state.ts';
import { describeKeyType, isSameKey, isServable, SERVABLE_KEYS } from '../encoding/key-type.ts';
import { coversName, readNames } from '../inspect/certificate-names.ts';
import { readPublicRoots, type PublicRoots } from '../inspect/system-roots.ts';
import type { PemFiles } from '../issue/issuer.ts';

/** What an import will put in place, and what a user should know before it does. */
export interface ImportPlan {
  readonly key: KeyObject;
  /**
   * What the key was encrypted with, in the files or in the workspace; it may keep that passphrase.
   */
  readonly passphrase?: string;
  readonly leaf: X509Certificate;
  readonly anchor: X509Certificate;
  /** Whether it has an authority of its own, which clients do not trust by default. */
  readonly bringsAuthority: boolean;
  /** The content of the files, the key not encrypted. */
  readonly files: PemFiles;
  readonly warnings: readonly ImportWarning[];
}

export interface ImportContext {
  readonly domain: string;
  /** The workspace's present key, for the certificate that was requested with it. */
  readonly ownKey: BundleKey | undefined;
  readonly now?: Date;
  readonly roots?: PublicRoots;
}

interface Match {
  readonly leaf: X509Certificate;
  readonly key: BundleKey;
}

const MOST_CERTIFICATES = 100;

/** Problems that one more file may solve. */
const NEEDS_MORE_FILES = new Set([
  'import-certificate-missing',
  'import-key-missing',
  'import-key-mismatch',
  'import-issuer-missing',
]);

/** Whether an import lacks a part that may be in a file which was not chosen. */
export function needsMoreFiles({ code }: Problem): boolean {
  return NEEDS_MORE_FILES.has(code);
}

/**
 * Makes a server's pair out of all that was found: the key, the certificate it belongs to, its
 * chain, and the authority that clients need.
 *
 * @throws ExplainedError `import-certificate-missing`, `import-too-many-certificates`,
 *   `import-key-missing`, `import-key-mismatch`, `import-issuer-missing`, `import-dates-unreadable`,
 *   `unsupported-key`
 */
export async function planImport(
  bundle: Bundle,
  { domain, ownKey, now = new Date(), roots = readPublicRoots() }: ImportContext,
): Promise<ImportPlan> {
  const { key, leaf } = chooseMatch(bundle, ownKey, domain);
  refuseUnreadableDates(leaf);
  const found = findChain(leaf, bundle.certificates, (signed) => roots.findIssuers(signed), now);
  if (found.kind === 'incomplete') throw explainMissingIssuer(found.top);
  const { anchor, intermediates } = found;
  // Every client has a public root, so a server need not send it.
  const path = [leaf, ...intermediates, ...(anchor === leaf ? [] : [anchor])];
  const chain = anchor !== leaf && roots.has(anchor) ? path.slice(0, -1) : path;
  path.forEach(refuseUnreadableDates);
  const files = {
    key: key.key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: chain.map(String).join(''),
    ca: anchor.toString(),
  };
  return {
    leaf,
    key: key.key,
    anchor,
    bringsAuthority: anchor !== leaf && anchor.ca && !roots.has(anchor),
    files,
    ...(key.passphrase === undefined ? {} : { passphrase: key.passphrase }),
    warnings: await findImportWarnings(files, path, { domain, now }),
  };
}

function chooseMatch(
  { certificates, keys, others = [] }: Bundle,
  ownKey: BundleKey | undefined,
  domain: string,
): Match {
  if (certificates.length === 0) {
    throw new ExplainedError({
      code: 'import-certificate-missing',
      what: 'There is no certificate in what was chosen.',
      ...whyNot(others),
      next: 'Choose its file too: .pem, .crt, .cer, .p7b or .p12.',
    });
  }
  if (new Set(certificates.map(({ fingerprint256 }) => fingerprint256)).size > MOST_CERTIFICATES) {
    throw new ExplainedError({
      code: 'import-too-many-certificates',
      what: `There are more than ${MOST_CERTIFICATES} certificates in what was chosen.`,
      why: 'A server’s chain has two or three.',
      next: 'Choose the files of this server’s certificate only.',
    });
  }
  const matches = findMatches(certificates, keys);
  const ownMatches = matches.length > 0 || !ownKey ? [] : findMatches(certificates, [ownKey]);
  const [best] = rankMatches([...matches, ...ownMatches], domain);
  if (!best) throw explainMissingKey(certificates, keys, others);
  refuseUnsupported(best.key.key);
  if (best.key.passphrase !== undefined || !ownKey) return best;
  if (!isSameKey(ownKey.key, best.key.key)) return best;
  // The key came without a passphrase, but here it has one, which it may keep.
  return { ...best, key: ownKey };
}

function findMatches(
  certificates: readonly X509Certificate[],
  keys: readonly BundleKey[],
): readonly Match[] {
  return keys.flatMap((key) =>
    certificates
      .filter((certificate) => certificate.checkPrivateKey(key.key))
      .map((leaf) => ({ leaf, key })),
  );
}

/**
 * A server's certificate first, then one for the domain, then the one that lasts longest, then the one
 * with more names: ours may have one for the host names alone beside it.
 */
function rankMatches(matches: readonly Match[], domain: string): readonly Match[] {
  const name = parseServerName(domain);
  const rank = ({ leaf }: Match): number =>
    (leaf.ca ? 0 : 2) + (coversName(readNames(leaf), name) ? 1 : 0);
  const end = ({ leaf }: Match): number => new Date(leaf.validTo).getTime();
  const size = ({ leaf }: Match): number => readNames(leaf).servers.length;
  return matches.toSorted(
    (one, other) => rank(other) - rank(one) || end(other) - end(one) || size(other) - size(one),
  );
}

function explainMissingKey(
  certificates: readonly X509Certificate[],
  keys: readonly BundleKey[],
  others: readonly string[],
): ExplainedError {
  const subjects = certificates.filter(({ ca }) => !ca).map(describeSubject);
  const whose =
    subjects.length > 0 ? ` It is the one that ${subjects.join(' or ')} was made with.` : '';
  return keys.length === 0
    ? new ExplainedError({
        code: 'import-key-missing',
        what: 'There is no private key in what was chosen.',
        ...whyNot(others),
        next: `Choose its file too: .key, .pem or .p12.${whose}`,
      })
    : new ExplainedError({
        code: 'import-key-mismatch',
        what: 'The private key belongs to none of the certificates.',
        next: `Choose the right one too.${whose}`,
      });
}

/** What was perhaps chosen instead of what is missing. */
function whyNot(others: readonly string[]): Pick<Problem, 'why'> {
  return others.length > 0 ? { why: others.join(' ') } : {};
}

function refuseUnsupported(key: KeyObject): void {
  if (isServable(key)) return;
  throw new ExplainedError({
    code: 'unsupported-key',
    what: 'Many TLS clients do not take a key of this kind.',
    why: `It is ${describeKeyType(key)}.`,
    next: `Use ${SERVABLE_KEYS}.`,
  });
}

function refuseUnreadableDates(certificate: X509Certificate): void {
  if (hasReadableDates(certificate)) return;
  throw new ExplainedError({
    code: 'import-dates-unreadable',
    what: `The certificate of "${describeSubject(certificate)}" has dates that cannot be read.`,
    why: 'No client can tell whether it is valid.',
    next: 'Have a new one made where it came from.',
  });
}

function explainMissingIssuer(top: X509Certificate): ExplainedError {
  const [address] = top.infoAccess?.match(/(?<=CA Issuers - URI:)\S+/) ?? [];
  return new ExplainedError({
    code: 'import-issuer-missing',
    what: `The chain is not whole: the certificate of "${readCommonName(top.issuer)}" is missing.`,
    why: `It signed "${describeSubject(top)}", and without it no client can verify the server.`,
    next: `Choose its file too.${address === undefined ? '' : ` You can get it at ${address}.`}`,
  });
}

function describeSubject({ subject }: X509Certificate): string {
  return readCommonName(subject);
}
