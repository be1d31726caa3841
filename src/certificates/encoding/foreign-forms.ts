import { createPublicKey } from 'node:crypto';
import { quietly } from '../../system/quietly.ts';
import * as x509 from './x509.ts';

/** A form that holds no certificate and no key for a server, or none that can be read here. */
export interface ForeignForm {
  /** What it is, after "It is". */
  readonly what: string;
  /** How to get what is wanted, as a sentence. */
  readonly cure: string;
  /** Whether it may lie among the files of a server, so that an import just passes it over. */
  readonly isHarmless: boolean;
}

const harmless = (what: string, cure: string): ForeignForm => ({ what, cure, isHarmless: true });
const useless = (what: string, cure: string): ForeignForm => ({ what, cure, isHarmless: false });

const OTHER_KEY = 'Choose the key that the certificate was requested with.';

const REQUEST = harmless(
  'a certificate request (CSR)',
  'Send it to an authority, then import the certificate that you get back.',
);
const PUBLIC_KEY = harmless('a public key', 'A server needs the private key that belongs to it.');
const REVOCATIONS = harmless(
  'a list of revoked certificates (CRL)',
  'Choose the certificate itself.',
);
const SSH_KEY = useless(
  'a key for SSH, not for TLS',
  `${OTHER_KEY} If it is this one, convert a copy: ssh-keygen -p -m PKCS8 -f COPY.`,
);
const ARCHIVE = useless('an archive (ZIP or gzip)', 'Unpack it, and choose the files in it.');
const oldJavaStore = (name: string): ForeignForm =>
  useless(
    `a Java key store of an old form (${name})`,
    'Convert it: keytool -importkeystore -srckeystore OLD -destkeystore NEW.p12 -deststoretype pkcs12.',
  );

const BY_LABEL: readonly (readonly [RegExp, ForeignForm])[] = [
  [/CERTIFICATE REQUEST$/, REQUEST],
  [/PUBLIC KEY$/, PUBLIC_KEY],
  [/CRL$/, REVOCATIONS],
  [/PARAMETERS$/, harmless('a file of parameters', 'Choose the certificate and its private key.')],
  [/^(OPENSSH|SSH2).* PRIVATE KEY$/, SSH_KEY],
  [
    /^TSS2? .*PRIVATE KEY$|^TSS2 KEY BLOB$/,
    useless(
      'a key that a security chip (TPM) holds, so it cannot be moved',
      'Request a certificate for a key that is a file.',
    ),
  ],
  [/^PGP /, useless('a file of PGP, not of TLS', OTHER_KEY)],
];

/** By their first bytes. */
const BY_BYTES: readonly (readonly [hex: string, ForeignForm])[] = [
  ['feedfeed', oldJavaStore('JKS')],
  ['cececece', oldJavaStore('JCEKS')],
  [
    '1ef1b5b0',
    useless(
      'a private key in an old form of Windows (PVK)',
      'Convert it: openssl rsa -inform PVK -in OLD -out NEW.pem.',
    ),
  ],
  [
    '0000000043455254',
    useless(
      'a certificate store of Windows (SST)',
      'Export the certificate from it as .pfx with its key, or as .p7b.',
    ),
  ],
  ['504b0304', ARCHIVE],
  ['1f8b08', ARCHIVE],
];

const BY_TEXT: readonly (readonly [RegExp, ForeignForm])[] = [
  [/^PuTTY-User-Key-File-/m, useless('a key for SSH in PuTTY’s form, not for TLS', OTHER_KEY)],
  [/^---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----/m, SSH_KEY],
  [/^---- BEGIN SSH2 PUBLIC KEY ----|^(ssh-|ecdsa-sha2-)\S+ AAAA/m, PUBLIC_KEY],
  [
    /^\s*<(!doctype html|html)/i,
    useless('a web page', 'Download the certificate again. The page may ask you to log in first.'),
  ],
  [
    /[‐-―−] ?BEGIN [A-Z\d ]|BEGIN [A-Z\d ]{1,40}[‐-―−]/,
    useless(
      'a PEM text whose hyphens became dashes, as word processors and chats make them',
      'Get the file itself, or write each of them as five hyphens (-----).',
    ),
  ],
  [
    /^-{1,4}BEGIN [A-Z\d ]+-|-----BEGIN [A-Z\d ]+-{0,4}(?!-)/m,
    useless(
      'a PEM text whose first line is damaged',
      'Write it with five hyphens on either side, such as -----BEGIN CERTIFICATE-----.',
    ),
  ],
];

/** What a PEM block holds by its label, where a server has no use for it. */
export function findForeignLabel(label: string): ForeignForm | undefined {
  return BY_LABEL.find(([pattern]) => pattern.test(label))?.[1];
}

/** The same for bytes that are not PEM. */
export function findForeignBytes(content: Buffer): ForeignForm | undefined {
  const start = content.toString('hex', 0, 8);
  return BY_BYTES.find(([hex]) => start.startsWith(hex))?.[1] ?? findForeignDer(content);
}

/** The same for a text without PEM and without useful Base64. */
export function findForeignText(text: string): ForeignForm | undefined {
  return BY_TEXT.find(([pattern]) => pattern.test(text))?.[1];
}

function findForeignDer(der: Buffer): ForeignForm | undefined {
  if (quietly(() => new x509.Pkcs10CertificateRequest(der))) return REQUEST;
  if (quietly(() => new x509.X509Crl(der))) return REVOCATIONS;
  const isPublic = (['spki', 'pkcs1'] as const).some((type) =>
    quietly(() => createPublicKey({ key: der, format: 'der', type })),
  );
  return isPublic ? PUBLIC_KEY : undefined;
}
