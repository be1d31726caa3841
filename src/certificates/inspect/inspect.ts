import { X509Certificate } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { ExplainedError, systemCode } from '../../system/errors.ts';
import { explainInvalidName, parseServerName } from '../../project/domain.ts';
import { parseCertificates } from '../encoding/pem-certificates.ts';
import { findDateProblems, hasReadableDates, readAuthorities } from './date-problems.ts';
import { validityOf } from '../issue/validity.ts';
import type {
  AuthorityDates,
  CertificateFacts,
  CertificateState,
  LeafProblem,
  CertificateProblem,
} from './certificate-state.ts';
import { readCommonName, toLine } from '../encoding/distinguished-name.ts';
import { readIfThere } from '../../system/files/replace-file.ts';
import { certificateFiles } from '../../project/certificate-files.ts';
import { isEncrypted, readKey } from '../encoding/key-file.ts';
import { describeKeyType } from '../encoding/key-type.ts';
import { coversName, readNames } from './certificate-names.ts';
import { findNamesLeaf } from './names-leaf.ts';
import { findProfileProblems } from './profile-problems.ts';
import { isSelfSigned } from './signatures.ts';
import { chooseAnchors, findPath } from './trust-anchors.ts';

/**
 * Reads what a certificates folder holds, and what is wrong with it. Bad content never throws.
 *
 * Clients differ in how they match a name; what counts here is what all of them accept, so a name
 * in the CN alone covers nothing.
 *
 * @param passphrase that of the key; only asked where the key has one
 * @param read gives the text of a file; from memory, where the files were read before
 */
export async function inspectCertificate(
  folder: string,
  domain: string,
  passphrase: () => Promise<string | undefined> = () => Promise.resolve(undefined),
  read: typeof readIfThere = readIfThere,
): Promise<CertificateState> {
  const files = certificateFiles(folder);
  try {
    const [certificatePem, keyPem, caPem, namesPem] = await Promise.all([
      ...[files.certificate, files.key, files.ca].map(read),
      read(files.names).catch(() => undefined),
    ]);
    if (certificatePem === undefined && keyPem === undefined) return { kind: 'none' };
    if (certificatePem === undefined) return broken('half-pair', 'servercert.pem is missing.');
    if (keyPem === undefined) return broken('half-pair', 'serverkey.pem is missing.');

    const chain = parseCertificates(certificatePem);
    const [leaf] = chain;
    if (!leaf) return broken('corrupt', 'servercert.pem is not a certificate.');
    if (!hasReadableDates(leaf)) {
      return broken('corrupt', 'servercert.pem has dates that cannot be read.');
    }
    const key = await readKey(keyPem, passphrase);
    if (key.kind === 'damaged') return broken('corrupt', key.message);
    if (key.kind === 'open' && !leaf.checkPrivateKey(key.key)) {
      return broken('mismatched-pair', 'serverkey.pem does not belong to servercert.pem.');
    }
    const { authorities, problems } = examineAuthority(leaf, chain, caPem);
    const names = findNamesLeaf(namesPem ?? '', chain);
    return {
      kind: 'present',
      facts: {
        ...describeLeaf(leaf, isEncrypted(keyPem), [
          ...(key.kind === 'locked' ? [{ code: 'key-locked', what: key.message } as const] : []),
          ...findNameProblems(leaf, domain),
          ...problems,
          ...(await findProfileProblems(leaf)),
          ...(await findModeProblems(files.key)),
        ]),
        ...(authorities ? { authorities } : {}),
        ...(names ? { namesFingerprint256: names.fingerprint256 } : {}),
      },
    };
  } catch (error) {
    if (error instanceof ExplainedError) return broken('unreadable', error.message);
    const code = systemCode(error) ?? '';
    // OpenSSL's errors have other codes, and their text does not help a user.
    if (code.startsWith('ERR_') || code === '' || !(error instanceof Error)) {
      return broken('corrupt', 'A file has a key or a signature of an unknown kind.');
    }
    return broken('unreadable', `The files cannot be read: ${error.message}.`);
  }
}

/**
 * Reads a certificate that someone else's server serves, its chain verified already.
 *
 * @param der as it came over the wire
 */
export function describeServed(der: Buffer, domain: string): CertificateFacts {
  const leaf = new X509Certificate(der);
  // Nothing is known of its key.
  return describeLeaf(leaf, false, findNameProblems(leaf, domain));
}

function broken(code: CertificateProblem['code'], what: string): CertificateState {
  return { kind: 'broken', problems: [{ code, what }] };
}

function describeLeaf(
  leaf: X509Certificate,
  keyEncrypted: boolean,
  problems: readonly CertificateProblem[],
): CertificateFacts {
  const { servers, others } = readNames(leaf);
  return {
    names: [...servers, ...others],
    issuer: toLine(leaf.issuer),
    issuerName: readCommonName(leaf.issuer),
    serial: leaf.serialNumber,
    ...validityOf(leaf),
    fingerprint256: leaf.fingerprint256,
    keyType: describeKeyType(leaf.publicKey),
    keyEncrypted,
    selfSigned: isSelfSigned(leaf),
    problems,
  };
}

/** What is wrong with a certificate by itself: its dates, or its names for a domain. */
export function findLeafProblems(
  leaf: X509Certificate,
  domain: string,
  now: Date,
): readonly LeafProblem[] {
  return [...findDateProblems(validityOf(leaf), now), ...findNameProblems(leaf, domain)];
}

function findNameProblems(leaf: X509Certificate, domain: string): readonly LeafProblem[] {
  const invalid = explainInvalidName(domain);
  if (invalid !== undefined) {
    const what = `${domain} cannot be the name of a server. ${invalid}`;
    return [{ code: 'invalid-name', what, action: 'setDomain' }];
  }
  const name = parseServerName(domain);
  const names = readNames(leaf);
  if (coversName(names, name)) return [];
  const instead = names.byKind.dns.includes(name.value)
    ? 'it lists that as a DNS name, and clients want it as an IP address'
    : names.servers.length > 0
      ? `only ${names.servers.join(', ')}`
      : 'it has no host name or address as subject alternative name';
  return [{ code: 'name-mismatch', what: `It does not cover ${name.display} (${instead}).` }];
}

/** The authorities above a certificate, and what is wrong with them. */
function examineAuthority(
  leaf: X509Certificate,
  chain: readonly X509Certificate[],
  caPem: string | undefined,
): {
  readonly authorities?: readonly AuthorityDates[];
  readonly problems: readonly CertificateProblem[];
} {
  const anchors = chooseAnchors(chain, caPem);
  if (caPem === undefined && anchors.length === 0) {
    const what = 'ca.pem is missing: nothing can verify it.';
    return { problems: [{ code: 'authority-missing', what }] };
  }
  const path = findPath(leaf, chain, anchors, new Date());
  if (!path) {
    const what = 'It was not signed by the authority in ca.pem.';
    return { problems: [{ code: 'chain-broken', what }] };
  }
  return readAuthorities(path);
}

async function findModeProblems(keyFile: string): Promise<readonly CertificateProblem[]> {
  if (process.platform === 'win32') return [];
  const { mode } = await stat(keyFile);
  return (mode & 0o077) === 0
    ? []
    : [
        {
          code: 'key-readable-by-others',
          what: 'serverkey.pem can be read by other users of this machine (chmod 600 it).',
        },
      ];
}
