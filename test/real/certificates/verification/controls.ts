import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { loadAuthority } from '../../../../src/certificates/authorities/authority-store.ts';
import type { Authority } from '../../../../src/certificates/issue/issuer.ts';
import type { CertificateFiles } from '../../../../src/project/certificate-files.ts';
import { issueLeaf } from '../../../../src/certificates/issue/leaf.ts';
import { toPem } from '../../../../src/certificates/issue/profile.ts';
import { parseServerName } from '../../../../src/project/domain.ts';
import { makePair, type Recipe, type Served } from './subjects.ts';

/** What a server must be refused for. */
export type Fault = 'name' | 'validity' | 'foreign' | 'constraints' | 'signer';

/** A server that is to be refused: who accepts it verifies nothing, or not that. */
export interface Control {
  readonly title: string;
  readonly fault: Fault;
  readonly name: string;
  readonly make: () => Promise<Served>;
}

// No addresses: BoringSSL would refuse all of them for the constraint, whatever their fault.
const names = ['localhost', '*.chroma.test'] as const;
const localCa: Recipe = { kind: 'local-ca', keyType: 'ecdsa-p256', names };
const selfSigned: Recipe = { kind: 'self-signed', keyType: 'ecdsa-p256', names };

const YEAR = 365 * 86_400_000;
const longAgo = new Date(Date.now() - 2 * YEAR);
const nextYear = new Date(Date.now() + YEAR);

export const CONTROLS: readonly Control[] = [
  control('name', 'another host name', 'other.test', () => makePair(localCa)),
  control('name', 'another address', '::1', () =>
    makePair({ ...selfSigned, names: ['127.0.0.1'] }),
  ),
  control('name', 'two labels for a wildcard', 'two.one.chroma.test', () => makePair(localCa)),
  control('validity', 'expired', 'localhost', () => makePair(localCa, { now: longAgo })),
  control('validity', 'not valid yet', 'localhost', () => makePair(localCa, { now: nextYear })),
  control('validity', 'expired, self-signed', 'localhost', () =>
    makePair(selfSigned, { now: longAgo }),
  ),
  control('foreign', 'signed by another authority of the same name', 'localhost', () =>
    makeForeign(localCa),
  ),
  control('foreign', 'another self-signed one of the same name', 'localhost', () =>
    makeForeign(selfSigned),
  ),
  control('constraints', 'a host name signed with the stolen authority key', 'evil.test', () =>
    makeByStolenAuthority('evil.test'),
  ),
  control('constraints', 'an address signed with the stolen authority key', '::1', () =>
    makeByStolenAuthority('::1'),
  ),
  // A name within the authority's constraints: only CA:FALSE stands against it.
  control(
    'signer',
    'a host name signed with the stolen key of a server',
    'two.one.chroma.test',
    () => makeByStolenServerKey(localCa, 'two.one.chroma.test'),
  ),
  control(
    'signer',
    'a host name signed with the stolen key of a self-signed server',
    'evil.test',
    () => makeByStolenServerKey(selfSigned, 'evil.test'),
  ),
];

function control(fault: Fault, title: string, name: string, make: Control['make']): Control {
  return { fault, title, name, make };
}

/** Nobody is ever told to trust the authority behind it: Chromium trusts all it is told at once. */
async function makeForeign(recipe: Recipe): Promise<Served> {
  return { ...(await makePair(recipe)), ca: (await makePair(recipe)).ca };
}

async function makeByStolenAuthority(name: string): Promise<Served> {
  const files = await makePair(localCa);
  const authority = await loadAuthority(files.workspace);
  if (!authority) throw new Error('The authority was not kept.');
  return serveSignedBy(authority, name, files);
}

async function makeByStolenServerKey(recipe: Recipe, name: string): Promise<Served> {
  const files = await makePair(recipe);
  return serveSignedBy(await readServer(files), name, files);
}

/** A server's certificate and key, taken for what they are not: an authority. */
async function readServer({ certificate, key }: CertificateFiles): Promise<Authority> {
  return {
    certificate: new X509Certificate(await readFile(certificate)),
    privateKey: createPrivateKey(await readFile(key)),
  };
}

async function serveSignedBy(
  signer: Authority,
  name: string,
  files: CertificateFiles,
): Promise<Served> {
  const { certificate, keyPem } = await issueLeaf(signer, {
    names: [parseServerName(name)],
    keyType: 'ecdsa-p256',
    days: 30,
    now: new Date(),
  });
  const rest = await readFile(files.certificate, 'utf8');
  await writeFile(files.certificate, toPem(certificate) + rest);
  await writeFile(files.key, keyPem);
  return files;
}
