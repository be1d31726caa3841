import assert from 'node:assert/strict';
import { CIPHER_SUITES, TLS_13_SUITES } from '../../src/proxy/cipher-suites.ts';
import { program } from './cli.ts';

/** What a TLS server agrees to, as sslscan found it out by asking for everything it knows. */
interface Offer {
  /** `TLSv1.2` and the like, with a suite each: `TLSv1.2 ECDHE-…`. */
  readonly suites: readonly string[];
  readonly protocols: readonly string[];
  readonly renegotiates: boolean;
}

/**
 * Asks the server on a port of this machine for every suite of every protocol.
 *
 * @param command sslscan
 */
async function scan(command: string, port: number): Promise<Offer> {
  const options = ['--no-colour', '--no-heartbleed', '--no-groups', '--no-check-certificate'];
  const { stdout, stderr } = await program(command, [
    ...options,
    ...['--sni-name=localhost', '--xml=-', `127.0.0.1:${port}`],
  ]);
  const elements = (name: string): readonly ReadonlyMap<string, string>[] =>
    [...stdout.matchAll(new RegExp(`<${name} ([^>]*)/>`, 'g'))].map(
      ([, attributes = '']) =>
        new Map(
          [...attributes.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [
            key,
            value,
          ]),
        ),
    );
  const suites = elements('cipher').map(
    (found) => `${found.get('sslversion') ?? ''} ${found.get('cipher') ?? ''}`,
  );
  assert.notEqual(suites.length, 0, `sslscan found no server: ${stdout}${stderr}`);
  return {
    suites,
    protocols: elements('protocol')
      .filter((found) => found.get('enabled') === '1')
      .map((found) => `${found.get('type') ?? ''} ${found.get('version') ?? ''}`),
    renegotiates: elements('renegotiation').some((found) => found.get('supported') === '1'),
  };
}

/**
 * A server offers just what our one list has for its kind of key, and no renegotiation.
 *
 * @param command sslscan
 */
export async function assertForwardSecrecy(
  command: string,
  port: number,
  key: 'ECDSA' | 'RSA',
): Promise<void> {
  const { suites, protocols, renegotiates } = await scan(command, port);
  const expected = [
    ...TLS_13_SUITES.map((suite) => `TLSv1.3 ${suite}`),
    ...CIPHER_SUITES.filter((suite) => suite.includes(key)).map((suite) => `TLSv1.2 ${suite}`),
  ];
  assert.deepEqual([...suites].sort(), expected.sort());
  assert.deepEqual(protocols, ['tls 1.2', 'tls 1.3']);
  assert.equal(renegotiates, false, 'it lets a client renegotiate');
}
