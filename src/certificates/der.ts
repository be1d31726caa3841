import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Bundle, BundleFile } from './bundle.ts';
import { openPkcs8, parsePkcs8 } from './encrypted-key.ts';
import { parsePkcs12, readPkcs12 } from './pkcs12/read.ts';
import type { Unlock } from './unlock.ts';
import * as x509 from './x509.ts';

/**
 * What a binary file holds: a certificate, a key, or a store of both.
 *
 * @throws Error that says in a few words what is wrong; what `unlock` throws
 */
export async function readDer(file: BundleFile, unlock: Unlock): Promise<Bundle> {
  if (file.content.subarray(0, 4).toString('hex') === 'feedfeed') {
    throw new Error(
      'It is a Java key store of the old form (JKS); keytool -importkeystore -deststoretype pkcs12 converts it',
    );
  }
  // DER does not say what it is of, so each form is tried.
  const bundle =
    readCertificates(() => [new X509Certificate(file.content)]) ??
    (await readStore(file, unlock)) ??
    readKey(file.content) ??
    (await readEncryptedKey(file, unlock)) ??
    readCertificates(() => readPkcs7(file.content));
  if (!bundle) throw new Error('It is of an unknown form, or damaged');
  return bundle;
}

/** The certificates of a PKCS#7 file (`.p7b`). Throws where it is none. */
export function readPkcs7(der: ArrayBuffer | Uint8Array): readonly X509Certificate[] {
  return Array.from(
    new x509.X509Certificates(new Uint8Array(der)),
    ({ rawData }) => new X509Certificate(Buffer.from(rawData)),
  );
}

function readCertificates(read: () => readonly X509Certificate[]): Bundle | undefined {
  const certificates = quietly(read);
  return certificates && { certificates, keys: [] };
}

async function readStore(
  { name, content }: BundleFile,
  unlock: Unlock,
): Promise<Bundle | undefined> {
  const store = parsePkcs12(content);
  if (!store) return undefined;
  const { value, passPhrase } = await unlock(name, (phrase) => readPkcs12(store, phrase), '');
  const { certificates, keys } = value;
  return {
    certificates,
    keys: keys.map((key) => ({ key, ...(passPhrase === '' ? {} : { passPhrase }) })),
  };
}

function readKey(content: Buffer): Bundle | undefined {
  for (const type of ['pkcs8', 'pkcs1', 'sec1'] as const) {
    const key = quietly(() => createPrivateKey({ key: content, format: 'der', type }));
    if (key) return { certificates: [], keys: [{ key }] };
  }
  return undefined;
}

async function readEncryptedKey(
  { name, content }: BundleFile,
  unlock: Unlock,
): Promise<Bundle | undefined> {
  const encrypted = quietly(() => parsePkcs8(content));
  if (!encrypted) return undefined;
  const { value, passPhrase } = await unlock(name, (phrase) => openPkcs8(encrypted, phrase));
  return { certificates: [], keys: [{ key: value, passPhrase }] };
}

/** A form that something is not of is no failure: the next one is tried. */
export function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
