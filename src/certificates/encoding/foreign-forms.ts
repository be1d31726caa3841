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

const REQUEST: ForeignForm = {
  what: 'a certificate request (CSR)',
  cure: 'Send it to an authority, then import the certificate that it answers with.',
  isHarmless: true,
};
const PUBLIC_KEY: ForeignForm = {
  what: 'a public key',
  cure: 'A server needs the private key that belongs to it.',
  isHarmless: true,
};
const REVOCATIONS: ForeignForm = {
  what: 'a list of revoked certificates (CRL)',
  cure: 'Choose the certificate itself.',
  isHarmless: true,
};
const PARAMETERS: ForeignForm = {
  what: 'a file of parameters',
  cure: 'Choose the certificate and its private key.',
  isHarmless: true,
};
const SSH_KEY: ForeignForm = {
  what: 'a key for SSH, not for TLS',
  cure: 'Choose the key that the certificate was requested with. If it is this one, convert a copy: ssh-keygen -p -m PKCS8 -f COPY.',
  isHarmless: false,
};
const PUTTY_KEY: ForeignForm = {
  what: 'a key for SSH in the form of PuTTY, not for TLS',
  cure: 'Choose the key that the certificate was requested with.',
  isHarmless: false,
};

const BY_LABEL: readonly (readonly [RegExp, ForeignForm])[] = [
  [/CERTIFICATE REQUEST$/, REQUEST],
  [/PUBLIC KEY$/, PUBLIC_KEY],
  [/CRL$/, REVOCATIONS],
  [/PARAMETERS$/, PARAMETERS],
  [/^(OPENSSH|SSH2).* PRIVATE KEY$/, SSH_KEY],
  [
    /^TSS2? .*PRIVATE KEY$|^TSS2 KEY BLOB$/,
    {
      what: 'a key that a security chip (TPM) holds, so it cannot be moved',
      cure: 'Have a certificate made for a key that is a file.',
      isHarmless: false,
    },
  ],
  [
    /^PGP /,
    {
      what: 'a file of PGP, not of TLS',
      cure: 'Choose the key that the certificate was requested with.',
      isHarmless: false,
    },
  ],
];

/** By their first bytes. */
const BY_BYTES: readonly (readonly [hex: string, ForeignForm])[] = [
  ...(['feedfeed', 'cececece'] as const).map(
    (hex) =>
      [
        hex,
        {
          what: `a Java key store of an old form (${hex === 'feedfeed' ? 'JKS' : 'JCEKS'})`,
          cure: 'Convert it: keytool -importkeystore -srckeystore OLD -destkeystore NEW.p12 -deststoretype pkcs12.',
          isHarmless: false,
        },
      ] as const,
  ),
  [
    '1ef1b5b0',
    {
      what: 'a private key in an old form of Windows (PVK)',
      cure: 'Convert it: openssl rsa -inform PVK -in OLD -out NEW.pem.',
      isHarmless: false,
    },
  ],
  [
    '0000000043455254',
    {
      what: 'a certificate store of Windows (SST)',
      cure: 'Export the certificate from it as .pfx with its key, or as .p7b.',
      isHarmless: false,
    },
  ],
  ...(['504b0304', '1f8b08'] as const).map(
    (hex) =>
      [
        hex,
        {
          what: 'an archive (ZIP or gzip)',
          cure: 'Unpack it, and choose the files in it.',
          isHarmless: false,
        },
      ] as const,
  ),
];

const BY_TEXT: readonly (readonly [RegExp, ForeignForm])[] = [
  [/^PuTTY-User-Key-File-/m, PUTTY_KEY],
  [/^---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----/m, SSH_KEY],
  [/^---- BEGIN SSH2 PUBLIC KEY ----|^(ssh-|ecdsa-sha2-)\S+ AAAA/m, PUBLIC_KEY],
  [
    /^\s*<(!doctype html|html)/i,
    {
      what: 'a web page',
      cure: 'Download the certificate again; the page may ask you to log in first.',
      isHarmless: false,
    },
  ],
  [
    /[‐-―−] ?BEGIN [A-Z\d ]|BEGIN [A-Z\d ]{1,40}[‐-―−]/,
    {
      what: 'a PEM text whose hyphens became dashes, as word processors and chats make them',
      cure: 'Get the file itself, or write each of them as five hyphens (-----).',
      isHarmless: false,
    },
  ],
  [
    /^-{1,4}BEGIN [A-Z\d ]+-|-----BEGIN [A-Z\d ]+-{0,4}(?!-)/m,
    {
      what: 'a PEM text whose first line is damaged',
      cure: 'Write it with five hyphens on either side, such as -----BEGIN CERTIFICATE-----.',
      isHarmless: false,
    },
  ],
];

/** What a PEM block is of by its label, where that is of no use for a server. */
export function findForeignLabel(label: string): ForeignForm | undefined {
  return BY_LABEL.find(([pattern]) => pattern.test(label))?.[1];
}

/** The same of bytes that are no PEM. */
export function findForeignBytes(content: Buffer): ForeignForm | undefined {
  const start = content.toString('hex', 0, 8);
  return BY_BYTES.find(([hex]) => start.startsWith(hex))?.[1] ?? findForeignDer(content);
}

/** The same of a text that holds neither PEM nor Base64 of any use. */
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
