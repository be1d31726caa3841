import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { before, describe, it } from 'mocha';
import { createAuthority } from '../../../src/certificates/issue/authority.ts';
import type { Authority, Leaf } from '../../../src/certificates/issue/issuer.ts';
import { issueLeaf, issueSelfSigned } from '../../../src/certificates/issue/leaf.ts';
import { toPem } from '../../../src/certificates/issue/profile.ts';
import * as x509 from '../../../src/certificates/encoding/x509.ts';
import { isServerName, resolveNames } from '../../../src/project/certificate-name.ts';
import { parseServerName, type ServerName } from '../../../src/project/domain.ts';
import { skipBecause } from '../../harness/skip-reasons.ts';
import { hasOpenssl } from '../../unit/certificates/workspace-fixture.ts';
import { expectedNames, names, type RandomName } from './random/names.ts';
import { outsiders } from './random/outsider.ts';
import { keyIdentifier, namesByNode, namesByPeculiar } from './random/reading.ts';

/** In parts, so that a busy machine has time enough for each. */
const PARTS = 10;
const RUNS_OF_PART = 50;
const RUNS = PARTS * RUNS_OF_PART;
const DAY = 86_400_000;

/** What to issue, at random. RSA keys take long to make, so they are few. */
const order = fc.record({
  names,
  days: fc.integer({ min: 1, max: 3650 }),
  keyType: fc.oneof(
    { weight: 40, arbitrary: fc.constant('ecdsa-p256' as const) },
    { weight: 1, arbitrary: fc.constant('rsa-2048' as const) },
  ),
  selfSigned: fc.oneof(
    { weight: 4, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
  /** Which of the names OpenSSL is asked for, and which forbidden one is tried. */
  pick: fc.nat(),
});

describe(`${RUNS} random certificates`, () => {
  let folder = '';
  const serials = new Set<string>();

  before(async function () {
    if (!hasOpenssl()) skipBecause(this, 'needs openssl');
    folder = await mkdtemp(join(tmpdir(), 'chroma-tls-random-'));
  });

  for (let part = 1; part <= PARTS; part += 1) {
    it(`name just what was asked for, verify, and sign nothing else (${part} of ${PARTS})`, async () => {
      await fc.assert(
        fc.asyncProperty(order, async (wanted) => {
          const now = new Date();
          const [first, ...more] = wanted.names.map(({ written }) => written);
          const resolved = resolveNames(first ?? '', more);
          const request = { names: resolved, keyType: wanted.keyType, days: wanted.days, now };
          const authority = wanted.selfSigned
            ? undefined
            : await createAuthority({ label: 'random', ...request });
          const leaf = authority
            ? await issueLeaf(authority, request)
            : await issueSelfSigned(request);

          assertNames(leaf, wanted.names);
          assertProfile(leaf, authority, wanted.days, now);
          const servers = resolved.filter(isServerName);
          assertMatches(leaf, servers);

          const asked = servers[wanted.pick % servers.length];
          assert.ok(asked);
          const forbidden = outsiders(servers);
          const outside = parseServerName(forbidden[wanted.pick % forbidden.length] ?? '');
          await assertVerdicts(
            asked,
            leaf,
            authority && {
              authority,
              // It has the name that is asked for too, so only the constraint speaks against it.
              outsider: await issueLeaf(authority, { ...request, names: [...resolved, outside] }),
            },
          );
        }),
        { numRuns: RUNS_OF_PART },
      );
    });
  }

  it('have serial numbers of 128 random bits', () => {
    assert.ok(serials.size >= RUNS);
    // Of a number of 128 random bits every second has its highest bit set.
    const high = [...serials].filter((serial) => /^[89A-F].{31}$/.test(serial)).length;
    assert.ok(high > serials.size / 4 && high < (serials.size * 3) / 4, `${high} are high`);
  });

  function assertNames({ certificate }: Leaf, wanted: readonly RandomName[]): void {
    const expected = expectedNames(wanted);
    assert.deepEqual(namesByNode(certificate), expected);
    assert.deepEqual(namesByPeculiar(new x509.X509Certificate(certificate.raw)), expected);
  }

  function assertProfile(
    { certificate: read, keyPem }: Leaf,
    authority: Authority | undefined,
    days: number,
    now: Date,
  ): void {
    const issuer = authority?.certificate ?? read;
    assert.ok(read.verify(issuer.publicKey));
    assert.equal(read.issuer, issuer.subject);
    assert.ok(read.checkPrivateKey(createPrivateKey(keyPem)));
    assert.equal(read.ca, false);
    // Node.js puts a minus in front of a negative one.
    assert.match(read.serialNumber, /^[\dA-F]{16,32}$/);
    assert.ok(!serials.has(read.serialNumber), 'the serial number was given before');
    serials.add(read.serialNumber);

    const from = new Date(read.validFrom).getTime();
    const until = new Date(read.validTo).getTime();
    assert.ok(from <= now.getTime() && from > now.getTime() - DAY);
    // Both ends belong to it.
    assert.equal(until - from + 1000, days * DAY);
    assert.ok(new Date(issuer.validTo).getTime() >= until);

    const certificate = new x509.X509Certificate(read.raw);
    const own = certificate.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId;
    const its = certificate.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId;
    assert.equal(own, keyIdentifier(read.publicKey));
    assert.equal(its, keyIdentifier(issuer.publicKey));
  }

  function assertMatches({ certificate: read }: Leaf, servers: readonly ServerName[]): void {
    for (const server of servers) {
      const { kind, value } = server;
      if (kind === 'ip') assert.ok(read.checkIP(value), value);
      else assert.ok(read.checkHost(hostFor(server)), value);
    }
    assert.equal(read.checkHost('elsewhere.invalid'), undefined);
  }

  /** OpenSSL, strictly: the leaf is the server of that name, and the outsider is refused. */
  async function assertVerdicts(
    asked: ServerName,
    leaf: Leaf,
    signed: { readonly authority: Authority; readonly outsider: Leaf } | undefined,
  ): Promise<void> {
    await writeFile(join(folder, 'leaf.pem'), toPem(leaf.certificate));
    await writeFile(
      join(folder, 'ca.pem'),
      toPem(signed ? signed.authority.certificate : leaf.certificate),
    );
    if (signed) await writeFile(join(folder, 'outsider.pem'), toPem(signed.outsider.certificate));
    const output = await openssl([
      ...['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', 'ca.pem'],
      ...(asked.kind === 'ip' ? ['-verify_ip', asked.value] : ['-verify_hostname', hostFor(asked)]),
      'leaf.pem',
      ...(signed ? ['outsider.pem'] : []),
    ]);
    assert.match(output, /^leaf\.pem: OK$/m, output);
    if (!signed) return;
    assert.match(output, /^error outsider\.pem: verification failed$/m, output);
    assert.match(output, /(permitted|excluded) subtree violation/, output);
  }

  /** Everything it says; a certificate that is refused is no failure here. */
  function openssl(args: readonly string[]): Promise<string> {
    return new Promise((resolve) => {
      execFile('openssl', args, { cwd: folder }, (_, stdout, stderr) => {
        resolve(stdout + stderr);
      });
    });
  }
});

/** A wildcard is asked for by a name that it covers. */
function hostFor({ value }: ServerName): string {
  return value.replace(/^\*\./, 'one.');
}
