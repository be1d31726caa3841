import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { access, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { delimiter, dirname, join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { generateFiles } from '../../../src/certificates/generate-files.ts';
import type { StatusReport } from '../../../src/chroma/status/report-status.ts';
import { requirePart } from '../../parts.ts';
import { freePort, Workspace } from '../fixtures/cli.ts';

// A public authority's certificate cannot be had here; what the machine itself trusts is stood for
// by SSL_CERT_FILE and NODE_EXTRA_CA_CERTS, which are read together with it.
describe('a server that someone else runs', () => {
  let theirs: Workspace;
  const servers: Server[] = [];

  before(async function () {
    const chroma = requirePart(this, 'chroma 1.5.9');
    theirs = await Workspace.create({
      PATH: [dirname(chroma.command), process.env['PATH']].join(delimiter),
    });
    const started = await theirs.start('--runtime', 'local');
    assert.equal(started.code, 0, started.stderr);
  });
  after(() => theirs.run(['stop']));
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  /** A workspace that looks at it, with what else is said. */
  async function look(how: {
    ca?: string;
    domain?: string;
    port?: number;
    env?: NodeJS.ProcessEnv;
  }): Promise<{ report: StatusReport; code: number; workspace: Workspace }> {
    const workspace = await Workspace.create(how.env);
    if (how.ca !== undefined) {
      await mkdir(join(workspace.folder, 'certs'));
      await copyFile(how.ca, join(workspace.folder, 'certs', 'ca.pem'));
    }
    await writeFile(join(workspace.folder, '.env'), `CHROMA_DOMAIN=${how.domain ?? 'localhost'}\n`);
    const { stdout, code } = await workspace.run([
      ...['status', '--json', '--runtime', 'external'],
      ...['--port', String(how.port ?? theirs.port)],
    ]);
    return { report: JSON.parse(stdout) as StatusReport, code, workspace };
  }

  /** A TLS server of our own with a certificate made to measure. */
  async function serve(how: {
    host?: string;
    domain?: string;
    validityDays?: number;
    now?: Date;
  }): Promise<{ port: number; ca: string }> {
    const { folder } = await Workspace.create();
    const { files } = await generateFiles({
      workspace: folder,
      folder: join(folder, 'certs'),
      domain: how.domain ?? 'localhost',
      additionalNames: [],
      kind: 'local-ca',
      keyType: 'ecdsa-p256',
      validityDays: how.validityDays ?? 365,
      keepAuthorityKey: false,
      engine: 'builtin',
      containerCommand: 'docker',
      ...(how.now ? { now: how.now } : {}),
    });
    const port = await freePort();
    const server = createServer(
      { cert: await readFile(files.certificate), key: await readFile(files.key) },
      (_, response) => response.end('{"nanosecond heartbeat":1}'),
    );
    servers.push(server);
    await new Promise<void>((done) => server.listen(port, how.host ?? '127.0.0.1', done));
    return { port, ca: files.ca };
  }

  const theirCa = (): string => join(theirs.folder, 'certs', 'ca.pem');

  it('is healthy with its ca.pem, and the certificate shown is the one it serves', async () => {
    const { report, code } = await look({ ca: theirCa() });
    const original = await theirs.status();
    const shown = await readFile(join(theirs.folder, 'certs', 'servercert-names.pem'));
    assert.equal(code, 0);
    assert.deepEqual(
      { ...report, heartbeat: report.heartbeat.ok },
      {
        ...original,
        runtime: 'external',
        image: null,
        tls: 'other',
        heartbeat: true,
        certificate: {
          ...original.certificate,
          // By its name it serves the one for host names alone.
          names: ['localhost'],
          fingerprint256: new X509Certificate(shown).fingerprint256,
          // Who renews it is for those who run it.
          source: null,
          renewal: null,
        },
      },
    );
    assert.ok((report.heartbeat.latencyMs ?? 0) > 0);
  });

  it('is heard on the older API where it has no newer one (0.5.13)', async function () {
    const { command } = requirePart(this, 'chroma 0.5.13');
    const old = await Workspace.create();
    const started = await old.start(
      ...['--runtime', 'local', '--image', 'chromadb/chroma:0.5.13'],
      ...['--local-command', command],
    );
    assert.equal(started.code, 0, started.stderr);
    assert.match((await old.curl('/api/v2/heartbeat')).stdout, /Not Found/);
    const { report } = await look({
      ca: join(old.folder, 'certs', 'ca.pem'),
      port: old.port,
    });
    assert.equal(report.state, 'healthy', report.heartbeat.error);
    await old.run(['stop']);
    const ended = await look({ ca: join(old.folder, 'certs', 'ca.pem'), port: old.port });
    assert.equal(ended.report.state, 'unreachable');
  });

  it('is not trusted without its ca.pem, and says which certificate is wanted', async () => {
    const { report, code } = await look({});
    assert.deepEqual([report.state, code], ['unreachable', 1]);
    assert.match(report.heartbeat.error ?? '', /authority that this machine does not know/);
    assert.deepEqual(report.certificate.names, [], 'an unverified certificate tells nothing');
    assert.deepEqual(report.certificate.problems, [report.heartbeat.error]);
  });

  for (const name of ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS']) {
    it(`is healthy where this machine trusts its authority (${name})`, async () => {
      const { report } = await look({ env: { [name]: theirCa() } });
      assert.equal(report.state, 'healthy', report.heartbeat.error);
    });
  }

  it('is not trusted for the machine’s authorities where ca.pem is another’s', async () => {
    const { ca } = await serve({});
    const { report } = await look({ ca, env: { SSL_CERT_FILE: theirCa() } });
    assert.match(report.heartbeat.error ?? '', /not signed by the authority in ca\.pem/);
  });

  it('says which names its certificate has where the domain is not among them', async () => {
    const { port, ca } = await serve({ host: '127.0.0.2', domain: 'chroma.test' });
    const { report } = await look({ ca, port, domain: '127.0.0.2' });
    assert.equal(report.state, 'unreachable');
    assert.match(report.heartbeat.error ?? '', /not good for 127\.0\.0\.2/);
    assert.deepEqual(report.certificate.names, ['chroma.test']);
    assert.match(report.certificate.problems[0] ?? '', /does not cover 127\.0\.0\.2/);
  });

  it('says that its certificate has expired', async () => {
    const days = (count: number): Date => new Date(Date.now() - count * 86_400_000);
    const { port, ca } = await serve({ validityDays: 2, now: days(4) });
    const { report } = await look({ ca, port });
    assert.equal(report.state, 'unreachable');
    assert.match(report.heartbeat.error ?? '', /has expired.*who runs the server/);
  });

  it('is degraded while the certificate it serves is about to expire', async () => {
    const days = (count: number): Date => new Date(Date.now() - count * 86_400_000);
    const { port, ca } = await serve({ validityDays: 100, now: days(95) });
    const { report, code } = await look({ ca, port });
    assert.deepEqual([report.state, code], ['degraded', 0]);
    assert.match(report.certificate.problems[0] ?? '', /^It expires in [45] days/);
  });

  it('is unreachable where nothing listens, or the host is none', async () => {
    const silent = await look({ port: await freePort() });
    assert.match(silent.report.heartbeat.error ?? '', /Nothing listens on localhost/);
    const nowhere = await look({ domain: 'chroma.invalid' });
    assert.match(nowhere.report.heartbeat.error ?? '', /chroma\.invalid cannot be found/);
    assert.deepEqual([silent.code, nowhere.code], [1, 1]);
  });

  it('is not set up while nobody has said where it is, and nothing is at the default', async () => {
    const workspace = await Workspace.create();
    const port = String(workspace.port);
    const { stdout } = await workspace.run(['status', '--runtime', 'external', '--port', port]);
    assert.match(stdout, /^state\s+unconfigured/);
  });

  it('is neither started nor stopped from here, and no certificate is made', async () => {
    const { workspace } = await look({ ca: theirCa() });
    const external = ['--runtime', 'external', '--port', String(theirs.port)];
    const started = await workspace.run(['start', '--wait', ...external]);
    assert.equal(started.code, 1);
    assert.match(started.stderr, /someone else runs it/);
    const stopped = await workspace.run(['stop', ...external]);
    assert.deepEqual([stopped.code, stopped.stderr], [0, '']);
    assert.match(stopped.stdout, /goes on/);
    assert.match((await workspace.run(['logs', ...external])).stdout, /log is where it runs/);
    await assert.rejects(access(join(workspace.folder, 'certs', 'servercert.pem')));
    assert.equal((await theirs.status()).state, 'healthy');
  });

  it('hides no server of the folder’s own from Stop', async () => {
    const { PATH } = theirs.env;
    const workspace = await Workspace.create(PATH === undefined ? {} : { PATH });
    const started = await workspace.start('--runtime', 'local');
    assert.equal(started.code, 0, started.stderr);
    const stopped = await workspace.run([
      ...['stop', '--runtime', 'external', '--port', String(theirs.port)],
    ]);
    assert.match(stopped.stdout, /^The server of this folder’s own is stopped\./);
    assert.equal((await workspace.status()).state, 'stopped');
    assert.equal((await theirs.status()).state, 'healthy');
  });
});
