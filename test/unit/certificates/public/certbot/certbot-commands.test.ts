import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  certonlyCommand,
  renewCommand,
  type CertbotRequest,
} from '../../../../../src/certificates/public/certbot/certbot-commands.ts';
import {
  readCapabilities,
  type Certbot,
} from '../../../../../src/certificates/public/certbot/certbot-program.ts';
import type { AcmeSource } from '../../../../../src/certificates/public/certificate-source.ts';

const SOURCE: AcmeSource = {
  kind: 'acme',
  directory: 'https://acme.test/directory',
  names: ['chroma.test'],
  challenge: { type: 'http-01', port: 80 },
};

const REQUEST: CertbotRequest = {
  source: SOURCE,
  keyType: 'ecdsa-p256',
  lineage: 'chroma.test',
  folders: { config: '/etc/letsencrypt', isMachine: true },
  agreeToTerms: true,
  rootsFile: undefined,
};

describe('the commands that certbot is given', () => {
  it('are as short as the request is simple', () => {
    assert.deepEqual(certonlyCommand(certbot('2.1.0'), REQUEST), {
      program: '/usr/bin/certbot',
      args: [
        ...['certonly', '--non-interactive', '--server', 'https://acme.test/directory'],
        ...['--agree-tos', '--register-unsafely-without-email', '--cert-name', 'chroma.test'],
        ...['--key-type', 'ecdsa', '--elliptic-curve', 'secp256r1', '--standalone'],
        ...['--domain', 'chroma.test'],
      ],
    });
  });

  it('name what else was asked for', () => {
    const { args, env } = certonlyCommand(certbot('5.3.0'), {
      source: {
        ...SOURCE,
        names: ['chroma.test', '192.0.2.1', '2001:db8::1'],
        email: 'me@chroma.test',
        profile: 'shortlived',
        challenge: { type: 'http-01-webroot', webroot: '/var/www' },
      },
      keyType: 'rsa-3072',
      lineage: 'chroma.test',
      folders: { config: '/home/me/certbot', isMachine: false },
      agreeToTerms: false,
      rootsFile: '/home/me/roots.pem',
    });
    assert.deepEqual(args.slice(4), [
      ...['--email', 'me@chroma.test', '--no-eff-email', '--cert-name', 'chroma.test'],
      ...['--key-type', 'rsa', '--rsa-key-size', '3072', '--webroot', '--webroot-path', '/var/www'],
      ...['--preferred-profile', 'shortlived', '--config-dir', '/home/me/certbot'],
      ...['--work-dir', '/home/me/certbot/work', '--logs-dir', '/home/me/certbot/logs'],
      ...['--domain', 'chroma.test', '--ip-address', '192.0.2.1', '--ip-address', '2001:db8::1'],
    ]);
    assert.deepEqual(env, { REQUESTS_CA_BUNDLE: '/home/me/roots.pem' });
  });

  it('let nothing that begins with a hyphen be an option of its own', () => {
    const { args } = certonlyCommand(certbot('5.3.0'), {
      ...REQUEST,
      source: { ...SOURCE, profile: '--deploy-hook', email: '-x@chroma.test' },
    });
    assert.ok(args.includes('--preferred-profile=--deploy-hook'));
    assert.ok(args.includes('--email=-x@chroma.test'));
    const renewal = { folders: REQUEST.folders, rootsFile: undefined, force: false };
    const { args: more } = renewCommand(certbot('5.3.0'), { ...renewal, lineage: '--post-hook' });
    assert.ok(more.includes('--cert-name=--post-hook'));
  });

  it('hand a hook to certbot’s shell as one word, whatever its path is', () => {
    const hookOf = (hook: string): readonly (string | undefined)[] => {
      const challenge = { type: 'dns-01', hook } as const;
      const source = { ...SOURCE, challenge };
      const { args } = certonlyCommand(certbot('2.1.0'), { ...REQUEST, source });
      return ['--manual-auth-hook', '--manual-cleanup-hook'].map(
        (name) => args[args.indexOf(name) + 1],
      );
    };
    assert.deepEqual(hookOf('/opt/dns'), ['/opt/dns auth', '/opt/dns cleanup']);
    assert.deepEqual(hookOf(`/my $(id)/it's`), [
      String.raw`env '/my $(id)/it'\''s' auth`,
      String.raw`env '/my $(id)/it'\''s' cleanup`,
    ]);
  });

  it('are refused where this certbot cannot do it', () => {
    const refuse = (version: string, source: Partial<AcmeSource>, code: string): void => {
      const request = { ...REQUEST, source: { ...SOURCE, ...source } };
      assert.throws(() => certonlyCommand(certbot(version), request), { code });
    };
    refuse('3.3.0', { profile: 'shortlived' }, 'certbot-too-old');
    refuse('5.2.2', { names: ['192.0.2.1'] }, 'certbot-too-old');
    refuse('5.8.0', { challenge: { type: 'tls-alpn-01', port: 443 } }, 'certbot-challenge');
    refuse('5.8.0', { challenge: { type: 'dns-01' } }, 'certbot-challenge');
  });

  it('renew one lineage, without the hooks that would call us', () => {
    const { args } = renewCommand(certbot('5.8.0'), {
      lineage: 'chroma.test',
      folders: REQUEST.folders,
      rootsFile: undefined,
      force: true,
    });
    assert.deepEqual(args, [
      ...['renew', '--non-interactive', '--no-directory-hooks', '--no-random-sleep-on-renew'],
      ...['--cert-name', 'chroma.test', '--force-renewal'],
    ]);
  });

  it('know what each version can do', () => {
    const all = ['1.12.0', '3.9.9', '4.0.0', '5.2.9', '5.3.0', '6.0.0', '10.0.0.dev0'];
    assert.deepEqual(
      all.map((version) => {
        const { profiles, addresses } = readCapabilities(version);
        return [profiles, addresses];
      }),
      [
        [false, false],
        [false, false],
        [true, false],
        [true, false],
        [true, true],
        [true, true],
        [true, true],
      ],
    );
  });
});

function certbot(version: string): Certbot {
  return { program: '/usr/bin/certbot', version, capabilities: readCapabilities(version) };
}
