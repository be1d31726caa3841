import { createPrivateKey, X509Certificate } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import {
  classifyBlock,
  decodeText,
  findBlocks,
  readCertificateBlock,
  type Block,
} from './bundle.ts';
import { findDateProblems, validityOf } from './date-problems.ts';
import { quietly } from './der.ts';
import { toLine } from './distinguished-name.ts';
import { describeExpiry } from './expiry.ts';
import { findKeyWarnings, findSignatureWarnings } from './import-warnings.ts';
import { isEncrypted } from './key-file.ts';
import { describeKeyType } from './key-type.ts';
import { readNames } from './names.ts';
import { findProfileProblems } from './profile-problems.ts';
import { findIssuers, isSelfSigned } from './signatures.ts';
import { readScope } from './trust/scope.ts';

/** One thing in a file, as a person reads it. */
export interface PemSection {
  readonly title: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
  /** What is wrong with it, as sentences. */
  readonly problems: readonly string[];
}

type Part =
  | { readonly kind: 'certificate'; readonly certificate: X509Certificate }
  | { readonly kind: 'key'; readonly block: string }
  | { readonly kind: 'ssh-key' }
  | { readonly kind: 'other'; readonly label: string }
  | { readonly kind: 'damaged'; readonly label: string };

/** Parts of a file that are compared each with each; a machine's bundle of authorities has 150. */
const MOST_COMPARED = 200;

/** The certificates of a file. */
interface Company {
  readonly all: readonly X509Certificate[];
  /** Those that a part is compared with: none where there are too many parts. */
  readonly compared: readonly X509Certificate[];
}

/**
 * What a file of certificates holds, in its order: PEM with any number of blocks, PKCS#7 among them,
 * or one certificate in DER. Of a private key only its kind is said. Bad content never throws.
 */
export async function describePem(content: Buffer, now: Date): Promise<readonly PemSection[]> {
  const parts = readParts(content);
  const all = parts.flatMap((part) => (part.kind === 'certificate' ? [part.certificate] : []));
  const company = { all, compared: parts.length > MOST_COMPARED ? [] : all };
  const sections: PemSection[] = [];
  for (const part of parts) {
    // A long file holds up nothing else meanwhile.
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
  if (!text.includes('-----BEGIN ')) {
    const certificate = quietly(() => new X509Certificate(content));
    return certificate ? [{ kind: 'certificate', certificate }] : [];
  }
  return findBlocks(text).flatMap(readBlock);
}

function readBlock(found: Block): readonly Part[] {
  const { block, label } = found;
  const kind = classifyBlock(found);
  switch (kind) {
    case 'certificates': {
      const certificates = quietly(() => readCertificateBlock(found));
      if (!certificates) return [{ kind: 'damaged', label }];
      return certificates.map((certificate) => ({ kind: 'certificate', certificate }));
    }
    case 'key':
      return [{ kind, block }];
    case 'ssh-key':
      return [{ kind }];
    case 'other':
      return [{ kind, label }];
  }
}

async function describePart(part: Part, company: Company, now: Date): Promise<PemSection> {
  switch (part.kind) {
    case 'certificate':
      return describeCertificate(part.certificate, company, now).catch(() =>
        describeDamaged('certificate'),
      );
    case 'key':
      return describeKey(part, company);
    case 'ssh-key':
      return { title: 'Private Key', facts: [['Kind', 'For SSH, not for TLS']], problems: [] };
    case 'other':
      return {
        title: `${part.label.charAt(0)}${part.label.slice(1).toLowerCase()}`,
        facts: [],
        problems: [],
      };
    case 'damaged':
      return describeDamaged(part.label.toLowerCase());
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
    problems: await findProblems(certificate, now),
  };
}

async function findProblems(certificate: X509Certificate, now: Date): Promise<readonly string[]> {
  const found = [
    ...findDateProblems(validityOf(certificate), now),
    ...(quietly(() => findKeyWarnings(certificate)) ?? []),
    ...(quietly(() => findSignatureWarnings([certificate])) ?? []),
    // What an authority is not to be held against is that it is one.
    ...(certificate.ca ? [] : await findProfileProblems(certificate).catch(() => [])),
  ];
  return found.map(({ message }) => message);
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

function describeKey({ block }: { readonly block: string }, { compared }: Company): PemSection {
  const title = 'Private Key';
  if (isEncrypted(block)) {
    return { title, facts: [['Protection', 'Encrypted with a pass phrase']], problems: [] };
  }
  const key = quietly(() => createPrivateKey(block));
  if (!key) return { title, facts: [], problems: ['It cannot be read.'] };
  const owner = compared.findIndex((certificate) =>
    quietly(() => certificate.checkPrivateKey(key)),
  );
  return {
    title,
    facts: [
      ['Kind', describeKeyType(key)],
      ['Protection', 'Not encrypted: whoever can read this file has it'],
      ...(owner === -1 ? [] : [['Belongs to', `Certificate ${owner + 1}`] as const]),
    ],
    problems: [],
  };
}

function describeDamaged(what: string): PemSection {
  return { title: 'Damaged', facts: [], problems: [`What says it is a ${what} cannot be read.`] };
}
