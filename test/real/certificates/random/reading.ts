import { createHash, type KeyObject, type X509Certificate } from 'node:crypto';
import { isIPv4 } from 'node:net';
import * as x509 from '../../../../src/certificates/encoding/x509.ts';

/** The names as Node.js (OpenSSL) reads them, in the form of `expectedNames`. */
export function namesByNode({ subjectAltName = '' }: X509Certificate): readonly string[] {
  const kinds: Readonly<Record<string, string>> = {
    DNS: 'dns',
    'IP Address': 'ip',
    URI: 'uri',
    email: 'email',
  };
  return subjectAltName.split(', ').map((entry) => {
    const [, type = '', value = ''] = /^([^:]+):(.*)$/s.exec(entry) ?? [];
    const kind = kinds[type] ?? type;
    return `${kind}:${kind === 'ip' ? addressBytes(value) : value}`;
  });
}

/** The names as `@peculiar/x509` reads them, in the form of `expectedNames`. */
export function namesByPeculiar(certificate: x509.X509Certificate): readonly string[] {
  const found = certificate.getExtension(x509.SubjectAlternativeNameExtension);
  const kinds: Readonly<Record<string, string>> = { url: 'uri' };
  return (found?.names.items ?? []).map(({ type, value }) => {
    const kind = kinds[type] ?? type;
    return `${kind}:${kind === 'ip' ? addressBytes(value) : value}`;
  });
}

/** The identifier RFC 5280 section 4.2.1.2 (1) gives a key: the SHA-1 of its bits. */
export function keyIdentifier(key: KeyObject): string {
  const bits =
    key.asymmetricKeyType === 'rsa'
      ? key.export({ type: 'pkcs1', format: 'der' })
      : // An uncompressed point of P-256 ends the structure.
        key.export({ type: 'spki', format: 'der' }).subarray(-65);
  return createHash('sha1').update(bits).digest('hex');
}

/** An address as its bytes in hex. */
function addressBytes(address: string): string {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number)).toString('hex');
  const [head = [], tail = []] = address
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail].map((group) => group.toLowerCase().padStart(4, '0')).join('');
}
