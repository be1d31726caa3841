import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type ComposePlan, nameServices } from '../../../src/compose/compose-plan.ts';
import { describeOurServices } from '../../../src/compose/our-services.ts';
import { mergeProject } from '../../../src/compose/user-file-patch.ts';
import { parseYaml, readYaml } from '../../../src/system/yaml/yaml-document.ts';
import { patchYaml } from '../../../src/system/yaml/yaml-patch.ts';
import type { YamlMap } from '../../../src/system/yaml/yaml-value.ts';
import { plan, COOKBOOK_COMPOSE_FILE } from './plan-fixture.ts';

const RUST = plan('chromadb/chroma:1.5.9');

/** The text with ours in it; a second time nothing may change. */
function merge(text: string, made: ComposePlan): string {
  const once = mergeOnce(text, made);
  assert.equal(mergeOnce(once, made), once, 'twice is the same as once');
  return once;
}

function mergeOnce(text: string, made: ComposePlan): string {
  const ours = describeOurServices(made);
  return patchYaml(text, mergeProject(say(text), made, ours), ours.look);
}

function say(text: string): YamlMap {
  return readYaml(parseYaml(text)) as YamlMap;
}

function service(text: string, name = 'chroma'): YamlMap {
  return (say(text)['services'] as Record<string, YamlMap>)[name] ?? {};
}

describe("a user's Compose file with Chroma put in", () => {
  const SHOP = `# the shop
x-logging: &logging
  driver: local
services:
    web:
        image: nginx     # pinned on purpose
        logging: *logging
        ports: [ "80:80" ]

    # nobody touches this
    db:
        image: 'postgres:16'
volumes:
    pg: {}   # on the fast disk
# the end
`;

  it('has two more services and a volume, and keeps every line', () => {
    const after = merge(SHOP, RUST);
    const lines = after.split('\n');
    let from = 0;
    for (const line of SHOP.trimEnd().split('\n')) {
      const at = lines.indexOf(line, from);
      assert.notEqual(at, -1, `lost or moved: ${line}`);
      from = at + 1;
    }
    const { services, volumes } = say(after);
    assert.deepEqual(Object.keys(services as YamlMap), ['web', 'db', 'chroma', 'chroma-tls']);
    assert.deepEqual(volumes, { pg: {}, 'chroma-data': null });
    assert.match(after, /^ {4}chroma:\n {8}image: chromadb/m, 'in the indentation it has');
    assert.match(after, /# The image has no curl\./, 'with what is said about it');
  });

  it('gets what it lacks: services, or the place for them', () => {
    for (const text of ['version: "3"\n', 'services:\n', 'services:\nvolumes:\n']) {
      assert.deepEqual(Object.keys(say(merge(text, RUST))['services'] as YamlMap), [
        'chroma',
        'chroma-tls',
      ]);
    }
  });

  it('keeps of its own Chroma what does not conflict', () => {
    const after = merge(
      `services:
  chroma:
    image: chromadb/chroma:1.5.9   # ours for now
    restart: always
    command: run --host 0.0.0.0
    network_mode: host
    profiles: [ai]
    mem_limit: 2g
    environment:
      CHROMA_ALLOW_RESET: "true"  # for the tests
    volumes:
      - ./data:/data
    labels:
      team: search
    ports: ["8000:8000"]
`,
      RUST,
    );
    const chroma = service(after);
    assert.deepEqual(
      [chroma['restart'], chroma['mem_limit'], chroma['command'], chroma['network_mode']],
      ['always', '2g', undefined, undefined],
    );
    assert.deepEqual(chroma['volumes'], ['./data:/data'], 'the data stays where it is');
    assert.deepEqual(chroma['ports'], ['127.0.0.1:${CHROMA_TLS_PORT:-8000}:8443']);
    assert.equal((chroma['environment'] as YamlMap)['CHROMA_ALLOW_RESET'], 'true');
    assert.equal((chroma['labels'] as YamlMap)['team'], 'search');
    assert.match(after, /# ours for now/);
    assert.match(after, /# for the tests/);
    assert.equal(say(after)['volumes'], undefined, 'no unused volume');
    assert.deepEqual(service(after, 'chroma-tls')['profiles'], ['ai'], 'started when Chroma is');
  });

  it('moves a volume that is mounted where that version keeps nothing', () => {
    const wrong = (image: string, mount: string): string =>
      `services:\n  chroma:\n    image: ${image}\n    volumes:\n      - ${mount}\n`;
    for (const [image, before, after] of [
      ['chromadb/chroma:1.5.9', './data:/chroma/chroma', './data:/data'],
      ['chromadb/chroma:0.6.3', 'db:/data:rw', 'db:/chroma/chroma:rw'],
      ['chromadb/chroma:1.5.9', 'db:/data/', 'db:/data/'],
    ] as const) {
      const volumes = service(merge(wrong(image, before), plan(image)))['volumes'];
      assert.equal((volumes as string[])[0], after);
      assert.ok(!(volumes as string[]).some((mount) => mount.startsWith('chroma-data:')));
    }
  });

  it('changes its TLS proxy with the setting, and takes it out where uvicorn ends TLS', () => {
    const nginx = merge(SHOP, RUST);
    const envoy = merge(nginx, plan('chromadb/chroma:1.5.9', { tls: 'envoy' }));
    const names = Object.keys(service(envoy, 'chroma-tls')['environment'] as YamlMap);
    assert.ok(!names.includes('CHROMA_TLS_NGINX_CONF'), "nothing of nginx's is left");
    const uvicorn = merge(envoy, plan('chromadb/chroma:0.6.3'));
    assert.deepEqual(Object.keys(say(uvicorn)['services'] as YamlMap), ['web', 'db', 'chroma']);
  });

  it('leaves an image that is built here alone', () => {
    const chroma = service(merge('services:\n  chroma:\n    build: .\n', RUST));
    assert.deepEqual([chroma['build'], chroma['image']], ['.', undefined]);
  });
});

describe('the Compose file of the cookbook page, corrected', () => {
  const after = merge(
    COOKBOOK_COMPOSE_FILE,
    plan('chromadb/chroma:0.5.13', { names: nameServices('server') }),
  );
  const server = service(after, 'server');
  const environment = server['environment'] as readonly string[];

  it('mounts the certificates', () => {
    assert.ok((server['volumes'] as string[]).includes('./certs:/chroma/certs:ro,z'));
  });

  it('asks for the heartbeat over verified TLS', () => {
    const { test } = server['healthcheck'] as { test: readonly string[] };
    assert.ok(!after.includes('http://localhost:8000'));
    assert.match(test.join('\n'), /create_default_context\(cafile="\/chroma\/certs\/ca\.pem"\)/);
    assert.match(test.join('\n'), /server_hostname=name/);
  });

  it('has the variables for OpenTelemetry that Chroma reads, and no others', () => {
    assert.ok(!after.includes('CHROMA_OTEL_EXPORTER'));
    assert.ok(environment.includes('CHROMA_OTEL_COLLECTION_ENDPOINT'));
    assert.ok(environment.includes('CHROMA_OTEL_COLLECTION_HEADERS'));
  });

  it('is published on this machine only', () => {
    assert.deepEqual(server['ports'], ['127.0.0.1:${CHROMA_TLS_PORT:-8000}:8000']);
  });

  it('needs no command that breaks at a space', () => {
    assert.equal(server['command'], undefined);
    assert.ok(environment.includes('UVICORN_SSL_KEYFILE=/chroma/certs/serverkey.pem'));
  });

  it('keeps its authentication, its volume, its network and its comments', () => {
    for (const line of COOKBOOK_COMPOSE_FILE.split('\n').filter((text) =>
      /AUTHN|TRANSPORT_HEADER|chroma-data|networks|- net|# /.test(text),
    )) {
      assert.ok(after.split('\n').includes(line), line);
    }
  });
});
