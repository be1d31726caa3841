import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { before, describe, it } from 'mocha';
import { createAuthority } from '../../../../src/certificates/issue/authority.ts';
import { toPem } from '../../../../src/certificates/issue/profile.ts';
import type { ExplainedError } from '../../../../src/system/errors.ts';
import { readCandidate } from '../../../../src/certificates/trust/candidate.ts';
import { describeConsent } from '../../../../src/certificates/trust/consent.ts';
import { readScope } from '../../../../src/certificates/inspect/authority-scope.ts';
import type { StoreTrust } from '../../../../src/certificates/trust/trust-state.ts';
import { parseServerName } from '../../../../src/project/domain.ts';
import { skipBecause } from '../../../harness/skip-reasons.ts';
import { hasOpenssl, makeWorkspace, type WorkspaceFixture } from '../workspace-fixture.ts';

const SYSTEM: StoreTrust = {
  id: 'system',
  name: 'system',
  location: '/anchors',
  users: 'all',
  needsRoot: true,
  state: 'not-trusted',
  hasFormer: false,
};

/** The addresses of a foreign authority where its host names are what matters. */
const ONE_ADDRESS = 'permitted;IP:127.0.0.1/255.255.255.255';

interface ForeignCase {
  readonly what: string;
  readonly constraints: string;
  readonly names: readonly string[] | undefined;
  readonly wide?: readonly string[];
}

describe('what trusting an authority means', () => {
  let fixture: WorkspaceFixture;

  before(async () => {
    fixture = await makeWorkspace();
    await fixture.generate();
  });

  async function scopeOf(...names: readonly string[]): Promise<readonly string[] | undefined> {
    const made = await createAuthority({
      label: 'demo',
      names: names.map(parseServerName),
      keyType: 'ecdsa-p256',
      now: new Date(),
    });
    return readScope(new X509Certificate(toPem(made.certificate))).names;
  }

  /** An authority as OpenSSL makes it, in the place of ours. */
  async function forge(constraints: string): Promise<void> {
    await mkdir(fixture.folder, { recursive: true });
    await writeFile(
      `${fixture.folder}/forge.cnf`,
      `[req]
distinguished_name=dn
prompt=no
x509_extensions=ext
[dn]
O=Chroma
CN=Chroma TLS CA for demo
[ext]
basicConstraints=critical,CA:TRUE
${constraints}
`,
    );
    fixture.openssl(
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-keyout', 'forged.key', '-out', 'ca.pem', '-config', 'forge.cnf', '-days', '30'],
    );
  }

  it('is read from the certificate', async () => {
    assert.deepEqual(await scopeOf('localhost', '127.0.0.1', '::1'), [
      'localhost',
      '127.0.0.1',
      '::1',
    ]);
    assert.deepEqual(await scopeOf('chroma.test'), ['chroma.test']);
    assert.deepEqual(await scopeOf('10.0.0.1'), ['10.0.0.1']);
  });

  it('is said with the names, the stores and who they belong to', async () => {
    const candidate = await readCandidate(fixture.workspace, fixture.folder);
    assert.equal(candidate.isOurs, true);
    const { question, meaning, stores, isDangerous, allowsOption } = describeConsent(candidate, [
      SYSTEM,
      { ...SYSTEM, id: 'a', name: 'Chromium', users: 'this', needsRoot: false, hasFormer: true },
      { ...SYSTEM, id: 'b', name: 'Java', state: 'trusted' },
      {
        ...SYSTEM,
        id: 'c',
        name: 'Firefox',
        state: 'unknown',
        problem: { code: 'x', what: 'It cannot be read.' },
      },
    ]);
    assert.match(question, /^Trust “Chroma TLS CA for chroma-tls-\w+”\?$/);
    assert.deepEqual(meaning, [
      'Programs will accept every certificate that it signs. It can only sign for localhost (and names under it), 127.0.0.1 and ::1, and for no other server.',
    ]);
    assert.deepEqual(stores, [
      "• system (/anchors), for all users of this machine: will be added; takes an administrator's rights",
      '• Chromium (/anchors), for this user: will be added, and a former authority removed',
      '• Firefox: will be left out. It cannot be read.',
    ]);
    assert.deepEqual([isDangerous, allowsOption], [false, true]);
  });

  it('is all servers under a name of one label, no matter who made it, unless the machine has it', async () => {
    const mine = await makeWorkspace();
    for (const [domain, isWide] of [
      ['com', true],
      ['chroma', true],
      [hostname().toLowerCase(), false],
      ['chroma.test', false],
    ] as const) {
      await mine.generate({ domain });
      const candidate = await readCandidate(mine.workspace, mine.folder);
      assert.deepEqual(candidate.names, [domain, '127.0.0.1', '::1']);
      assert.deepEqual([candidate.isOurs, candidate.wide], [true, isWide ? [domain] : []]);
      const { isDangerous, allowsOption } = describeConsent(candidate, [SYSTEM]);
      assert.deepEqual([isDangerous, allowsOption], [isWide, !isWide], domain);
    }
  });

  for (const { what, constraints, names, wide = [] } of [
    { what: 'no constraints at all', constraints: '', names: undefined },
    {
      what: 'constraints on host names that leave addresses free',
      constraints: 'nameConstraints=critical,permitted;DNS:localhost',
      names: undefined,
    },
    {
      what: 'constraints on addresses that leave host names free',
      constraints: 'nameConstraints=critical,permitted;IP:127.0.0.1/255.255.255.255',
      names: undefined,
    },
    {
      what: 'an empty host name, under which all names are',
      constraints: 'nameConstraints=critical,permitted;DNS:,permitted;IP:127.0.0.1/255.255.255.255',
      names: undefined,
    },
    {
      what: 'names that are none of this workspace',
      constraints:
        'nameConstraints=critical,permitted;DNS:bank.test,permitted;IP:10.0.0.1/255.255.255.255',
      names: ['bank.test', '10.0.0.1'],
      wide: [],
    },
    {
      what: 'all names under a top-level domain',
      constraints: `nameConstraints=critical,permitted;DNS:com,${ONE_ADDRESS}`,
      names: ['com', '127.0.0.1'],
      wide: ['com'],
    },
    {
      what: 'the same, spelt with dots',
      constraints: `nameConstraints=critical,permitted;DNS:.com,permitted;DNS:org.,${ONE_ADDRESS}`,
      names: ['.com', 'org.', '127.0.0.1'],
      wide: ['.com', 'org.'],
    },
    {
      what: 'all addresses',
      constraints: 'nameConstraints=critical,permitted;DNS:localhost,permitted;IP:0.0.0.0/0.0.0.0',
      names: ['localhost', '0.0.0.0/0'],
      wide: ['0.0.0.0/0'],
    },
    {
      what: "a provider's share of IPv6",
      constraints:
        'nameConstraints=critical,permitted;DNS:localhost,permitted;IP:2001:db8::/ffff:ffff::',
      names: ['localhost', '2001:db8::/32'],
      wide: ['2001:db8::/32'],
    },
    {
      what: 'a mask with holes',
      constraints:
        'nameConstraints=critical,permitted;DNS:localhost,permitted;IP:10.0.0.1/0.255.255.255',
      names: ['localhost', '10.0.0.1/24'],
      wide: ['10.0.0.1/24'],
    },
    {
      what: 'a name that goes on as if it were ours to say',
      constraints: `nameConstraints=critical,permitted;DNS:localhost and for no. other,${ONE_ADDRESS}`,
      names: ['localhost and for no. other', '127.0.0.1'],
      wide: ['localhost and for no. other'],
    },
  ] satisfies readonly ForeignCase[]) {
    it(`is said of a foreign authority with ${what}`, async function () {
      if (!hasOpenssl()) skipBecause(this, 'needs the openssl program');
      await forge(constraints);
      const candidate = await readCandidate(fixture.workspace, fixture.folder);
      // Its subject says that it is ours; the machine knows better.
      assert.equal(candidate.isOurs, false);
      assert.deepEqual(candidate.names, names);
      assert.deepEqual(candidate.wide, wide);
      const { meaning, agree, ...consent } = describeConsent(candidate, [SYSTEM]);
      assert.equal(consent.isDangerous, names === undefined || wide.length > 0);
      assert.equal(consent.allowsOption, false);
      assert.equal(agree === 'Trust', !consent.isDangerous);
      assert.match(meaning.join('\n'), /not made by Chroma TLS on this machine/);
      assert.match(
        meaning.join('\n'),
        names === undefined
          ? /can pretend to be any site/
          : wide.length > 0
            ? /can sign for \S+ .*Its limits are wide: .* pretend to be any server of/
            : /only sign for bank\.test .* and 10\.0\.0\.1/,
      );
    });
  }

  it('is refused for what is no authority, several of them, or nothing', async () => {
    const refused = async (code: string): Promise<void> => {
      await assert.rejects(readCandidate(fixture.workspace, fixture.folder), { code });
    };
    await fixture.generate({ kind: 'self-signed', replaceBroken: true });
    await refused('no-authority');
    // The cure is not a setting that is right already.
    for (const [kind, action] of [
      ['local-ca', 'regenerateCertificate'],
      ['self-signed', { openSetting: 'chromaTls.certificate.kind' }],
    ] as const) {
      await assert.rejects(
        readCandidate(fixture.workspace, fixture.folder, kind),
        (error: ExplainedError) => {
          assert.deepEqual(error.problem.action, action);
          return true;
        },
      );
    }
    const { files } = await fixture.generate();
    const pem = await readFile(files.ca, 'utf8');
    await writeFile(files.ca, pem + pem);
    await refused('several-authorities');
    await writeFile(files.ca, 'nothing');
    await refused('no-trust-anchor');
  });
});
