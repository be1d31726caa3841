import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, beforeEach, describe, it } from 'mocha';
import { renderEnvoyConfig } from '../../../src/proxy/envoy.ts';
import { chooseNames, HOST_NAME } from '../../../src/proxy/names-choice.ts';
import { renderNginxConfig } from '../../../src/proxy/nginx.ts';
import { skipBecause } from '../../harness/skip-reasons.ts';
import { makeWorkspace, type WorkspaceFixture } from '../certificates/workspace-fixture.ts';

describe('the certificate that a TLS proxy in a container shows by a host name', () => {
  let fixture: WorkspaceFixture;
  before(function () {
    if (process.platform !== 'linux') skipBecause(this, 'the containers run Linux');
  });
  beforeEach(async () => {
    fixture = await makeWorkspace();
    await fixture.generate();
  });

  /** The certificates that a configuration names once the script has chosen, in their order. */
  async function choose(text: string): Promise<readonly string[]> {
    const file = join(fixture.workspace, 'chosen.conf');
    await writeFile(file, text);
    const proxy = { certificates: fixture.folder };
    execFileSync('sh', ['-c', `${chooseNames(proxy, file)} && true`], { stdio: 'pipe' });
    const found = (await readFile(file, 'utf8')).matchAll(/servercert[\w-]*\.pem/g);
    return [...found].map(([name]) => name);
  }

  it('is the one for host names alone, if it belongs to the one beside it', async () => {
    const { files } = fixture;
    const proxy = { tlsPort: 8443, chromaPort: 8000, certificates: '/certs' };
    const nginx = renderNginxConfig(proxy);
    const envoy = renderEnvoyConfig(proxy, '/tmp')['names.json'];
    const [ordinary, names] = ['servercert.pem', 'servercert-names.pem'];
    const chosen = async (): Promise<unknown> => [await choose(nginx), await choose(envoy)];
    const [both, one] = [
      [[ordinary, names], [names]],
      [[ordinary, ordinary], [ordinary]],
    ];
    assert.deepEqual(await chosen(), both);
    const former = await readFile(files.names);
    await fixture.generate();
    assert.deepEqual(await chosen(), both);
    await writeFile(files.names, former);
    assert.deepEqual(await chosen(), one, 'of a former certificate');
    await writeFile(files.names, '\n');
    assert.deepEqual(await chosen(), one, 'no certificate');
    await rm(files.names);
    assert.deepEqual(await chosen(), one, 'none');
    for (const [what, program, ...args] of [
      ['a pipe', 'mkfifo', files.names],
      ['a device without end', 'ln', '-s', '/dev/zero', files.names],
    ] as const) {
      execFileSync(program, args);
      assert.deepEqual(await chosen(), one, what);
      await rm(files.names);
    }
  });

  it('is shown for a host name, and for no address', () => {
    const isHostName = new RegExp(`^${HOST_NAME}$`);
    for (const name of ['localhost', 'LOCALHOST', 'a.test', '1.a.test', 'xn--bcher-kva.test']) {
      assert.match(name, isHostName);
    }
    for (const name of ['', '127.0.0.1', '::1', 'fe80::a', '::ffff:127.0.0.1']) {
      assert.doesNotMatch(name, isHostName);
    }
  });
});
