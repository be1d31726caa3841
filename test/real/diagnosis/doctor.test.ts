import assert from 'node:assert/strict';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import type { DoctorReport } from '../../../src/diagnosis/doctor-report.ts';
import { CHECK_IDS } from '../../../src/diagnosis/check.ts';
import { until } from '../../harness/until.ts';
import { skipBecause } from '../../harness/skip-reasons.ts';
import { requirePart } from '../../parts.ts';
import { endServer, generateIn, serveTls } from '../../unit/chroma/tls-fixture.ts';
import { program, Workspace } from '../fixtures/cli.ts';
import { brokenIn, diagnosed, lineOf } from '../fixtures/diagnosing.ts';
import { pidOf, untilNoneRuns } from '../fixtures/processes.ts';

const LOCAL = { runtime: 'local' } as const;

describe('the doctor', () => {
  let workspace: Workspace;

  describe('of a server that runs', () => {
    before(async function () {
      const { command } = requirePart(this, 'chroma 1.5.9');
      workspace = await Workspace.create({
        PATH: [dirname(command), process.env['PATH']].join(delimiter),
      });
      const started = await workspace.start('--runtime', 'local');
      assert.equal(started.code, 0, started.stderr);
      await cp(certs(), `${certs()}.whole`, { recursive: true });
    });
    beforeEach(async () => {
      // The TLS proxy takes a moment to see that the former test's certificate is gone.
      await until(
        'a healthy server',
        () => workspace.status(),
        ({ state }) => state === 'healthy',
      );
    });
    afterEach(async () => {
      await rm(join(workspace.folder, '.env'), { force: true });
      await rm(join(workspace.folder, '.git'), { recursive: true, force: true });
      // In place, as the running server watches it.
      await cp(`${certs()}.whole`, certs(), { recursive: true, force: true });
      await chmod(join(certs(), 'serverkey.pem'), 0o600);
    });
    after(() => workspace.run(['stop']));

    const certs = (): string => join(workspace.folder, 'certs');
    const look = (now?: () => number): Promise<DoctorReport> => diagnosed(workspace, LOCAL, now);

    it('finds nothing broken, in both forms, and says no secret', async () => {
      const asked = ['doctor', '--runtime', 'local', '--port', String(workspace.port)];
      const plain = await workspace.run(asked);
      assert.equal(plain.code, 0, plain.stdout + plain.stderr);
      assert.equal(plain.stdout.trimEnd().split('\n').length, CHECK_IDS.length + 1);
      assert.doesNotMatch(plain.stdout, new RegExp(`${homedir()}/|PRIVATE KEY`));
      const { code, stdout } = await workspace.run([...asked, '--json']);
      const report = JSON.parse(stdout) as DoctorReport;
      assert.deepEqual([code, report.ok, report.checks.map(({ id }) => id)], [0, true, CHECK_IDS]);
      assert.match(lineOf(report, 'handshake'), /^TLSv1\.3, TLS_\w+; localhost < .*; X509_V_OK$/);
      assert.match(lineOf(report, 'heartbeat'), /^\/api\/v2\/heartbeat answered in [\d.]+ ms$/);
    });

    it('names the key alone that others may read', async () => {
      await chmod(join(certs(), 'serverkey.pem'), 0o644);
      const report = await look();
      assert.deepEqual(brokenIn(report), ['key'], lineOf(report, 'key'));
      assert.match(lineOf(report, 'key'), /→ Run chroma-tls generate\.$/);
      // The status says the same of it, in the same words.
      const seen = report.checks.find(({ id }) => id === 'key')?.seen ?? 'nothing';
      const { certificate } = await workspace.status();
      assert.ok(certificate.problems[0]?.startsWith(seen), certificate.problems[0]);
    });

    it('names the key alone that is in git', async () => {
      for (const args of [
        ['init', '-q'],
        ['add', '--force', 'certs/serverkey.pem'],
      ]) {
        await program('git', args, { cwd: workspace.folder });
      }
      const report = await look();
      assert.deepEqual(brokenIn(report), ['key'], JSON.stringify(report));
      assert.match(lineOf(report, 'key'), /git/);
    });

    it('names the name alone that leads nowhere', async () => {
      await writeFile(join(workspace.folder, '.env'), 'CHROMA_DOMAIN=chroma.invalid\n');
      const report = await look();
      assert.deepEqual(brokenIn(report), ['name'], JSON.stringify(report));
      assert.match(lineOf(report, 'name'), /chroma\.invalid.*hosts/);
    });

    it('names the certificate alone that does not match its key', async () => {
      const other = await Workspace.create();
      await other.run(['generate']);
      await cp(join(other.folder, 'certs/serverkey.pem'), join(certs(), 'serverkey.pem'));
      const report = await look();
      assert.deepEqual(brokenIn(report), ['certificate'], JSON.stringify(report));
      assert.match(lineOf(report, 'certificate'), /key.* → Run chroma-tls generate --yes/);
    });

    it('names the certificate alone that has expired', async () => {
      const past = await Workspace.create();
      process.env['CHROMA_TLS_DATA_DIR'] = past.env['CHROMA_TLS_DATA_DIR'];
      const now = new Date(Date.now() - 20 * 86_400_000);
      await generateIn(past.folder, { now, validityDays: 10 });
      await cp(join(past.folder, 'certs'), certs(), { recursive: true, force: true });
      const report = await look();
      assert.deepEqual(brokenIn(report), ['certificate'], JSON.stringify(report));
      assert.match(lineOf(report, 'certificate'), /expired/i);
    });

    it('names the clock alone that is not the server’s', async () => {
      const report = await look(() => Date.now() + 3 * 3_600_000);
      assert.deepEqual(brokenIn(report), ['clock'], JSON.stringify(report));
      assert.match(lineOf(report, 'clock'), / 3 h apart/);
    });

    it('names the handshake alone, as OpenSSL does, with an authority of somebody else', async () => {
      const stranger = await Workspace.create();
      await stranger.run(['generate']);
      const external = { runtime: 'external', port: workspace.port } as const;
      await writeFile(join(stranger.folder, '.env'), 'CHROMA_DOMAIN=localhost\n');
      const report = await diagnosed(stranger, external);
      assert.deepEqual(brokenIn(report), ['handshake'], JSON.stringify(report));
      assert.match(lineOf(report, 'handshake'), /authority.*UNABLE_TO_\w+|_CERT_/);
    });

    for (const [file, text, said] of [
      ['requirements.txt', 'chromadb==0.5.13\n', /0\.5\.13 \(requirements\.txt\) is older .* 410/],
      [
        'package.json',
        '{ "dependencies": { "chromadb": "1.9.2" } }',
        /1\.9\.2 \(package\.json\) is older .* 410/,
      ],
    ] as const) {
      it(`names the client alone that is older than the server, by ${file}`, async () => {
        await writeFile(join(workspace.folder, file), text);
        const report = await look();
        await rm(join(workspace.folder, file));
        assert.deepEqual(brokenIn(report), ['client'], JSON.stringify(report));
        assert.match(lineOf(report, 'client'), said);
      });
    }

    it('names the code alone that turns verification off, and follows no link out', async () => {
      const outside = dirname(workspace.folder);
      await writeFile(join(outside, 'outside.sh'), 'export NODE_TLS_REJECT_UNAUTHORIZED=0\n');
      await symlink(join(outside, 'outside.sh'), join(workspace.folder, 'inside.sh'));
      await symlink(outside, join(workspace.folder, 'folder'));
      assert.deepEqual(brokenIn(await look()), []);
      await writeFile(
        join(workspace.folder, 'app.py'),
        'import chromadb\nclient = await chromadb.AsyncHttpClient(host="localhost", ssl=True)\n',
      );
      const report = await look();
      for (const name of ['inside.sh', 'folder', 'app.py']) await rm(join(workspace.folder, name));
      assert.deepEqual(brokenIn(report), ['code'], JSON.stringify(report));
      assert.match(lineOf(report, 'code'), /app\.py:2: AsyncHttpClient verifies nothing/);
    });

    it('names the trust store alone that has a former authority, and tries the present one', async function () {
      const { command } = requirePart(this, 'nss tools');
      const { HOME: home } = process.env;
      process.env['HOME'] = await mkdtemp(join(tmpdir(), 'chroma-tls-home-'));
      const database = join(process.env['HOME'], '.pki/nssdb');
      const certutil = async (...args: readonly string[]): Promise<void> => {
        const outcome = await program(command, [...args, '-d', `sql:${database}`]);
        assert.equal(outcome.code, 0, outcome.stderr);
      };
      const trust = (name: string): Promise<void> =>
        certutil('-A', '-t', 'C,,', '-n', name, '-i', join(certs(), 'ca.pem'));
      try {
        await mkdir(database, { recursive: true });
        await certutil('-N', '--empty-password');
        await trust('former');
        assert.match(lineOf(await look(), 'trust'), /^accepted by Chromium/);
        const generated = await workspace.run(['generate', '--name', 'another.test']);
        assert.equal(generated.code, 0, generated.stderr);
        const report = await look();
        assert.deepEqual(brokenIn(report), ['trust'], JSON.stringify(report));
        assert.match(lineOf(report, 'trust'), /Chromium has a former authority.*→ Trust/);
        const files = [...(await readFile(join(database, 'cert9.db')))];
        await trust('present');
        assert.match(lineOf(await look(), 'trust'), /^accepted by Chromium/);
        assert.notDeepEqual([...(await readFile(join(database, 'cert9.db')))], files);
      } finally {
        process.env['HOME'] = home;
      }
    });

    it('names the server alone that was killed, with its last lines', async () => {
      process.kill(pidOf(workspace, 'chroma'), 'SIGKILL');
      await untilNoneRuns(workspace);
      const report = await look();
      assert.deepEqual(brokenIn(report), ['server'], JSON.stringify(report));
      assert.match(lineOf(report, 'server'), /killed.*It said: .* → Start it again/);
    });
  });

  describe('where nothing runs', () => {
    beforeEach(async () => {
      workspace = await Workspace.create();
    });

    it('finds nothing broken, and says why it passes over the rest', async () => {
      const report = await diagnosed(workspace, LOCAL);
      assert.deepEqual(brokenIn(report), []);
      for (const id of ['engine', 'server', 'certificate', 'key', 'handshake', 'heartbeat']) {
        const check = report.checks.find((one) => one.id === id);
        assert.equal(check?.skipped, true, id);
        assert.match(check.seen, /\.$/);
      }
    });

    it('names the folder alone whose .env cannot be read', async () => {
      await mkdir(join(workspace.folder, '.env'));
      const report = await diagnosed(workspace, LOCAL);
      assert.deepEqual(brokenIn(report), ['project'], JSON.stringify(report));
    });

    it('names the name alone that cannot be, of someone else’s server too', async () => {
      await writeFile(join(workspace.folder, '.env'), 'CHROMA_DOMAIN=a,IP:10.0.0.1\n');
      for (const runtime of ['local', 'external'] as const) {
        const report = await diagnosed(workspace, { runtime });
        assert.deepEqual(brokenIn(report), ['name'], JSON.stringify(report));
      }
    });

    it('names the port alone that another program holds, and a free one', async () => {
      const holder = createServer().listen(workspace.port, '127.0.0.1');
      const report = await diagnosed(workspace, LOCAL);
      holder.close();
      assert.deepEqual(brokenIn(report), ['port'], JSON.stringify(report));
      assert.match(lineOf(report, 'port'), /held by node.*process \d+.*→ Port \d+ is free/i);
    });

    it('names the engine alone that is not installed or does not run', async function () {
      const missing = { runtime: 'docker', containerCommand: '/nowhere/docker' } as const;
      const report = await diagnosed(workspace, missing);
      assert.deepEqual(brokenIn(report), ['engine'], JSON.stringify(report));
      assert.match(lineOf(report, 'engine'), /not installed.*→ Install it/);
      requirePart(this, 'docker');
      const off = await workspace.run(['doctor', '--runtime', 'docker', '--json'], {
        DOCKER_HOST: 'tcp://127.0.0.1:1',
      });
      const stopped = JSON.parse(off.stdout) as DoctorReport;
      assert.deepEqual([off.code, brokenIn(stopped)], [1, ['engine']], off.stdout);
      assert.match(lineOf(stopped, 'engine'), /engine does not answer.*→ Start it/);
    });

    it('names the engine alone where the user may not use it', async function () {
      if (process.getuid?.() !== 0) skipBecause(this, 'needs root to become a user without rights');
      requirePart(this, 'docker');
      await workspace.giveToNobody();
      const barred = await workspace.runAsNobody(['doctor', '--runtime', 'docker', '--json']);
      const denied = JSON.parse(barred.stdout) as DoctorReport;
      assert.deepEqual(brokenIn(denied), ['engine'], barred.stdout);
      assert.match(lineOf(denied, 'engine'), /may not use it.*docker group/);
    });

    it('names the image alone that is not the Chroma of its tag', async function () {
      requirePart(this, 'docker');
      const image = `chroma-tls-doctor/chroma-${process.pid}:0.5.13`;
      const recipe = join(dirname(workspace.folder), 'recipe');
      await mkdir(recipe);
      await writeFile(join(recipe, 'Dockerfile'), 'FROM scratch\nENTRYPOINT ["chroma", "run"]\n');
      const built = await program('docker', ['build', '--quiet', '--tag', image, recipe]);
      assert.equal(built.code, 0, built.stderr);
      try {
        const report = await diagnosed(workspace, { runtime: 'docker', image });
        assert.deepEqual(brokenIn(report), ['image'], JSON.stringify(report));
        assert.match(lineOf(report, 'image'), /runs Chroma 1\.x, and not the 0\.5\.13/);
      } finally {
        await program('docker', ['rmi', image]);
      }
    });

    it('names the container alone that goes by a former authority', async function () {
      for (const part of ['docker', 'image nginx:1.29-alpine'] as const) requirePart(this, part);
      await workspace.run(['generate']);
      const source = quoteField(`source=${join(workspace.folder, 'certs/ca.pem')}`);
      const mount = `type=bind,${source},target=/ca.pem`;
      const name = `chroma-tls-doctor-${process.pid}`;
      const args = ['run', '--detach', '--rm', '--name', name, '--mount', mount];
      const started = await program('docker', [...args, 'nginx:1.29-alpine', 'sleep', '600']);
      assert.equal(started.code, 0, started.stderr);
      try {
        const asked = { runtime: 'docker' } as const;
        assert.deepEqual(brokenIn(await diagnosed(workspace, asked)), []);
        await workspace.run(['generate', '--name', 'another.test']);
        const report = await diagnosed(workspace, asked);
        assert.deepEqual(brokenIn(report), ['containers'], JSON.stringify(report));
        assert.match(
          lineOf(report, 'containers'),
          /doctor-\d+ goes by a former.*\/ca\.pem.*→ Restart/,
        );
      } finally {
        await program('docker', ['rm', '--force', name]);
      }
    });

    it('names the advisories alone of a 0.x that others reach', async function () {
      const { command } = requirePart(this, 'chroma 0.5.13');
      const path = [dirname(command), process.env['PATH']].join(delimiter);
      const old = await Workspace.create({ PATH: path });
      const asked = { ...LOCAL, image: 'chromadb/chroma:0.5.13', bindAddress: '0.0.0.0' } as const;
      const how = ['--runtime', 'local', '--image', asked.image, '--bind-address', '0.0.0.0'];
      const started = await old.start(...how);
      assert.equal(started.code, 0, started.stderr);
      try {
        const report = await diagnosed(old, asked);
        assert.deepEqual(brokenIn(report), ['advisories'], JSON.stringify(report));
      } finally {
        await old.run(['stop']);
      }
    });

    it('names the heartbeat alone of a server with another API', async () => {
      process.env['CHROMA_TLS_DATA_DIR'] = workspace.env['CHROMA_TLS_DATA_DIR'];
      const made = await generateIn(workspace.folder);
      const { server, port } = await serveTls(made, (_, response) => {
        response.writeHead(410).end();
      });
      await writeFile(join(workspace.folder, '.env'), 'CHROMA_DOMAIN=localhost\n');
      const report = await diagnosed(workspace, { runtime: 'external', port });
      endServer(server);
      assert.deepEqual(brokenIn(report), ['heartbeat'], JSON.stringify(report));
    });
  });
});

/** A field of CSV, which a value of --mount is. */
function quoteField(field: string): string {
  return `"${field.replaceAll('"', '""')}"`;
}
