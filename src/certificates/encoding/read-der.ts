import { X509Certificate } from 'node:crypto';
import { fromBER } from 'asn1js';
import type { Bundle, BundleFile } from './bundle.ts';
import { openPkcs8, parsePkcs8 } from './encrypted-key.ts';
import { parsePkcs12, readPkcs12 } from './pkcs12/read.ts';
import { readPrivateKey } from './private-key.ts';
import { quietly } from '../../system/quietly.ts';
import type { Unlock } from './passphrase.ts';
import * as x509 from './x509.ts';

/**
 * Reads DER, whatever its name or label says: a certificate, a key, or a store of both.
 *
 * @returns undefined where it is none of these
 * @throws UnreadableError; what `unlock` throws
 */
export async function readDer(
  { name, content }: BundleFile,
  unlock: Unlock,
): Promise<Bundle | undefined> {
  // DER does not say what it holds, so each form is tried.
  const file = { name, content: trimAfter(content) };
  const certificates = readCertificates(file.content);
  if (certificates) return { certificates, keys: [] };
  const store = await readPkcs12Store(file, unlock);
  if (store) return store;
  const key = readPrivateKey(file.content);
  return key ? { certificates: [], keys: [{ key }] } : readEncryptedKey(file, unlock);
}

/** The certificates in DER: one, or those of a PKCS#7 file (`.p7b`); undefined where it is neither. */
export function readCertificates(content: Buffer): readonly X509Certificate[] | undefined {
  const der = trimAfter(content);
  return (
    quietly(() => [new X509Certificate(der)]) ??
    quietly(() =>
      Array.from(
        new x509.X509Certificates(new Uint8Array(der)),
        ({ rawData }) => new X509Certificate(Buffer.from(rawData)),
      ),
    )
  );
}

/** Cuts what follows: a line break, or OpenSSL's notes on a certificate's trust. */
function trimAfter(content: Buffer): Buffer {
  const offset = quietly(() => fromBER(new Uint8Array(content)).offset) ?? -1;
  return offset > 0 ? content.subarray(0, offset) : content;
}

async function readPkcs12Store(
  { name, content }: BundleFile,
  unlock: Unlock,
): Promise<Bundle | undefined> {
  const store = parsePkcs12(content);
  if (!store) return undefined;
  const { value, passphrase } = await unlock(name, (phrase) => readPkcs12(store, phrase), '');
  const { certificates, keys } = value;
  return {
    certificates,
    keys: keys.map((key) => ({ key, ...(passphrase === '' ? {} : { passphrase }) })),
  };
}

async function readEncryptedKey(
  { name, content }: BundleFile,
  unlock: Unlock,
): Promise<Bundle | undefined> {
  const encrypted = quietly(() => parsePkcs8(content));
  if (!encrypted) return undefined;
  const { value, passphrase } = await unlock(name, (phrase) => openPkcs8(encrypted, phrase));
  return { certificates: [], keys: [{ key: value, passphrase }] };
}
