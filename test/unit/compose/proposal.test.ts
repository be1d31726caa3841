import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import {
  proposeComposeFile,
  type ComposeProposal,
  type ComposeRequest,
} from '../../../src/compose/proposal.ts';
import { parseYaml } from '../../../src/system/yaml/yaml-document.ts';
import { DEFAULT_SETTINGS, listChosen, type Settings } from '../../../src/project/settings.ts';
import { writeCompose } from '../../../src/workspace/write-compose.ts';
import { openContext } from '../workspace/open-context.ts';
import { COOKBOOK_COMPOSE_FILE } from './plan-fixture.ts';

const UNCANCELLED = new AbortController().signal;

describe('creating a Compose file', () => {
  let root = '';
  let workspace = '';
  let dataFolder: string | undefined;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'chroma-tls-compose-'));
    workspace = join(root, 'shop');
    await mkdir(workspace);
    dataFolder = process.env['CHROMA_TLS_DATA_DIR'];
    process.env['CHROMA_TLS_DATA_DIR'] = join(root, 'data');
  });
  afterEach(async () => {
    if (dataFolder === undefined) delete process.env['CHROMA_TLS_DATA_DIR'];
    else process.env['CHROMA_TLS_DATA_DIR'] = dataFolder;
    await rm(root, { recursive: true });
  });

  function propose(
    settings: Partial<Settings> = {},
    more: Partial<ComposeRequest> = {},
  ): Promise<ComposeProposal> {
    return proposeComposeFile({
      workspace,
      settings: { ...DEFAULT_SETTINGS, ...settings },
      chosen: listChosen(settings),
      ...more,
    });
  }

  async function write(
    proposal: ComposeProposal,
    settings: Partial<Settings> = {},
  ): Promise<{ readonly certificateMade: boolean }> {
    const context = await openContext(workspace, { ...DEFAULT_SETTINGS, ...settings });
    return writeCompose(context, proposal, UNCANCELLED);
  }

  async function create(
    settings: Partial<Settings> = {},
    more: Partial<ComposeRequest> = {},
  ): Promise<ComposeProposal> {
    const proposal = await propose(settings, more);
    await write(proposal, settings);
    return proposal;
  }

  function file(name: string): string {
    return join(workspace, name);
  }

  it('writes docker-compose.yml and what it relies on, and changes nothing the next time', async () => {
    const proposal = await propose();
    assert.equal(proposal.name, 'docker-compose.yml');
    assert.equal(proposal.before, undefined);
    assert.deepEqual(await write(proposal), { certificateMade: true });
    assert.equal(await readFile(file('docker-compose.yml'), 'utf8'), proposal.after);
    await stat(file('certs/serverkey.pem'));
    const again = await propose();
    assert.equal(again.after, again.before);
    assert.deepEqual(await write(again), { certificateMade: false });
  });

  it('takes the file that Compose takes', async () => {
    for (const name of [
      'docker-compose.yaml',
      'docker-compose.yml',
      'compose.yml',
      'compose.yaml',
    ]) {
      await writeFile(file(name), 'services:\n  a:\n    image: b\n');
      assert.equal((await propose()).name, name);
    }
  });

  it('keeps the version of a Chroma that is there, unless the setting names another', async () => {
    await writeFile(file('docker-compose.yml'), COOKBOOK_COMPOSE_FILE);
    const kept = await propose();
    assert.deepEqual([kept.plan.image, kept.plan.tls], ['chromadb/chroma:0.5.13', 'uvicorn']);
    assert.equal(kept.plan.names.chroma, 'server');
    for (const image of ['chromadb/chroma:0.6.3', DEFAULT_SETTINGS.image]) {
      assert.equal((await propose({ image })).plan.image, image);
    }
  });

  it('reads the version out of a variable with a default', async () => {
    await writeFile(
      file('compose.yaml'),
      'services:\n  chroma:\n    image: chromadb/chroma:${TAG:-0.6.3}\n',
    );
    const { plan } = await propose();
    assert.deepEqual([plan.image, plan.tls], ['chromadb/chroma:${TAG:-0.6.3}', 'uvicorn']);
  });

  it('keeps the TLS proxy and the token check that are there until told otherwise', async () => {
    await create({ tlsTermination: 'envoy' }, { bearerToken: true });
    const { plan, before, after } = await propose();
    assert.deepEqual([plan.tls, plan.bearerToken], ['envoy', true]);
    assert.equal(after, before);
    const changed = await propose({ tlsTermination: 'nginx' }, { bearerToken: false });
    assert.deepEqual([changed.plan.tls, changed.plan.bearerToken], ['nginx', false]);
    assert.equal(changed.plan.proxyImage, DEFAULT_SETTINGS.nginxImage, "not Envoy's image");
  });

  it('asks for the token and lets in the origins that the settings name, until they say otherwise', async () => {
    for (const tlsTermination of ['nginx', 'envoy'] as const) {
      const corsOrigins = ['http://localhost:5173', 'https://app.test'];
      await create({ tlsTermination, token: 'generated', corsOrigins });
      const kept = await propose();
      assert.deepEqual([kept.plan.bearerToken, kept.plan.corsOrigins], [true, corsOrigins]);
      assert.equal(kept.after, kept.before);
      const { plan } = await propose({ token: 'none', corsOrigins: [] });
      assert.deepEqual([plan.bearerToken, plan.corsOrigins], [false, []]);
    }
  });

  it('makes a token of 256 bits, readable by its owner only, and keeps the one there is', async () => {
    await create({}, { bearerToken: true });
    const made = await readFile(file('.env'), 'utf8');
    assert.match(made, /^CHROMA_TOKEN=[0-9a-f]{64}\n$/);
    assert.equal((await stat(file('.env'))).mode & 0o777, 0o600);
    await create({}, { bearerToken: true });
    assert.equal(await readFile(file('.env'), 'utf8'), made);
  });

  it('takes an env file that others could read from them, once a token is in it', async () => {
    await writeFile(file('.env'), 'A=1\n', { mode: 0o644 });
    await create({}, { bearerToken: true });
    assert.match(await readFile(file('.env'), 'utf8'), /^A=1\nCHROMA_TOKEN=/);
    assert.equal((await stat(file('.env'))).mode & 0o777, 0o600);
  });

  it('refuses a token that would be more than a token', async () => {
    await writeFile(file('.env'), `CHROMA_TOKEN='a" 1; } server {'\n`);
    await assert.rejects(create({}, { bearerToken: true }), { code: 'token-unusable' });
  });

  it('says which combinations cannot exist', async () => {
    await assert.rejects(propose({ tlsTermination: 'embedded' }), {
      code: 'termination-impossible',
    });
    await assert.rejects(propose({ tlsTermination: 'uvicorn' }), {
      code: 'termination-impossible',
    });
    await assert.rejects(propose({ image: 'chromadb/chroma:0.4.24' }, { bearerToken: true }), {
      code: 'token-impossible',
    });
    await assert.rejects(propose({ certificatesFolder: 'a:b' }), { code: 'invalid-setting' });
  });

  it('takes the domain along where Compose reads another env file', async () => {
    await writeFile(file('other.env'), 'CHROMA_DOMAIN=chroma.test\n');
    const { after } = await propose({ envFile: 'other.env' });
    assert.match(after, /\$\{CHROMA_DOMAIN:-chroma\.test\}/);
  });

  it('uses no name that another service has', async () => {
    await writeFile(file('compose.yaml'), 'services:\n  chroma-tls:\n    image: mine\n');
    const { plan, after } = await propose();
    assert.equal(plan.names.proxy, 'chroma-tls-proxy');
    assert.match(after, /^ {2}chroma-tls:\n {4}image: mine\n/m);
  });

  it('writes beside a file that has a Chroma without touching its services', async () => {
    await writeFile(file('compose.yaml'), COOKBOOK_COMPOSE_FILE.replace('server:', 'chroma:'));
    const { name, plan } = await create({}, { separate: true });
    assert.equal(name, 'docker-compose.chroma.yml');
    assert.deepEqual(plan.names, {
      chroma: 'chroma-local',
      proxy: 'chroma-local-tls',
      volume: 'chroma-local-data',
    });
  });

  describe('the other services of a file', () => {
    const APP =
      'services:\n  app:\n    image: me/app\n    environment: { CHROMA_URL: "http://chroma:8000" }\n  chroma:\n    image: chromadb/chroma:TAG\n';

    for (const [tag, address] of [
      ['1.5.9', 'https://chroma:8443'],
      ['0.6.3', 'https://chroma:8000'],
    ] as const) {
      it(`are told the address ${address} of ${tag}, and what its certificate lacks`, async () => {
        await writeFile(file('compose.yaml'), APP.replace('TAG', tag));
        assert.deepEqual((await propose()).notes, [
          `The other services then reach Chroma at ${address}, and at no other address. To verify it, add chroma to chromaTls.certificate.additionalNames, generate the certificate again, and mount ca.pem into them.`,
        ]);
        const named = await propose({ additionalNames: ['localhost', 'chroma'] });
        assert.match(named.notes.join(), /To verify it, mount ca\.pem into them\.$/);
      });
    }

    it('are told once, and not where there are none', async () => {
      await writeFile(file('compose.yaml'), APP.replace('TAG', '1.5.9'));
      await create();
      assert.deepEqual((await propose({ port: 9000, tlsTermination: 'envoy' })).notes, []);
      await writeFile(
        file('compose.yaml'),
        'services:\n  chroma:\n    image: chromadb/chroma:1.5.9\n',
      );
      assert.deepEqual((await propose()).notes, []);
    });
  });

  describe('a Chroma that is published already', () => {
    const written = async (entry: string): Promise<void> =>
      writeFile(
        file('compose.yaml'),
        `services:\n  chroma:\n    image: chromadb/chroma:1.5.9\n    ports:\n      - ${entry}\n`,
      );
    /** Our one entry of its ports. */
    async function published(settings: Partial<Settings> = {}): Promise<string> {
      const { after } = await propose(settings);
      return /ports:\n +- (.*)/.exec(after)?.[1] ?? '';
    }

    for (const [entry, expected] of [
      ['"9000:8000"', '127.0.0.1:${CHROMA_TLS_PORT:-9000}:8443'],
      ['9000:8000/tcp', '127.0.0.1:${CHROMA_TLS_PORT:-9000}:8443'],
      ['"8000"', '127.0.0.1:${CHROMA_TLS_PORT:-8000}:8443'],
      ['"9000-9001:8000-8001"', '127.0.0.1:${CHROMA_TLS_PORT:-8000}:8443'],
      ['"0.0.0.0:9000:8000"', '0.0.0.0:${CHROMA_TLS_PORT:-9000}:8443'],
      ['"[::1]:9000:8000"', '"[::1]:${CHROMA_TLS_PORT:-9000}:8443"'],
      ['"${PORT:-9000}:8000"', '127.0.0.1:${PORT:-9000}:8443'],
      ['"${ADDRESS:-127.0.0.1}:9000:8000"', '${ADDRESS:-127.0.0.1}:${CHROMA_TLS_PORT:-9000}:8443'],
      ['{ target: 8000, published: 9000 }', '127.0.0.1:${CHROMA_TLS_PORT:-9000}:8443'],
      [
        '{ target: 8000, published: "9000", host_ip: 10.0.0.2 }',
        '10.0.0.2:${CHROMA_TLS_PORT:-9000}:8443',
      ],
      ['"9999:9090"\n      - "9000:8000"', '127.0.0.1:${CHROMA_TLS_PORT:-9000}:8443'],
    ] as const) {
      it(`at ${entry.replaceAll(/\s+/g, ' ')} stays there`, async () => {
        await written(entry);
        assert.equal(await published(), expected);
      });
    }

    it('goes where a setting sends it, even to the default', async () => {
      await written('"0.0.0.0:9000:8000"');
      assert.equal(await published({ port: 8000 }), '0.0.0.0:${CHROMA_TLS_PORT:-8000}:8443');
      const bindAddress = '127.0.0.1';
      assert.equal(await published({ bindAddress }), '127.0.0.1:${CHROMA_TLS_PORT:-9000}:8443');
    });

    it('keeps the port and the address that a setting gave before', async () => {
      await create({ port: 9000, bindAddress: '0.0.0.0' });
      const { before, after, plan } = await propose();
      assert.equal(after, before);
      assert.deepEqual([plan.port, plan.url], [9000, 'https://localhost:9000']);
    });

    it('is said to be closed to the network where no address was written', async () => {
      const isSaid = async (): Promise<boolean> =>
        (await propose()).notes.join().includes('open only to this machine');
      await written('"9000:8000"');
      assert.equal(await isSaid(), true);
      for (const entry of ['"127.0.0.1:9000:8000"', '"0.0.0.0:9000:8000"', '"8000"']) {
        await written(entry);
        assert.equal(await isSaid(), false, entry);
      }
    });
  });

  describe('where the server generation changes', () => {
    const OLD = 'chromadb/chroma:0.6.3';
    const NEW = 'chromadb/chroma:1.5.9';

    /** What the Chroma of the file mounts for its data, and what volumes the file declares. */
    async function dataOf(): Promise<readonly [readonly string[], readonly string[]]> {
      const said = parseYaml(await readFile(file('docker-compose.yml'), 'utf8')).toJS() as {
        services: { chroma: { volumes: string[] } };
        volumes: Record<string, null>;
      };
      const mounts = said.services.chroma.volumes.filter((mount) => !mount.includes('certs'));
      return [mounts, Object.keys(said.volumes)];
    }

    it('gives that generation a volume of its own, says so, and finds each one again', async () => {
      await create({ image: OLD });
      const both = [
        ['chroma-data:/chroma/chroma', 'chroma-data-1.x:/data'],
        ['chroma-data', 'chroma-data-1.x'],
      ];
      const there = await create({ image: NEW });
      assert.deepEqual(await dataOf(), both);
      assert.deepEqual(there.notes, [
        'Chroma 1.x cannot read the data of 0.x, so it starts empty, in chroma-data-1.x. The data of 0.x stays in chroma-data.',
      ]);
      const again = await create();
      assert.deepEqual([again.after, again.notes], [again.before, []]);
      const back = await create({ image: OLD });
      assert.deepEqual(await dataOf(), both);
      assert.deepEqual(back.notes, [
        'Chroma 0.x goes on with what is in chroma-data. The data of 1.x stays in chroma-data-1.x.',
      ]);
    });

    it('leaves a folder or a volume of the user’s own to the generation that wrote it', async () => {
      for (const mount of ['./data:/chroma/chroma', 'db:/chroma/chroma/']) {
        await writeFile(
          file('docker-compose.yml'),
          `services:\n  chroma:\n    image: ${OLD}\n    volumes:\n      - ${mount}\nvolumes:\n  db:\n`,
        );
        await create({ image: NEW });
        assert.deepEqual((await dataOf())[0], [mount, 'chroma-data:/data']);
      }
    });

    it('believes the volume where no tag tells the version', async () => {
      await writeFile(
        file('docker-compose.yml'),
        'services:\n  chroma:\n    image: chromadb/chroma\n    volumes: [ db:/chroma/chroma ]\nvolumes:\n  db:\n',
      );
      const { notes } = await create({ image: NEW });
      assert.deepEqual((await dataOf())[0], ['db:/chroma/chroma', 'chroma-data:/data']);
      assert.match(notes.join(), /The data of 0\.x stays in db\./);
    });
  });

  it('says which version it assumes where nothing tells it', async () => {
    const assumed = (subject: string): readonly string[] => [
      `${subject} is taken for Chroma 1.x: nothing in the file says which it is.`,
    ];
    assert.deepEqual((await propose()).notes, []);
    assert.deepEqual((await propose({ image: 'me/chroma:prod' })).notes, assumed('me/chroma:prod'));
    await writeFile(file('compose.yaml'), 'services:\n  chroma:\n    build: .\n');
    assert.deepEqual((await propose()).notes, assumed('What chroma is built from'));
  });

  it('says so where it mounts a volume elsewhere', async () => {
    await writeFile(
      file('compose.yaml'),
      'services:\n  chroma:\n    image: chromadb/chroma:1.5.9\n    volumes:\n      - ./mine:/chroma/chroma\n',
    );
    assert.deepEqual((await propose()).notes, ['./mine moves to where Chroma 1.x keeps its data.']);
  });

  it('refuses to write what the user did not agree to', async () => {
    await writeFile(file('compose.yaml'), 'services:\n  a:\n    image: b\n');
    const proposal = await propose();
    await writeFile(file('compose.yaml'), 'services:\n  a:\n    image: c\n');
    await assert.rejects(write(proposal), { code: 'compose-changed' });
    assert.match(await readFile(file('compose.yaml'), 'utf8'), /image: c/);
  });

  it('explains a file it cannot read, and offers another file where it cannot merge', async () => {
    for (const text of ['a: [', '- a list', 'a: 1\n---\nb: 2\n']) {
      await writeFile(file('compose.yaml'), text);
      await assert.rejects(propose(), { code: 'compose-broken' });
    }
    await writeFile(
      file('compose.yaml'),
      'services:\n  chroma: &c\n    image: chromadb/chroma:1.5.9\n  copy: *c\n',
    );
    await assert.rejects(propose(), { code: 'compose-not-mergeable' });
    assert.equal((await propose({}, { separate: true })).before, undefined);
  });

  it('keeps the mode, and a link in the workspace; one that leads out of it is refused', async () => {
    await writeFile(file('real.yml'), 'services:\n  a:\n    image: b\n', { mode: 0o640 });
    await symlink('real.yml', file('compose.yaml'));
    await create();
    assert.match(await readFile(file('real.yml'), 'utf8'), /chroma-tls:/);
    assert.equal((await stat(file('real.yml'))).mode & 0o777, 0o640);
    await rm(file('compose.yaml'));
    await writeFile(join(root, 'outside.yml'), '');
    await symlink('../outside.yml', file('compose.yaml'));
    await assert.rejects(propose(), { code: 'outside-workspace' });
  });

  it('refuses aliases of aliases that would fill the memory', async () => {
    const names = 'abcdefgh'.split('');
    const levels = names.map((name, level) => {
      const before = level === 0 ? '"chroma"' : `*${names[level - 1] ?? ''}`;
      return `x-${name}: &${name} [${Array(12).fill(before).join(', ')}]`;
    });
    const text = `${levels.join('\n')}\nservices: {}\n`;
    assert.ok(text.length < 600);
    await writeFile(file('docker-compose.yml'), text);
    await assert.rejects(propose(), { code: 'yaml-too-many-aliases' });
  });
});
