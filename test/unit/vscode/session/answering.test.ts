import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import type { Server as TlsServer } from 'node:https';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { Observation } from '../../../../src/chroma/server-facts.ts';
import { Server } from '../../../../src/chroma/server/server.ts';
import { stopChroma } from '../../../../src/workspace/stop.ts';
import { DEFAULT_SETTINGS } from '../../../../src/project/settings.ts';
import { answeringAddress, untilSilent } from '../../../../src/vscode/session/answering.ts';
import { until } from '../../../harness/until.ts';
import { makeWorkspace, type WorkspaceFixture } from '../../certificates/workspace-fixture.ts';
import { NONE, running, runtime } from '../../chroma/runtime-fixture.ts';
import { endServer, HEARTBEAT, serveTls } from '../../chroma/tls-fixture.ts';

describe('that Chroma answers', () => {
  let fixture: WorkspaceFixture;
  let tls: TlsServer;
  let seen: Observation;
  let server: Server;
  let address: string;

  beforeEach(async () => {
    fixture = await makeWorkspace();
    const serving = await serveTls(await fixture.generate(), (_, response) => {
      response.end(HEARTBEAT);
    });
    tls = serving.server;
    address = `https://localhost:${serving.port}`;
    seen = running('docker');
    assert.ok(seen.kind === 'running');
    seen = { ...seen, server: { ...seen.server, port: serving.port } };
    const stop = (): Promise<void> => {
      seen = NONE;
      return Promise.resolve();
    };
    server = new Server({
      workspace: fixture.workspace,
      readSettings: () => ({ ...DEFAULT_SETTINGS, runtime: 'docker', heartbeatInterval: 1 }),
      runtimes: [{ ...runtime('docker', NONE), observe: () => Promise.resolve(seen), stop }],
      log: () => undefined,
      keyPassphrase: () => Promise.resolve(undefined),
    });
    server.watch();
    await Promise.all([server.refreshProject(), server.observe()]);
    await until('it answers', () => answeringAddress(server.snapshot) === address);
  });
  afterEach(() => {
    server.dispose();
    endServer(tls);
  });

  for (const [what, change] of Object.entries<() => unknown>({
    'is paused': () => {
      assert.ok(seen.kind === 'running');
      const problem = { code: 'server-paused', what: 'It is paused.' };
      seen = { kind: 'impaired', server: seen.server, problem };
      return server.observe();
    },
    'is gone': () => {
      seen = NONE;
      return server.observe();
    },
    'is being stopped here': () => stopChroma(server),
    'does not answer any more': () => {
      endServer(tls);
    },
    'has another name': async () => {
      await writeFile(join(fixture.workspace, '.env'), 'CHROMA_DOMAIN=127.0.0.1\n');
      await server.refreshProject();
    },
  })) {
    it(`is said until it ${what}, and no longer`, async () => {
      let isOver = false;
      void untilSilent(server, address).then(() => {
        isOver = true;
      });
      await server.observe();
      await server.refreshProject();
      assert.equal(isOver, false);
      await change();
      await until('it is over', () => isOver);
      assert.notEqual(answeringAddress(server.snapshot), address);
    });
  }
});
