import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { before, describe, it } from 'mocha';
import type { StatusReport } from '../../../src/chroma/status/report-status.ts';
import { COMPOSE_LABELS } from '../../../src/containers/compose/labels.ts';
import { LABELS } from '../../../src/chroma/runtimes/container-labels.ts';
import { workspaceId } from '../../../src/project/data-folder.ts';
import { requirePart, type Parts } from '../../parts.ts';
import { program, Workspace } from '../fixtures/cli.ts';
import { addAndQuery } from '../fixtures/version-client.ts';
import { assertDocument } from '../fixtures/generated-document.ts';
import {
  chooseForEveryRun,
  parseMatrix,
  renderMatrix,
  rowOf,
  type Cell,
} from './support-matrix.ts';

const PROXIES = ['uvicorn', 'nginx', 'envoy', 'embedded'] as const;
const TABLE = 'docs/support-matrix.md';

/** A way to run Chroma, and the versions that are tried on it. */
interface Way {
  readonly name: string;
  readonly versions: readonly string[];
  /** What is said to each of our commands. */
  readonly options: readonly string[];
  readonly environment: (context: Mocha.Context, version: string) => Promise<NodeJS.ProcessEnv>;
  /** True: the server is what `chroma-tls compose` writes. */
  readonly byFile?: true;
}

const IN_CONTAINERS = ['0.4.22', '0.4.24', '0.5.13', '0.6.3', '1.5.9'];
const OF_BOTH_GENERATIONS = ['0.5.13', '0.6.3', '1.5.9'];

const WAYS: readonly Way[] = [
  {
    name: 'Docker',
    versions: IN_CONTAINERS,
    options: ['--runtime', 'docker'],
    environment: () => Promise.resolve({}),
  },
  {
    name: 'Podman',
    versions: OF_BOTH_GENERATIONS,
    options: ['--runtime', 'docker', '--container-command', 'podman'],
    environment: (context) => Promise.resolve(requirePart(context, 'podman').env),
  },
  {
    name: 'Compose 2',
    versions: IN_CONTAINERS,
    options: ['--runtime', 'compose'],
    environment: (context) => {
      requirePart(context, 'compose v2');
      return Promise.resolve({});
    },
    byFile: true,
  },
  {
    name: 'docker-compose 1.29',
    versions: OF_BOTH_GENERATIONS,
    options: ['--runtime', 'compose'],
    environment: async (context) => {
      const { command } = requirePart(context, 'compose v1');
      return {
        // Where no plugin is found, what is left is the old program.
        DOCKER_CONFIG: await mkdtemp(join(tmpdir(), 'chroma-tls-docker-')),
        PATH: [dirname(command), process.env['PATH']].join(delimiter),
      };
    },
    byFile: true,
  },
  {
    name: 'local',
    versions: OF_BOTH_GENERATIONS,
    options: ['--runtime', 'local'],
    environment: (context, version) => {
      const { folder } = requirePart(context, `chroma ${version}` as 'chroma 1.5.9');
      return Promise.resolve({
        VIRTUAL_ENV: folder,
        PATH: [join(folder, 'bin'), process.env['PATH']].join(delimiter),
      });
    },
  },
];

/** All of them, in the order of the table. */
const COMBINATIONS = WAYS.flatMap((way) =>
  way.versions.flatMap((version) =>
    PROXIES.map((tls) => ({ version, runtime: way.name, tls, way })),
  ),
);

describe('what runs Chroma over TLS', function () {
  const text = readFileSync(resolve(TABLE), 'utf8');
  const table = parseMatrix(text);
  const isWhole = process.env['CHROMA_TLS_MATRIX'] === 'whole';
  const inEveryRun = chooseForEveryRun(COMBINATIONS, table);
  const rows = new Map<string, Map<string, Cell>>();
  let python = '';

  before(function () {
    requirePart(this, 'docker');
    requirePart(this, 'image nginx:1.29-alpine');
    requirePart(this, 'image envoyproxy/envoy:v1.40.0');
    for (const version of IN_CONTAINERS) {
      requirePart(this, `image chromadb/chroma:${version}` as keyof Parts);
    }
    ({ python } = requirePart(this, 'chroma 1.5.9'));
  });

  for (const combination of COMBINATIONS) {
    if (!isWhole && !inEveryRun.has(combination)) continue;
    const { version, tls, way } = combination;
    const row = rowOf(combination);
    it(`${row}, TLS by ${tls}`, async function () {
      const workspace = await Workspace.create({
        // Of its own, or Compose would take the folder's name, which all of them share.
        COMPOSE_PROJECT_NAME: `chroma-tls-matrix-${randomUUID()}`,
        ...(await way.environment(this, version)),
      });
      try {
        const cell = await tryOut(workspace, way, version, tls);
        rows.set(row, (rows.get(row) ?? new Map<string, Cell>()).set(tls, cell));
        assert.deepEqual(cell, table.get(row)?.get(tls), `${TABLE} says something else`);
      } finally {
        await workspace.run(['stop', ...way.options]);
        await removeData(workspace, way);
      }
    });
  }

  it(`is what ${TABLE} says`, async () => {
    if (isWhole) {
      const decided = [...rows.values()].reduce((sum, { size }) => sum + size, 0);
      assert.equal(decided, COMBINATIONS.length, 'a table with holes is not written');
    }
    await assertDocument(TABLE, renderMatrix(COMBINATIONS, isWhole ? rows : table));
  });

  /** Brings it up, adds and queries; or says why it cannot exist, in the product's own words. */
  async function tryOut(
    workspace: Workspace,
    { options, byFile }: Way,
    version: string,
    proxy: string,
  ): Promise<Cell> {
    const image = `chromadb/chroma:${version}`;
    const chosen = [...options, '--image', image, '--tls', proxy];
    if (byFile) {
      const port = ['--port', String(workspace.port)];
      const written = await workspace.run(['compose', ...chosen, ...port]);
      const why = readRefusal(written.stderr);
      if (why !== undefined) return { works: false, why };
      assert.equal(written.code, 0, written.stderr);
    }
    const started = await workspace.start(...chosen);
    const why = readRefusal(started.stderr);
    if (why !== undefined) return { works: false, why };
    assert.equal(started.code, 0, started.stderr);
    const { stdout } = await workspace.run(['status', '--json', ...options]);
    const report = JSON.parse(stdout) as StatusReport;
    assert.deepEqual([report.state, report.tls], ['healthy', proxy]);
    const certificates = join(workspace.folder, 'certs');
    const found = await addAndQuery({ version, python, certificates, port: workspace.port });
    assert.match(found.stdout, /\[\['left'\]\]/, found.stderr);
    return { works: true };
  }

  /** Removes the volumes; by which name they know whose they are is the runtime's affair. */
  async function removeData(workspace: Workspace, { options }: Way): Promise<void> {
    const client = options.includes('podman') ? 'podman' : 'docker';
    const project = workspace.env['COMPOSE_PROJECT_NAME'] ?? '';
    for (const label of [
      `${LABELS.workspace}=${workspaceId(workspace.folder)}`,
      `${COMPOSE_LABELS.project}=${project}`,
    ]) {
      const args = ['volume', 'ls', '--quiet', '--filter', `label=${label}`];
      const listed = await program(client, args, { env: workspace.env });
      const volumes = listed.stdout.split('\n').filter(Boolean);
      if (volumes.length === 0) continue;
      const removed = await program(client, ['volume', 'rm', ...volumes], { env: workspace.env });
      assert.equal(removed.code, 0, removed.stderr);
    }
  }
});

/** Why a TLS proxy cannot be, as the product says it; undefined where it did not refuse one. */
function readRefusal(stderr: string): string | undefined {
  return /chroma-tls: \S+ cannot end TLS here\. (.+?) Set /.exec(stderr)?.[1];
}
