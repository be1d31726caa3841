import assert from 'node:assert/strict';
import { cp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, delimiter, join, resolve } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { StatusReport } from '../../../src/chroma/status/report-status.ts';
import { until } from '../../harness/until.ts';
import { requirePart } from '../../parts.ts';
import { program, Workspace } from '../fixtures/cli.ts';

// Desktop VS Code runs on BoringSSL, which refuses an address that an authority is constrained to. Bun
// has the same library, and runs the very bundle that Node.js does.
describe('the heartbeat on BoringSSL', () => {
  let bun = '';
  let workspace: Workspace;

  before(async function () {
    bun = requirePart(this, 'bun').command;
    const chroma = requirePart(this, 'chroma 1.5.9');
    const path = [dirname(chroma.command), process.env['PATH']].join(delimiter);
    workspace = await Workspace.create({ PATH: path });
    const started = await workspace.start('--runtime', 'local');
    assert.equal(started.code, 0, started.stderr);
  });
  after(() => workspace.run(['stop']));

  async function status(): Promise<StatusReport> {
    const { folder: cwd, env } = workspace;
    const { stdout } = await program(bun, [resolve('dist/cli.js'), 'status', '--json'], {
      cwd,
      env,
    });
    return JSON.parse(stdout) as StatusReport;
  }

  /** What Bun's own fetch makes of the server by a name, trusting ca.pem alone. */
  async function fetchBy(host: string): Promise<string> {
    const script = `
      const ca = await Bun.file('certs/ca.pem').text();
      await fetch('https://${host}:${workspace.port}/api/v2/heartbeat', { tls: { ca } }).then(
        () => console.log('accepted'),
        (error) => console.log(error.message),
      );`;
    return (await program(bun, ['-e', script], { cwd: workspace.folder })).stdout.trim();
  }

  it('accepts the default certificate by name, and BoringSSL itself does too', async () => {
    assert.equal(await fetchBy('localhost'), 'accepted');
  });

  it('is needed by address: BoringSSL itself refuses the default certificate there', async () => {
    assert.match(await fetchBy('127.0.0.1'), /unsupported name constraint type/);
    const env = join(workspace.folder, '.env');
    await writeFile(env, 'CHROMA_DOMAIN=127.0.0.1\n');
    assert.equal((await status()).state, 'healthy');
    await rm(env);
  });

  it('accepts the ordinary certificate by name, where the other is missing', async () => {
    const names = join(workspace.folder, 'certs', 'servercert-names.pem');
    await rename(names, `${names}.kept`);
    await until(
      'the ordinary one is served',
      () => fetchBy('localhost'),
      (said) => said.includes('unsupported'),
    );
    assert.equal((await status()).state, 'healthy');
    await rename(`${names}.kept`, names);
    await until(
      'the other is served again',
      () => fetchBy('localhost'),
      (said) => said === 'accepted',
    );
  });

  it('accepts the server that serves the certificate on disk', async () => {
    assert.equal((await status()).state, 'healthy');
  });

  it('refuses a server with any other certificate', async () => {
    const other = await Workspace.create();
    await other.run(['generate']);
    const [ours, kept] = [join(workspace.folder, 'certs'), join(workspace.folder, 'kept')];
    await cp(ours, kept, { recursive: true });
    // Another authority is now the one to trust; the TLS proxy goes on with the pair of the old one.
    await cp(join(other.folder, 'certs', 'ca.pem'), join(ours, 'ca.pem'));
    const foreign = await status();
    assert.equal(foreign.heartbeat.ok, false, 'a certificate of another authority is no heartbeat');
    await cp(kept, ours, { recursive: true });
    assert.equal((await status()).state, 'healthy');
  });

  it('accepts someone else’s server once the very certificate it serves is there', async () => {
    const other = await Workspace.create();
    const [theirs, ours] = [workspace, other].map(({ folder }) => join(folder, 'certs'));
    assert.ok(theirs !== undefined && ours !== undefined);
    // By address, where Bun cannot go by the authority alone.
    await writeFile(join(other.folder, '.env'), 'CHROMA_DOMAIN=127.0.0.1\n');
    const look = async (): Promise<StatusReport> => {
      const external = ['--runtime', 'external', '--port', String(workspace.port)];
      const { stdout } = await program(
        bun,
        [resolve('dist/cli.js'), 'status', '--json', ...external],
        { cwd: other.folder, env: other.env },
      );
      return JSON.parse(stdout) as StatusReport;
    };
    await cp(join(theirs, 'ca.pem'), join(ours, 'ca.pem'));
    assert.match((await look()).heartbeat.error ?? '', /Copy servercert\.pem/);
    await cp(join(theirs, 'servercert.pem'), join(ours, 'servercert.pem'));
    const report = await look();
    assert.equal(report.state, 'healthy', report.heartbeat.error);
    assert.deepEqual(report.certificate.problems, []);
  });

  it('refuses a server by a name that its certificate lacks', async () => {
    await writeFile(join(workspace.folder, '.env'), 'CHROMA_DOMAIN=other.test\n');
    assert.match((await status()).heartbeat.error ?? '', /not good for other\.test/);
  });
});
