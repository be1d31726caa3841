import type { X509Certificate } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { classifyBlock } from '../encoding/read-bundle.ts';
import { findDateProblems } from '../inspect/date-problems.ts';
import { validityOf } from '../issue/validity.ts';
import { readCertificates } from '../encoding/read-der.ts';
import { toLine } from '../encoding/distinguished-name.ts';
import { describeExpiry } from '../inspect/expiry.ts';
import { findForeignLabel } from '../encoding/foreign-forms.ts';
import { findKeyWarnings, findSignatureWarnings } from './import-warnings.ts';
import { describeKeyType } from '../encoding/key-type.ts';
import { readNames } from '../inspect/certificate-names.ts';
import { describeCut, findBlocks, type Block } from '../encoding/pem-blocks.ts';
import { readPrivateKey } from '../encoding/private-key.ts';
import { findProfileProblems } from '../inspect/profile-problems.ts';
import { quietly } from '../../system/quietly.ts';
import { findIssuers, isSelfSigned } from '../inspect/signatures.ts';
import { decodeBase64Runs, decodeText, hasPem } from '../encoding/pasted-text.ts';
import { readScope } from '../inspect/authority-scope.ts';

/** One thing in a file, as a user reads it. */
export interface PemSection {
  readonly title: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
  /** What is wrong with it, as sentences. */
  readonly problems: readonly string[];
}

/** What cannot be read, and why, as a sentence. */
interface Damaged {
  readonly kind: 'damaged';
  readonly problem: string;
}

type Part =
  | { readonly kind: 'certificate'; readonly certificate: X509Certificate }
  | { readonly kind: 'key'; readonly block: Block }
  | { readonly kind: 'other'; readonly label: string }
  | Damaged;

/**
 * Most parts of a file that are compared with each other; a machine's bundle of authorities has
 * 150.
 */
const MOST_COMPARED = 200;

/** The certificates of a file. */
interface Company {
  readonly all: readonly X509Certificate[];
  /** Those that a part is compared with: none where there are too many parts. */
  readonly compared: readonly X509Certificate[];
}

/**
 * What a file of certificates holds, in its order: PEM with any number of blocks, PKCS#7 among
 * them, or the same in DER or in Base64. Of a private key it shows only the kind. Bad content never
 * throws.
 */
export async function describePem(content: Buffer, now: Date): Promise<readonly PemSection[]> {
  const parts = readParts(content);
  const all = parts.flatMap((part) => (part.kind === 'certificate' ? [part.certificate] : []));
  const company = { all, compared: parts.length > MOST_COMPARED ? [] : all };
  const sections: PemSection[] = [];
  for (const part of parts) {
    // A long file must not block everything else.
    await setImmediate();
    sections.push(await describePart(part, company, now));
  }
  if (sections.length > 0) return sections;
  return [
    { title: 'Nothing to Show', facts: [], problems: ['There is no certificate in this file.'] },
  ];
}

function readParts(content: Buffer): readonly Part[] {
  const text = decodeText(content);
  if (hasPem(text)) {
    const { blocks, cut } = findBlocks(text);
    return [
      ...blocks.flatMap(splitBlock),
      // One is enough: in a file that is not PEM there may be thousands.
      ...cut.slice(0, 1).map((one) => ({ kind: 'damaged', problem: describeCut(one) }) as const),
    ];
  }
  return [content, ...decodeBase64Runs(text)]
    .flatMap((der) => readCertificates(der) ?? [])
    .map((certificate) => ({ kind: 'certificate', certificate }));
}

function splitBlock(found: Block): readonly Part[] {
  const { der, label } = found;
  switch (classifyBlock(found)) {
    case 'certificates': {
      const certificates = der && readCertificates(der);
      if (!certificates) return [damaged(label.toLowerCase())];
      return certificates.map((certificate) => ({ kind: 'certificate', certificate }));
    }
    case 'key':
      return [{ kind: 'key', block: found }];
    case 'foreign':
    case 'other':
      return [{ kind: 'other', label }];
  }
}

async function describePart(part: Part, company: Company, now: Date): Promise<PemSection> {
  switch (part.kind) {
    case 'certificate':
      return describeCertificate(part.certificate, company, now).catch(() =>
        describeDamaged(damaged('certificate')),
      );
    case 'key':
      return describeKey(part, company);
    case 'other':
      return describeOther(part.label);
    case 'damaged':
      return describeDamaged(part);
  }
}

async function describeCertificate(
  certificate: X509Certificate,
  company: Company,
  now: Date,
): Promise<PemSection> {
  const { all } = company;
  const { servers, others } = readNames(certificate);
  const names = [...servers, ...others].join(', ');
  const validity = validityOf(certificate);
  const days = [validity.notBefore, validity.notAfter].map((day) => day.toISOString().slice(0, 10));
  const index = all.indexOf(certificate) + 1;
  const subject = toLine(certificate.subject);
  return {
    title: `${certificate.ca ? 'Authority' : 'Certificate'}${all.length > 1 ? ` (${index} of ${all.length})` : ''}`,
    facts: [
      ['Subject', subject === '' ? 'None' : subject],
      // An authority is known by its subject, and seldom has names besides.
      ...(names === '' && certificate.ca ? [] : [['Names', names || 'None'] as const]),
      ['Signed by', describeIssuer(certificate, company)],
      ['Kind', describeRole(certificate)],
      ['Valid', `${days.join(' to ')} (${describeExpiry(validity.notAfter, now.getTime())})`],
      ['Key', quietly(() => describeKeyType(certificate.publicKey)) ?? 'Of an unknown kind'],
      ['Serial', certificate.serialNumber],
      ['SHA-256', certificate.fingerprint256],
    ],
    problems: await findCertificateProblems(certificate, now),
  };
}

async function findCertificateProblems(
  certificate: X509Certificate,
  now: Date,
): Promise<readonly string[]> {
  const found = [
    ...findDateProblems(validityOf(certificate), now),
    ...(quietly(() => findKeyWarnings(certificate)) ?? []),
    ...(quietly(() => findSignatureWarnings([certificate])) ?? []),
    // An authority is not blamed for being one.
    ...(certificate.ca ? [] : await findProfileProblems(certificate).catch(() => [])),
  ];
  return found.map(({ what }) => what);
}

function describeIssuer(certificate: X509Certificate, { all, compared }: Company): string {
  if (isSelfSigned(certificate)) return 'Itself';
  const name = toLine(certificate.issuer);
  if (compared.length === 0) return `${name} (not looked for among so many)`;
  const [issuer] = findIssuers(certificate, compared);
  return `${name} (${issuer ? `${all.indexOf(issuer) + 1} of ${all.length}` : 'not in this file'})`;
}

function describeRole(certificate: X509Certificate): string {
  if (!certificate.ca) return 'A server’s or a client’s own (leaf)';
  const names = quietly(() => readScope(certificate))?.names;
  return names
    ? `Authority (CA), for these names only: ${names.join(', ')}`
    : 'Authority (CA), for any name';
}

function describeKey({ block }: { readonly block: Block }, { compared }: Company): PemSection {
  const title = 'Private Key';
  const { der } = block;
  if (block.hasCipher || block.label.startsWith('ENCRYPTED ')) {
    return { title, facts: [['Protection', 'Encrypted with a passphrase']], problems: [] };
  }
  const key = der && quietly(() => readPrivateKey(der));
  if (!key) return { title, facts: [], problems: ['It cannot be read.'] };
  const owner = compared.findIndex((certificate) =>
    quietly(() => certificate.checkPrivateKey(key)),
  );
  return {
    title,
    facts: [
      ['Kind', describeKeyType(key)],
      ['Protection', 'Not encrypted: anyone who can read this file has it'],
      ...(owner === -1 ? [] : [['Belongs to', `Certificate ${owner + 1}`] as const]),
    ],
    problems: [],
  };
}

function describeOther(label: string): PemSection {
  const title = `${label.charAt(0)}${label.slice(1).toLowerCase()}`;
  const form = findForeignLabel(label);
  return { title, facts: form ? [['Kind', `Not for a server: ${form.what}`]] : [], problems: [] };
}

function damaged(what: string): Damaged {
  return { kind: 'damaged', problem: `What says it is a ${what} cannot be read.` };
}

function describeDamaged({ problem }: Damaged): PemSection {
  return { title: 'Damaged', facts: [], problems: [problem] };
}
