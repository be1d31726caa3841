import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'mocha';
import { chooseCheckedName } from '../../../src/compose/checked-name.ts';
import type { ComposePlan } from '../../../src/compose/compose-plan.ts';
import { describeOurServices, writeOurFile } from '../../../src/compose/our-services.ts';
import { parseYaml, readYaml } from '../../../src/system/yaml/yaml-document.ts';
import type { YamlMap } from '../../../src/system/yaml/yaml-value.ts';
import { plan } from './plan-fixture.ts';
import { skipBecause } from '../../harness/skip-reasons.ts';

const IMAGES = ['0.4.0', '0.4.22', '0.4.24', '0.5.0', '0.5.13', '0.6.3', '1.0.0', '1.5.9'].map(
  (version) => `chromadb/chroma:${version}`,
);

/** Every file that can be written. */
const PLANS: readonly ComposePlan[] = IMAGES.flatMap((image) =>
  (['uvicorn', 'nginx', 'envoy'] as const)
    .filter((tls) => tls !== 'uvicorn' || plan(image).capabilities.ownTls)
    .flatMap((tls) => [false, true].map((bearerToken) => plan(image, { tls, bearerToken }))),
);

function environmentOf(service: YamlMap | undefined): YamlMap {
  return (service?.['environment'] ?? {}) as YamlMap;
}

describe('a Compose file of ours', () => {
  it('reads back as what it was made from', () => {
    for (const made of PLANS) {
      const { chroma, proxy } = describeOurServices(made);
      const document = parseYaml(writeOurFile(made));
      assert.deepEqual([document.errors, document.warnings], [[], []]);
      assert.deepEqual(readYaml(document), {
        services: { chroma, ...(proxy ? { 'chroma-tls': proxy } : {}) },
        volumes: { 'chroma-data': null },
      });
    }
  });

  it('publishes one port, on the address it is told, and mounts the certificates read-only', () => {
    for (const made of PLANS) {
      const { chroma, proxy } = describeOurServices({ ...made, bindAddress: '::1', port: 9000 });
      const inner = made.tls === 'uvicorn' ? 8000 : 8443;
      assert.deepEqual(chroma['ports'], [`[::1]:\${CHROMA_TLS_PORT:-9000}:${inner}`]);
      assert.equal(proxy?.['ports'], undefined);
      const mounts = [
        ...(chroma['volumes'] as string[]),
        ...((proxy?.['volumes'] ?? []) as string[]),
      ];
      const certificates = mounts.filter((mount) => mount.startsWith('./certs:'));
      assert.deepEqual(
        certificates.map((mount) => mount.split(':').at(-1)),
        ['ro,z'],
      );
    }
  });

  it('keeps the data where that version has it, in a named volume', () => {
    for (const [image, path] of [
      ['chromadb/chroma:0.6.3', '/chroma/chroma'],
      ['chromadb/chroma:1.5.9', '/data'],
    ] as const) {
      const { volumes } = describeOurServices(plan(image)).chroma;
      assert.ok((volumes as string[]).includes(`chroma-data:${path}`), image);
    }
  });

  it('warns where a Python server is opened to the network', () => {
    const open = { bindAddress: '0.0.0.0' };
    assert.match(writeOurFile(plan('chromadb/chroma:0.6.3', open)), /# .*CVE-2026-45833/);
    assert.doesNotMatch(writeOurFile(plan('chromadb/chroma:1.5.9', open)), /CVE/);
    assert.doesNotMatch(writeOurFile(plan('chromadb/chroma:0.6.3')), /CVE/);
  });

  it('runs uvicorn itself where the image has no entry point', () => {
    for (const made of PLANS) {
      const { command } = describeOurServices(made).chroma;
      assert.equal(command !== undefined, /:0\.4\.(0|22)$/.test(made.image), made.image);
    }
  });

  it('lets only the TLS proxy reach Chroma where there is one', () => {
    for (const made of PLANS.filter(({ tls }) => tls !== 'uvicorn')) {
      const { chroma, proxy } = describeOurServices(made);
      const { CHROMA_LISTEN_ADDRESS, CHROMA_HOST_ADDR } = environmentOf(chroma);
      assert.equal(CHROMA_LISTEN_ADDRESS ?? CHROMA_HOST_ADDR, '127.0.0.1', made.image);
      assert.ok(!JSON.stringify(chroma).includes('0.0.0.0'), made.image);
      assert.equal(proxy?.['network_mode'], 'service:chroma');
    }
  });

  it('sets only variables that Chroma reads, and the tokens only where it asks for them', () => {
    for (const made of PLANS) {
      const names = Object.keys(environmentOf(describeOurServices(made).chroma));
      assert.ok(!names.some((name) => name.startsWith('CHROMA_OTEL_EXPORTER_')), made.image);
      const python = made.capabilities.generation === 'python';
      assert.equal(names.includes('CHROMA_OTEL_COLLECTION_ENDPOINT'), python);
      assert.equal(
        names.includes('CHROMA_SERVER_AUTHN_PROVIDER'),
        python && !made.image.includes(':0.4.'),
        made.image,
      );
    }
  });

  it('passes variables on without a value, so that none becomes an empty text', () => {
    const { chroma } = describeOurServices(plan('chromadb/chroma:0.6.3'));
    for (const name of [
      'CHROMA_SERVER_AUTHN_PROVIDER',
      'CHROMA_SERVER_AUTHN_CREDENTIALS',
      'CHROMA_SERVER_AUTHN_CREDENTIALS_FILE',
      'CHROMA_AUTH_TOKEN_TRANSPORT_HEADER',
      'CHROMA_OTEL_COLLECTION_ENDPOINT',
      'CHROMA_OTEL_COLLECTION_HEADERS',
      'CHROMA_OTEL_SERVICE_NAME',
      'CHROMA_OTEL_GRANULARITY',
    ]) {
      assert.equal(environmentOf(chroma)[name], null, name);
    }
  });

  it('escapes the variables of the proxies, so that Compose sees only its own', () => {
    for (const made of PLANS) {
      const { chroma, proxy } = describeOurServices(made);
      const text = JSON.stringify([chroma, proxy]).replaceAll('$$', '');
      const variables = [...text.matchAll(/\$\{?(\w*)/g)].map(([, name]) => name);
      const known = new Set(['CHROMA_DOMAIN', 'CHROMA_TLS_PORT', 'CHROMA_TOKEN']);
      assert.deepEqual(
        variables.filter((name) => !known.has(name ?? '')),
        [],
        made.image,
      );
      assert.equal(variables.includes('CHROMA_TOKEN'), made.bearerToken && hasCheck(made));
      assert.ok(variables.includes('CHROMA_DOMAIN'), made.image);
    }
  });

  it('keeps the token off every command line', () => {
    for (const made of PLANS) {
      const { chroma, proxy } = describeOurServices(made);
      for (const service of [chroma, proxy]) {
        const { environment: _, ...rest } = service ?? {};
        assert.ok(!JSON.stringify(rest).includes('CHROMA_TOKEN'), made.image);
      }
    }
  });

  it('passes a passphrase on to what ends TLS, where the key has one', () => {
    for (const made of PLANS) {
      const { chroma, proxy } = describeOurServices({ ...made, keyEncrypted: true });
      const [name, reader, other] =
        made.tls === 'uvicorn'
          ? (['UVICORN_SSL_KEYFILE_PASSWORD', chroma, proxy] as const)
          : (['CHROMA_TLS_KEY_PASSPHRASE', proxy, chroma] as const);
      assert.equal(environmentOf(reader)[name], '${CHROMA_TLS_KEY_PASSPHRASE:-}', made.image);
      assert.doesNotMatch(JSON.stringify(other ?? {}), /PASSPHRASE|PASSWORD/, made.image);
      assert.doesNotMatch(writeOurFile(made), /PASSPHRASE|PASSWORD/, made.image);
    }
  });

  it('says first that it needs the certificates', () => {
    const text = writeOurFile(plan('chromadb/chroma:1.5.9', { certificatesFolder: './tls' }));
    assert.match(text, /^# .* Make \.\/tls first, .*`chroma-tls generate`/);
  });

  it('says what is missing where a TLS proxy finds no certificate', function () {
    if (process.platform === 'win32') skipBecause(this, 'Windows has no sh');
    for (const made of PLANS) {
      const [shell = '', option = '', script = ''] =
        (describeOurServices(made).proxy?.['entrypoint'] as string[] | undefined) ?? [];
      if (shell === '') continue;
      const elsewhere = script.replaceAll('$$', '$').replaceAll('/certs', '/no-such-folder');
      const { status, stderr } = spawnSync(shell, [option, elsewhere], { encoding: 'utf8' });
      assert.equal(status, 1);
      assert.match(stderr, /^There is no certificate in .*\n.*\bchroma-tls generate\b/);
    }
  });

  it('says the address clients use', () => {
    const text = writeOurFile(plan('chromadb/chroma:1.5.9', { url: 'https://a.test:9' }));
    assert.match(
      text,
      /^# {3}curl --cacert certs\/ca\.pem https:\/\/a\.test:9\/api\/v2\/heartbeat$/m,
    );
  });
});

describe('the name a health check verifies', () => {
  const NAMES = ['127.0.0.1', '*.example.test', 'localhost'];
  for (const [domain, tls, names, expected] of [
    ['chroma.test', 'nginx', NAMES, { kind: 'domain' }],
    ['*.example.test', 'nginx', NAMES, { kind: 'fixed', name: 'chroma.example.test' }],
    ['*.example.test', 'uvicorn', NAMES, { kind: 'domain' }],
    ['127.0.0.1', 'uvicorn', NAMES, { kind: 'domain' }],
    ['127.0.0.1', 'envoy', NAMES, { kind: 'fixed', name: '127.0.0.1' }],
    ['127.0.0.1', 'nginx', NAMES, { kind: 'fixed', name: 'chroma.example.test' }],
    ['127.0.0.1', 'nginx', ['127.0.0.1'], { kind: 'none' }],
  ] as const) {
    it(`of ${domain} by ${tls}, with a certificate for ${names.join(', ')}`, () => {
      assert.deepEqual(chooseCheckedName(domain, names, tls), expected);
    });
  }

  it('is told in the file where there is none', () => {
    const text = writeOurFile(plan('chromadb/chroma:1.5.9', { checkedName: { kind: 'none' } }));
    assert.match(text, /# Only checks that the port is open: nginx cannot verify/);
    assert.match(text, /grep -q ':20FB \.\* 0A ' \/proc\/net\/tcp/);
    assert.ok(!text.includes('proxy_ssl_verify off'));
  });
});

/** A token of 0.4.x behind uvicorn is refused before any file is written. */
function hasCheck({ tls, capabilities }: ComposePlan): boolean {
  return tls !== 'uvicorn' || capabilities.ownAuthentication;
}
