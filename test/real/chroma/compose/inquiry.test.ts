import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { inquire } from '../../../../src/compose/inquiry.ts';
import { proposeComposeFile, type ComposeProposal } from '../../../../src/compose/proposal.ts';
import { ExplainedError } from '../../../../src/system/errors.ts';
import { DEFAULT_SETTINGS } from '../../../../src/project/settings.ts';
import { requirePart } from '../../../parts.ts';

const CHROMA =
  'services:\n  chroma:\n    image: chromadb/chroma:1.5.9\n    volumes: ["vec:/data"]\n';
const VOLUMES = 'volumes:\n  vec:\n';
const WEB = '  web:\n    image: nginx\n    volumes: ["./html:/usr/share/nginx/html:ro"]\n';

/** What a proposal is checked by: no container is made. */
describe('a change of a Compose file, tried by Compose', () => {
  let root = '';
  let workspace = '';
  const set = { PATH: process.env['PATH'], data: process.env['CHROMA_TLS_DATA_DIR'] };

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'chroma-tls-inquiry-'));
    workspace = join(root, 'shop');
    await mkdir(workspace);
    process.env['CHROMA_TLS_DATA_DIR'] = join(root, 'data');
  });
  afterEach(async () => {
    process.env['PATH'] = set.PATH;
    if (set.data === undefined) delete process.env['CHROMA_TLS_DATA_DIR'];
    else process.env['CHROMA_TLS_DATA_DIR'] = set.data;
    await rm(root, { recursive: true });
  });

  async function propose(
    files: Readonly<Record<string, string>>,
    folder = workspace,
    containerCommand = 'docker',
  ): Promise<ComposeProposal> {
    for (const [name, text] of Object.entries(files)) await writeFile(join(workspace, name), text);
    return proposeComposeFile({
      workspace: folder,
      settings: DEFAULT_SETTINGS,
      chosen: new Set(),
      ...inquire(containerCommand, folder),
      // No container is looked for.
      findDataAtRisk: () => Promise.resolve(undefined),
    });
  }

  /** An engine without a subcommand for it, and the program of that name on PATH. */
  async function withOnly(program: string, line: string, says: string): Promise<string> {
    const engine = join(root, 'engine');
    await writeFile(engine, `#!/bin/sh\n[ "$1" = --version ] && echo ${says}\n`);
    await writeFile(join(root, program), `#!/bin/sh\n${line}\n`);
    for (const file of [engine, join(root, program)]) await chmod(file, 0o755);
    process.env['PATH'] = [root, set.PATH].join(delimiter);
    return engine;
  }

  it('is taken in a folder that is reached by a link', async function () {
    requirePart(this, 'compose v2');
    const link = join(root, 'link');
    await symlink(workspace, link);
    const { after } = await propose({ 'compose.yaml': CHROMA + WEB + VOLUMES }, link);
    assert.match(after, /chroma-tls:/);
  });

  it('is refused where an override alters it', async function () {
    requirePart(this, 'compose v2');
    const asked = propose({
      'compose.yaml': CHROMA + VOLUMES,
      'compose.override.yaml': 'services:\n  chroma:\n    network_mode: bridge\n',
    });
    await assert.rejects(
      asked,
      (error) => error instanceof ExplainedError && error.problem.code === 'compose-contradicted',
    );
  });

  it('is taken with an override where docker-compose 1.x cannot try it', async function () {
    const { command } = requirePart(this, 'compose v1');
    const engine = await withOnly('docker-compose', `exec '${command}' "$@"`, 'Docker');
    const { after } = await propose(
      {
        'docker-compose.yml': `version: "3.8"\n${CHROMA}${VOLUMES}`,
        'docker-compose.override.yml': 'version: "3.8"\nservices:\n  web:\n    image: nginx\n',
      },
      workspace,
      engine,
    );
    assert.match(after, /chroma-tls:/);
  });

  describe('with podman-compose', () => {
    let engine = '';

    beforeEach(async function () {
      const { command } = requirePart(this, 'podman-compose');
      engine = await withOnly('podman-compose', `exec '${command}' "$@"`, 'podman');
    });

    it('is taken', async () => {
      const { after } = await propose(
        { 'compose.yaml': CHROMA + WEB + VOLUMES },
        workspace,
        engine,
      );
      assert.match(after, /chroma-tls:/);
    });

    it('is refused where an override alters it', async () => {
      const files = {
        'compose.yaml': CHROMA + VOLUMES,
        'compose.override.yaml': 'services:\n  chroma:\n    network_mode: bridge\n',
      };
      await assert.rejects(
        propose(files, workspace, engine),
        (error) => error instanceof ExplainedError && error.problem.code === 'compose-contradicted',
      );
    });

    it('is taken untried where it leaves out Chroma, whose profile is off', async () => {
      const profile = '    profiles: [search]\n';
      for (const name of ['chroma', 'vectors']) {
        const text = CHROMA.replace('chroma:', `${name}:`) + profile + WEB + VOLUMES;
        const { after } = await propose({ 'compose.yaml': text }, workspace, engine);
        assert.ok(after.includes(`\n  ${name}-tls:`));
        assert.equal(/^ {2}chroma:/m.test(after), name === 'chroma', 'no second one');
      }
    });

    it('is taken untried in another folder, for which it has no option', async () => {
      await mkdir(join(workspace, 'infra'));
      const files = {
        '.env': 'COMPOSE_FILE=infra/compose.yaml\n',
        'infra/compose.yaml': CHROMA + VOLUMES,
      };
      process.env['COMPOSE_FILE'] = 'infra/compose.yaml';
      try {
        const { after } = await propose(files, workspace, engine);
        assert.match(after, /chroma-tls:/);
      } finally {
        delete process.env['COMPOSE_FILE'];
      }
    });
  });
});
