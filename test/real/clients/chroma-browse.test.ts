import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { program, Workspace } from '../fixtures/cli.ts';
import { useLocalWorkspaces } from '../fixtures/local-workspaces.ts';

describe('chroma browse, run as it is printed', function () {
  const { open } = useLocalWorkspaces();

  it('hears from the server, and refuses one that another authority signed', async () => {
    const [workspace, foreign] = await Promise.all([open(), Workspace.create()]);
    const started = await workspace.start('--runtime', 'local');
    assert.equal(started.code, 0, started.stderr);
    await foreign.run(['generate']);
    const { stdout: line } = await workspace.run([
      ...['clients', '--language', 'chroma-browse'],
      ...['--runtime', 'local', '--port', String(workspace.port)],
    ]);
    const browse = async (text: string): Promise<string> => {
      const { stdout, stderr } = await program('sh', ['-c', text], { env: workspace.env });
      return stdout + stderr;
    };
    // A server's answer: without a terminal it can show no collection that there is.
    assert.match(await browse(line), /Collection documents not found/);
    const other = line.replace(/SSL_CERT_FILE=.*\n/, `SSL_CERT_FILE="$FOREIGN" \\\n`);
    const refused = await program('sh', ['-c', other], {
      env: { ...workspace.env, FOREIGN: `${foreign.folder}/certs/ca.pem` },
    });
    assert.match(refused.stdout + refused.stderr, /InvalidCertificate/);
  });
});
