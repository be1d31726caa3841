import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { createServer } from '../../../src/chroma/server/create-server.ts';
import { readSettings } from '../../../src/project/settings.ts';
import { openWorkspace } from '../../../src/workspace/context.ts';
import { testConnection } from '../../../src/workspace/test-connection.ts';
import { requirePart } from '../../parts.ts';
import { Workspace } from '../fixtures/cli.ts';
import { cleanUp } from '../fixtures/docker.ts';

describe('Test Connection', () => {
  let workspace: Workspace;

  /** The same as a window of the workspace does. */
  async function test(certificatesFolder = join(workspace.folder, 'certs')) {
    process.env['CHROMA_TLS_DATA_DIR'] = workspace.env['CHROMA_TLS_DATA_DIR'];
    const settings = readSettings({});
    const server = createServer({
      workspace: workspace.folder,
      distFolder: resolve('dist'),
      readSettings: () => settings,
      log: () => undefined,
      keyPassphrase: () => Promise.resolve(undefined),
    });
    const passphrases = {
      read: () => Promise.resolve(undefined),
      keep: () => Promise.resolve(),
      forget: () => Promise.resolve(),
    };
    try {
      const context = await openWorkspace({
        workspace: workspace.folder,
        settings,
        passphrases,
        server,
      });
      return await testConnection({ ...context, certificatesFolder });
    } finally {
      server.dispose();
    }
  }

  afterEach(() => cleanUp(workspace));

  for (const [image, path] of [
    [
      'chromadb/chroma:1.5.9',
      '/api/v2/tenants/default_tenant/databases/default_database/collections',
    ],
    ['chromadb/chroma:0.5.13', '/api/v1/collections'],
  ] as const) {
    it(`reaches ${image} as a client does, and only so`, async function () {
      for (const part of ['docker', `image ${image}`, 'image nginx:1.29-alpine'] as const) {
        requirePart(this, part);
      }
      workspace = await Workspace.create();
      await assert.rejects(test(), { code: 'no-server' });
      const started = await workspace.start('--runtime', 'docker', '--image', image);
      assert.equal(started.code, 0, started.stderr);
      const body = JSON.stringify({ name: 'books' });
      const json = ['--header', 'content-type: application/json'];
      await workspace.curl(path, ...json, '--data', body);

      const found = await test();
      assert.equal(found.collections, 1);
      assert.equal(found.protocol, 'TLSv1.3');
      assert.equal(found.name, 'localhost');
      assert.equal(found.url, workspace.url);
      // uvicorn cannot choose by the name that it is asked for.
      const shown = path.includes('/v1/') ? 'servercert.pem' : 'servercert-names.pem';
      const leaf = new X509Certificate(await readFile(join(workspace.folder, 'certs', shown)));
      assert.equal(found.fingerprint256, leaf.fingerprint256);

      const stranger = await Workspace.create();
      await stranger.run(['generate']);
      await assert.rejects(test(join(stranger.folder, 'certs')), { code: 'unknown-ca' });
      await cleanUp(stranger);
    });
  }
});
