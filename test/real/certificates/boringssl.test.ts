import assert from 'node:assert/strict';
import { cp, writeFile } from 'node:fs/promises';
import { dirname, delimiter, join, resolve } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { StatusReport } from '../../../src/chroma/status/report-status.ts';
import { requirePart } from '../../parts.ts';
import { program, Workspace } from '../fixtures/cli.ts';

// Desktop VS Code runs on BoringSSL, which refuses an authority constrained to IP addresses. Bun
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

  it('is needed: BoringSSL itself refuses the default certificate', async () => {
    const script = `
      const ca = await Bun.file('certs/ca.pem').text();
      await fetch('${workspace.url}/api/v2/heartbeat', { tls: { ca } }).then(
        () => console.log('accepted'),
        (error) => console.log(error.message),
      );`;
    const { stdout } = await program(bun, ['-e', script], { cwd: workspace.folder });
    assert.match(stdout, /unsupported name constraint type/);
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
