import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import {
  proposeComposeFile,
  type ComposeProposal,
  type ComposeRequest,
} from '../../../src/compose/proposal.ts';
import { parseYaml, readYaml } from '../../../src/system/yaml/yaml-document.ts';
import { isYamlMap, type YamlMap } from '../../../src/system/yaml/yaml-value.ts';
import { DEFAULT_SETTINGS, listChosen, type Settings } from '../../../src/project/settings.ts';

// The answers are what `docker compose config --format json` (2.26) gave to these files, but for what
// is not looked at.
const IMAGE = 'chromadb/chroma:1.5.9';
const RESOLVED_PORT = { mode: 'ingress', target: 8000, published: '8000', protocol: 'tcp' };
const VOLUME = (source: string, target: string) => ({ type: 'volume', source, target, volume: {} });
const RESOLVED_CHROMA = {
  command: null,
  entrypoint: null,
  image: IMAGE,
  ports: [RESOLVED_PORT],
  volumes: [VOLUME('vec', '/data')],
};

describe('a Compose file whose project is more than its text', () => {
  let workspace = '';
  let dataFolder: string | undefined;

  beforeEach(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'chroma-tls-project-'));
    dataFolder = process.env['CHROMA_TLS_DATA_DIR'];
    process.env['CHROMA_TLS_DATA_DIR'] = join(workspace, '..', 'data');
  });
  afterEach(async () => {
    if (dataFolder === undefined) delete process.env['CHROMA_TLS_DATA_DIR'];
    else process.env['CHROMA_TLS_DATA_DIR'] = dataFolder;
    await rm(workspace, { recursive: true });
  });

  async function propose(
    files: Readonly<Record<string, string>>,
    resolved: YamlMap | undefined,
    settings: Partial<Settings> = {},
    more: Partial<ComposeRequest> = {},
  ): Promise<ComposeProposal> {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(workspace, name)), { recursive: true });
      await writeFile(join(workspace, name), text);
    }
    return proposeComposeFile({
      workspace,
      settings: { ...DEFAULT_SETTINGS, ...settings },
      chosen: listChosen(settings),
      // Another suite asks Compose itself about the result.
      resolve: () => Promise.resolve(resolved),
      ...more,
    });
  }

  function serviceOf({ after }: ComposeProposal, name: string): YamlMap {
    const project = readYaml(parseYaml(after));
    const services = isYamlMap(project) ? project['services'] : undefined;
    const service = isYamlMap(services) ? services[name] : undefined;
    return isYamlMap(service) ? service : {};
  }

  const ELSEWHERE = `services:
  vectors:
    image: chromadb/chroma:0.5.23
    environment:
      - PERSIST_DIRECTORY=/chroma/data
    volumes:
      - vectors:/chroma/data
volumes:
  vectors:
`;
  const RESOLVED_ELSEWHERE = {
    services: {
      vectors: {
        image: 'chromadb/chroma:0.5.23',
        environment: { PERSIST_DIRECTORY: '/chroma/data' },
        volumes: [VOLUME('vectors', '/chroma/data')],
      },
    },
  };

  for (const [who, resolved] of [
    ['as Compose says', RESOLVED_ELSEWHERE],
    ['without Compose', undefined],
  ] as const) {
    it(`leaves the data where the environment puts it, ${who}`, async () => {
      const proposal = await propose({ 'compose.yaml': ELSEWHERE }, resolved);
      const { environment, volumes } = serviceOf(proposal, 'vectors');
      assert.ok(
        Array.isArray(environment) && environment.includes('PERSIST_DIRECTORY=/chroma/data'),
      );
      assert.deepEqual(volumes, ['vectors:/chroma/data', './certs:/chroma/certs:ro,z']);
      assert.doesNotMatch(proposal.after, /vectors-data/);
    });
  }

  it('leaves the data where the command puts it, though the command goes', async () => {
    const text = `services:
  chroma:
    image: ${IMAGE}
    command: run --path /store --host 0.0.0.0
    volumes: ["vec:/store"]
`;
    const proposal = await propose({ 'compose.yaml': text }, undefined);
    const { command, environment, volumes } = serviceOf(proposal, 'chroma');
    assert.equal(command, undefined);
    assert.ok(isYamlMap(environment));
    assert.equal(environment['CHROMA_PERSIST_PATH'], '/store');
    assert.deepEqual(volumes, ['vec:/store']);
  });

  it('reads where the data lies in a configuration that is mounted', async () => {
    const text = `services:
  chroma:
    image: ${IMAGE}
    volumes:
      - ./chroma.yaml:/config.yaml
      - vec:/kept
`;
    const files = { 'compose.yaml': text, 'chroma.yaml': 'persist_path: "/kept"\n' };
    const known = serviceOf(await propose(files, undefined), 'chroma');
    assert.deepEqual(known['volumes'], ['./chroma.yaml:/config.yaml', 'vec:/kept']);
    await assert.rejects(
      propose({ 'compose.yaml': text.replace('./chroma.yaml', './none.yaml') }, undefined),
      { code: 'compose-data-unknown' },
    );
  });

  it('says before it is made again that a container holds the only data', async () => {
    const text = `services:\n  chroma:\n    image: ${IMAGE}\n`;
    const holder = { container: 'shop-chroma-1', path: '/data', engine: 'docker' };
    const { notes } = await propose(
      { 'compose.yaml': text },
      undefined,
      {},
      {
        findDataAtRisk: (service) => Promise.resolve(service === 'chroma' ? holder : undefined),
      },
    );
    assert.match(notes[0] ?? '', /container shop-chroma-1 alone.+docker cp shop-chroma-1:\/data/);
  });

  it('finds Chroma by the value of a variable', async () => {
    const text = `services:
  vectordb:
    image: \${CHROMA_IMAGE:-${IMAGE}}
    ports: ["8000:8000"]
    volumes: ["vec:/data"]
`;
    for (const resolved of [{ services: { vectordb: RESOLVED_CHROMA } }, undefined]) {
      const proposal = await propose({ 'compose.yaml': text }, resolved);
      assert.equal(proposal.plan.names.chroma, 'vectordb');
      assert.equal(serviceOf(proposal, 'vectordb')['image'], `\${CHROMA_IMAGE:-${IMAGE}}`);
      assert.deepEqual(serviceOf(proposal, 'chroma'), {});
    }
  });

  it('has a Chroma that Compose leaves out because its profile is off', async () => {
    const text = `services:
  vectors:
    image: \${CHROMA_IMAGE:-${IMAGE}}
    profiles: [search]
    ports: ["8000:8000"]
    volumes: ["vec:/data"]
`;
    // As podman-compose 1.0 answers.
    const { plan, after } = await propose({ 'compose.yaml': text }, { services: {} });
    assert.equal(plan.names.chroma, 'vectors');
    assert.ok(plan.hasData);
    assert.doesNotMatch(after, /vectors-data|^ {2}chroma:/m);
  });

  it('never uses the name of a service from another file, and says where Chroma is', async () => {
    const text = 'include:\n  - infra/compose.yaml\nservices:\n  app: { image: busybox }\n';
    const files = {
      'docker-compose.yml': text,
      'infra/compose.yaml': `services:\n  chroma:\n    image: ${IMAGE}\n`,
    };
    const resolved = { services: { app: { image: 'busybox' }, chroma: RESOLVED_CHROMA } };
    await assert.rejects(propose(files, resolved), (error: Error) => {
      assert.match(error.message, /comes from infra\/compose\.yaml/);
      return true;
    });
    await assert.rejects(propose(files, undefined), { code: 'compose-unresolved' });
    const apart = await propose(files, resolved, {}, { separate: true });
    assert.equal(apart.plan.names.chroma, 'chroma-local');
  });

  it('is the override where that publishes Chroma, since ports add up', async () => {
    const files = {
      'docker-compose.yml': `services:\n  chroma:\n    image: ${IMAGE}\n    volumes: ["vec:/data"]\n`,
      'docker-compose.override.yml': 'services:\n  chroma:\n    ports:\n      - "8000:8000"\n',
    };
    const proposal = await propose(files, { services: { chroma: RESOLVED_CHROMA } });
    assert.equal(proposal.name, 'docker-compose.override.yml');
    const { ports, volumes, image } = serviceOf(proposal, 'chroma');
    assert.deepEqual(ports, ['127.0.0.1:${CHROMA_TLS_PORT:-8000}:8443']);
    assert.deepEqual([volumes, image], [undefined, undefined], 'the other file has them');
  });

  it('is the file that COMPOSE_FILE names, with paths from its folder', async () => {
    const files = {
      '.env': 'COMPOSE_FILE=infra/compose.yml\n',
      'infra/compose.yml': `services:\n  chroma:\n    image: ${IMAGE}\n    volumes: ["vec:/data"]\n`,
    };
    const proposal = await propose(files, { services: { chroma: RESOLVED_CHROMA } });
    assert.equal(proposal.file, join(workspace, 'infra/compose.yml'));
    assert.deepEqual(serviceOf(proposal, 'chroma-tls')['volumes'], ['../certs:/certs:ro,z']);
  });

  it('refuses a change that another file of the project alters', async () => {
    const text = `services:\n  chroma:\n    image: ${IMAGE}\n    ports: ["8000:8000"]\n`;
    const before = { services: { chroma: { ...RESOLVED_CHROMA, volumes: [] } } };
    const added = { ...RESOLVED_CHROMA, ports: [RESOLVED_PORT, RESOLVED_PORT] };
    for (const [after, what] of [
      [{ chroma: added }, /the ports of chroma/],
      [{ chroma: { ...RESOLVED_CHROMA, command: ['run'] } }, /command of chroma/],
    ] as const) {
      const asked = propose(
        { 'compose.yaml': text },
        undefined,
        {},
        {
          resolve: () => Promise.resolve(before),
          tryChange: () => Promise.resolve({ before, after: { services: after } }),
        },
      );
      await assert.rejects(asked, (error: Error) => {
        assert.match(error.message, what);
        return true;
      });
    }
  });

  it('keeps the byte order mark that Windows editors write', async () => {
    const text = `\uFEFFservices:\n  chroma:\n    image: ${IMAGE}\n`;
    const { after } = await propose({ 'compose.yaml': text }, undefined);
    assert.ok(after.startsWith(text));
    assert.equal(after.lastIndexOf('\uFEFF'), 0);
  });
});
