import { createPublicKey, type KeyObject } from 'node:crypto';
import { ExplainedError } from '../system/errors.ts';
import { explainInvalidName, parseServerName, type ServerName } from '../project/domain.ts';
import type { Authority } from './issue/issuer.ts';
import { loadAuthority } from './authorities/authority-store.ts';
import { describeKeyType, isServable, SERVABLE_KEYS } from './encoding/key-type.ts';
import { signLeaf } from './issue/leaf.ts';
import { validityOf } from './issue/validity.ts';
import { permitsNames } from './issue/name-constraints.ts';
import { toPem } from './issue/profile.ts';
import * as x509 from './encoding/x509.ts';

/**
 * What is taken from a certificate request: the key and the names. Anything else that it asks for (an
 * authority's rights, other usages) is ignored, because anyone can ask for it.
 */
export interface SigningRequest {
  readonly names: readonly ServerName[];
  readonly publicKey: KeyObject;
  /** As a user calls it. */
  readonly keyType: string;
}

export interface SignRequest {
  readonly workspace: string;
  readonly request: SigningRequest;
  /** From 1 to 3650. */
  readonly days: number;
  readonly now?: Date;
}

/**
 * Reads a certificate request (PKCS#10) in PEM or DER, and checks that its maker has the key.
 *
 * @throws ExplainedError `request-not-understood`, `request-not-signed`, `request-without-name`,
 *   `request-foreign-name`, `unsupported-key`
 */
export async function readRequest(content: Buffer): Promise<SigningRequest> {
  const request = parseRequest(content);
  const key = readRequestKey(request);
  const signed = await request.verify().catch(() => false);
  if (!signed) {
    throw new ExplainedError({
      code: 'request-not-signed',
      what: 'The certificate request is not signed by its own key.',
      why: 'Its maker may not have the key, or the file is damaged.',
      next: 'Make the request again.',
    });
  }
  const names = readRequestedNames(request);
  return { names, publicKey: key, keyType: describeKeyType(key) };
}

/**
 * Signs a request with the workspace's authority, with the same profile as our own certificates.
 *
 * @returns the certificate, then the authority, in PEM
 * @throws ExplainedError `no-authority-key`, `names-not-permitted`, `data-folder-not-usable`
 */
export async function signRequest({
  workspace,
  request: { names, publicKey },
  days,
  now = new Date(),
}: SignRequest): Promise<string> {
  const authority = await loadAuthority(workspace);
  if (!authority || validityOf(authority.certificate).notAfter <= now)
    throw explainNoAuthority(authority);
  const foreign = names.filter((name) => !permitsNames(authority.certificate, [name]));
  if (foreign.length > 0) {
    throw new ExplainedError({
      code: 'names-not-permitted',
      what: `This folder’s authority may not sign for ${foreign.map(({ display }) => display).join(', ')}.`,
      why: 'It signs only the names of its own server, so that a stolen key does little harm.',
      next: 'Add the names to chromaTls.certificate.additionalNames and generate the certificate again.',
      action: 'openSettings',
    });
  }
  return toPem(signLeaf(authority, publicKey, { names, days, now }), authority.certificate);
}

function parseRequest(content: Buffer): x509.Pkcs10CertificateRequest {
  try {
    const text = content.toString('latin1');
    if (!text.includes('-----BEGIN ')) return new x509.Pkcs10CertificateRequest(content);
    // keytool calls it a NEW one.
    const [block] = x509.PemConverter.decodeWithHeaders(text).filter(({ type }) =>
      type.endsWith('CERTIFICATE REQUEST'),
    );
    if (!block) throw new Error('There is no certificate request in it.');
    return new x509.Pkcs10CertificateRequest(block.rawData);
  } catch (error) {
    throw new ExplainedError(
      {
        code: 'request-not-understood',
        what: 'The file is not a certificate request (PKCS#10).',
        ...(error instanceof Error ? { why: error.message } : {}),
        next: 'Choose a .csr file, in PEM or DER.',
      },
      error,
    );
  }
}

/** The alternative names; where there are none, the common name, as in requests of old programs. */
function readRequestedNames(request: x509.Pkcs10CertificateRequest): readonly ServerName[] {
  const extension = request.extensions.find(
    (one) => one instanceof x509.SubjectAlternativeNameExtension,
  );
  const entries =
    extension?.names.items.map(({ type, value }) => ({ type, value })) ??
    request.subjectName.getField('CN').map((value) => ({ type: undefined, value }));
  if (entries.length === 0) {
    throw new ExplainedError({
      code: 'request-without-name',
      what: 'The certificate request names no server.',
      next: 'Make it again, with the names as subject alternative names.',
    });
  }
  return entries.map(({ type, value }) => readName(type, value));
}

/** @param type as the request has it; the name must have the form of that type */
function readName(type: string | undefined, value: string): ServerName {
  const name = explainInvalidName(value) === undefined ? parseServerName(value) : undefined;
  if (name && (type === undefined || type === name.kind)) return name;
  throw new ExplainedError({
    code: 'request-foreign-name',
    what: `The certificate request asks for ${JSON.stringify(value)}.`,
    why: 'This folder’s authority signs host names and IP addresses only.',
    next: 'Make it again without that name.',
  });
}

function readRequestKey({ publicKey }: x509.Pkcs10CertificateRequest): KeyObject {
  const key = createPublicKey({
    key: Buffer.from(publicKey.rawData),
    format: 'der',
    type: 'spki',
  });
  const bits = key.asymmetricKeyDetails?.modulusLength ?? Infinity;
  if (isServable(key) && bits >= 2048) return key;
  throw new ExplainedError({
    code: 'unsupported-key',
    what: `Clients do not take the key of the certificate request (${describeKeyType(key)}).`,
    next: `Make it again with ${SERVABLE_KEYS}.`,
  });
}

function explainNoAuthority(authority: Authority | undefined): ExplainedError {
  return new ExplainedError({
    code: 'no-authority-key',
    what: authority
      ? 'This folder’s authority has expired.'
      : 'This folder does not have the key of an authority.',
    why: authority
      ? 'Nobody would accept what it signs.'
      : 'Its certificate is self-signed or from elsewhere, or the key was not kept.',
    next: 'Generate the certificate again, with an authority whose key is kept.',
    action: 'generateCertificate',
  });
}
