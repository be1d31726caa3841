import assert from 'node:assert/strict';
import { chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import { workspaceId } from '../../../../src/project/data-folder.ts';
import { skipBecause } from '../../../harness/skip-reasons.ts';
import { requirePart, type Parts } from '../../../parts.ts';
import { Workspace } from '../../fixtures/cli.ts';
import { processesOf, untilNoneRuns } from '../../fixtures/processes.ts';
import { ADDED_AND_FOUND, addAndQuery } from '../../fixtures/python-client.ts';
import { assertForwardSecrecy } from '../../fixtures/tls-scan.ts';

const VERSIONS = ['0.5.13', '0.6.3', '1.5.9'] as const;
type Version = (typeof VERSIONS)[number];

describe('every server generation without Docker', () => {
  const opened: Workspace[] = [];
  const chroma = new Map<Version, Parts['chroma 1.5.9']>();

  before(function () {
    for (const version of VERSIONS) chroma.set(version, requirePart(this, `chroma ${version}`));
  });
  afterEach(async () => {
    for (const workspace of opened.splice(0)) await workspace.run(['stop']);
  });

  const part = (version: Version): Parts['chroma 1.5.9'] => {
    const found = chroma.get(version);
    assert.ok(found);
    return found;
  };

  /** A workspace with these versions on PATH, the first of them first. */
  async function open(
    versions: readonly Version[],
    env: NodeJS.ProcessEnv = {},
  ): Promise<Workspace> {
    const folders = versions.map((version) => dirname(part(version).command));
    const workspace = await Workspace.create({
      ...env,
      PATH: [...folders, process.env['PATH']].join(delimiter),
    });
    opened.push(workspace);
    return workspace;
  }

  const asking = (version: Version, ...more: readonly string[]): readonly string[] => [
    ...['--runtime', 'local', '--image', `chromadb/chroma:${version}`],
    ...more,
  ];

  const dataOf = (workspace: Workspace): string =>
    join(workspace.env['CHROMA_TLS_DATA_DIR'] ?? '', 'workspaces', workspaceId(workspace.folder));

  for (const [version, setting, tls] of [
    ['0.5.13', 'auto', 'uvicorn'],
    ['0.5.13', 'embedded', 'embedded'],
    ['0.6.3', 'auto', 'uvicorn'],
    ['1.5.9', 'auto', 'embedded'],
  ] as const) {
    it(`${version} with ${tls} serves its own Python client over verified TLS, with forward secrecy only`, async function () {
      const { command } = requirePart(this, 'sslscan');
      const workspace = await open([version]);
      const started = await workspace.start(...asking(version, '--tls', setting));
      assert.equal(started.code, 0, started.stderr);
      const report = await workspace.status();
      assert.deepEqual(
        [report.state, report.runtime, report.tls, report.image],
        ['healthy', 'local', tls, `chroma ${version}`],
      );
      const { python } = part(version);
      const verified = await addAndQuery(workspace, python);
      assert.equal(verified.stdout, ADDED_AND_FOUND, verified.stderr);
      const distrusted = await addAndQuery(workspace, python, 'True');
      assert.notEqual(distrusted.code, 0, 'the system does not know our authority');
      await assertForwardSecrecy(command, workspace.port, 'ECDSA');
      assert.equal((await workspace.run(['stop'])).code, 0);
      await untilNoneRuns(workspace);
    });
  }

  it('keeps the data over a restart, and that of the two generations apart', async () => {
    const workspace = await open(['0.5.13', '1.5.9']);
    const local = ['--local-command'];
    await workspace.start(...asking('0.5.13', ...local, part('0.5.13').command));
    const { python } = part('0.5.13');
    assert.equal((await addAndQuery(workspace, python)).stdout, ADDED_AND_FOUND);
    await workspace.run(['stop']);

    const other = await workspace.start(...asking('1.5.9', ...local, part('1.5.9').command));
    assert.match(other.stderr, /data of Chroma 0\.x stays in .*chroma-data-python/);
    assert.match((await workspace.curl(COLLECTIONS)).stdout, /^\[\]$/);
    await workspace.run(['stop']);

    const again = await workspace.start(...asking('0.5.13', ...local, part('0.5.13').command));
    assert.doesNotMatch(again.stderr, /stays in/);
    const kept = await workspace.curl('/api/v1/collections');
    assert.match(kept.stdout, /"name":"documents"/);
    const folders = (await readdir(dataOf(workspace))).filter((name) =>
      name.startsWith('chroma-data'),
    );
    assert.deepEqual(folders.toSorted(), ['chroma-data', 'chroma-data-python']);
  });

  it('takes no Chroma of the other generation, and says what it found where', async () => {
    const workspace = await open(['0.5.13']);
    const refused = await workspace.start(...asking('1.5.9'));
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /Passed over: chromadb 0\.5\.13 in the chroma on PATH\./);
    assert.match(refused.stderr, /No Chroma 1\.x was found on this machine\./);
    const configured = ['--local-command', part('0.5.13').command];
    const unfit = await workspace.start(...asking('1.5.9', ...configured));
    assert.match(unfit.stderr, /cannot serve Chroma 1\.x.*It is Chroma 0\.5\.13/);
  });

  it('takes another version of the same generation, and says so', async () => {
    const workspace = await open(['0.6.3']);
    const started = await workspace.start(...asking('0.5.13'));
    assert.match(started.stderr, /Chroma 0\.6\.3 serves, not 0\.5\.13/);
    const report = await workspace.status();
    assert.deepEqual([report.state, report.image], ['healthy', 'chroma 0.6.3']);
  });

  it('refuses a TLS proxy that cannot serve it', async () => {
    const workspace = await open(['1.5.9']);
    const uvicorn = await workspace.start(...asking('1.5.9', '--tls', 'uvicorn'));
    assert.match(
      uvicorn.stderr,
      /uvicorn cannot end TLS here\. Chroma 1\.5\.9 is no longer served/,
    );
    const nginx = await workspace.start(...asking('1.5.9', '--tls', 'nginx'));
    assert.match(nginx.stderr, /nginx cannot end TLS here\. It runs as a container/);
    assert.deepEqual([uvicorn.code, nginx.code], [1, 1]);
  });

  it('needs a restart for a new certificate with uvicorn, but not with our TLS proxy', async () => {
    const workspace = await open(['0.5.13']);
    await workspace.start(...asking('0.5.13'));
    await workspace.run(['generate']);
    const stale = await workspace.status();
    assert.equal(stale.state, 'degraded');
    await workspace.run(['stop']);

    await workspace.start(...asking('0.5.13', '--tls', 'embedded'));
    const before = processesOf(workspace);
    await workspace.run(['generate']);
    assert.equal((await workspace.status()).state, 'healthy');
    assert.deepEqual(processesOf(workspace), before);
  });

  it('ignores variables of the environment that would contradict the settings', async () => {
    const env = {
      CHROMA_PORT: 'tcp://10.0.0.1:80',
      CHROMA_LISTEN_ADDRESS: '0.0.0.0',
      UVICORN_SSL_KEYFILE: '/nowhere/key.pem',
      UVICORN_PORT: '1',
    };
    for (const version of ['1.5.9', '0.5.13'] as const) {
      const workspace = await open([version], env);
      const started = await workspace.start(...asking(version, '--tls', 'embedded'));
      assert.equal(started.code, 0, started.stderr);
      assert.equal((await workspace.status()).state, 'healthy');
    }
  });

  it('says who holds the port', async () => {
    const workspace = await open(['0.5.13']);
    const holder = createServer().listen(workspace.port, '127.0.0.1');
    const started = await workspace.start(...asking('0.5.13'));
    holder.close();
    assert.equal(started.code, 1);
    assert.match(started.stderr, /Port \d+ is taken\. It is held by .*node/);
    await untilNoneRuns(workspace);
  });

  it('shows the last log lines of a server that could not start', async () => {
    const workspace = await open(['0.5.13']);
    await workspace.run(['generate']);
    const data = join(dataOf(workspace), 'chroma-data-python');
    await mkdir(data, { recursive: true });
    await writeFile(
      join(data, 'chroma.sqlite3'),
      'this is no database, but long enough to be read',
    );
    const started = await workspace.start(...asking('0.5.13'));
    assert.equal(started.code, 1);
    assert.match(started.stderr, /Chroma server exited with code \d/);
    const log = await workspace.run(['logs']);
    assert.match(log.stdout, /file is not a database/);
    await untilNoneRuns(workspace);
    const damaged = await readFile(join(data, 'chroma.sqlite3'), 'utf8');
    assert.match(damaged, /^this is no database/, 'what is there is never deleted');
  });

  it('says that a key cannot be read before it starts anything', async function () {
    if (process.getuid?.() !== 0) skipBecause(this, 'only root can make a key another cannot read');
    const workspace = await open(['0.5.13']);
    await workspace.run(['generate']);
    await workspace.giveToNobody();
    await chown(join(workspace.folder, 'certs', 'serverkey.pem'), 0, 0);
    const started = await workspace.runAsNobody(['start', ...asking('0.5.13')]);
    assert.equal(started.code, 1);
    assert.match(started.stderr, /files cannot be read.*serverkey\.pem/);
  });
});

const COLLECTIONS = '/api/v2/tenants/default_tenant/databases/default_database/collections';
