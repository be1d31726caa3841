import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import {
  CancellationTokenSource,
  ConfigurationTarget,
  LanguageModelTextPart,
  lm,
  workspace,
  type McpStdioServerDefinition,
} from 'vscode';
import type { ExtensionApi } from '../../src/extension.ts';
import { noteSaidInTerminal, wasSaidInTerminal } from '../../src/project/bearer-token.ts';
import { makePrivateFolder, workspaceDataFolder } from '../../src/project/data-folder.ts';
import { TOOLS } from '../../src/vscode/model/assistant-ids.ts';
import { until } from '../harness/until.ts';
import { requirePart } from '../parts.ts';
import { freePort } from '../real/fixtures/cli.ts';
import { activateExtension, openFolder } from './extension.ts';

describe('what assistants are given', function () {
  let api: ExtensionApi;
  let port: number;
  const set = async (name: string, value: unknown): Promise<void> =>
    workspace.getConfiguration('chromaTls').update(name, value, ConfigurationTarget.Workspace);

  before(async function () {
    const { command } = requirePart(this, 'chroma 1.5.9');
    api = await activateExtension();
    port = await freePort();
    await writeFile(join(openFolder(), '.env'), 'CHROMA_DOMAIN=localhost\n');
    await set('port', port);
    await set('localCommand', command);
    await set('runtime', 'local');
    await until('the settings', () => api.snapshot()?.settings?.settings.port === port);
  });

  after(async () => {
    await call('chroma_stop', {});
    for (const name of ['runtime', 'localCommand', 'port']) await set(name, undefined);
    for (const name of ['certs', '.env', '.vscode']) {
      await rm(join(openFolder(), name), { recursive: true, force: true });
    }
    await until('an empty workspace', () => api.snapshot()?.certificate.kind === 'none');
  });

  it('are the tools of the manifest', () => {
    const known = new Set(lm.tools.map(({ name }) => name));
    assert.deepEqual(
      Object.keys(TOOLS).filter((name) => !known.has(name)),
      [],
    );
  });

  it('is the status, and code for a client, while nothing runs', async () => {
    const { state } = JSON.parse(await call('chroma_status', {})) as { state: string };
    assert.equal(state, 'unconfigured');
    const diagnosis = JSON.parse(await call('chroma_diagnose', {})) as { checks: unknown[] };
    assert.ok(diagnosis.checks.length > 5);
    assert.match(await call('chroma_client_code', { client: 'curl' }), new RegExp(`:${port}/api`));
    await assert.rejects(call('chroma_client_code', { client: 'cobol' }), /The clients are python/);
    await assert.rejects(call('chroma_status', { more: 1 }), /not what the tool takes/);
  });

  it('opens no server that a terminal had ask for a token, without a word of the user', async () => {
    await makePrivateFolder(workspaceDataFolder(openFolder()));
    await noteSaidInTerminal(openFolder(), true);
    try {
      // In such a test VS Code shows no dialog of several answers.
      await assert.rejects(call('chroma_start', {}));
      const { state } = JSON.parse(await call('chroma_status', {})) as { state: string };
      assert.equal(state, 'unconfigured');
      assert.equal(await wasSaidInTerminal(openFolder()), true);
    } finally {
      await noteSaidInTerminal(openFolder(), false);
    }
  });

  it('is an MCP server while Chroma runs, told as it comes and goes', async () => {
    let changes = 0;
    const watching = api.mcpServers.onDidChangeMcpServerDefinitions?.(() => {
      changes += 1;
    });
    assert.deepEqual(await list(api), []);

    const report = JSON.parse(await call('chroma_start', {})) as { state: string };
    assert.equal(report.state, 'healthy');
    await until('the change', () => changes > 0);
    const [server, ...more] = await list(api);
    assert.ok(server);
    assert.deepEqual(more, []);
    assert.deepEqual(server.args.slice(-8), [
      ...['--client-type', 'http', '--host', 'localhost'],
      ...['--port', String(port), '--ssl', 'true'],
    ]);
    assert.equal(server.env['CHROMA_SERVER_SSL_VERIFY'], join(openFolder(), 'certs', 'ca.pem'));
    // Not in the workspace, whose `.env` chromadb would read.
    assert.equal(server.cwd?.fsPath, homedir());

    changes = 0;
    assert.match(await call('chroma_stop', {}), /is stopped; its data stays/);
    await until('the change', () => changes > 0);
    assert.deepEqual(await list(api), []);
    await assert.rejects(
      Promise.resolve(
        api.mcpServers.resolveMcpServerDefinition?.(server, new CancellationTokenSource().token),
      ),
      /No Chroma server runs/,
    );
    watching?.dispose();
  });
});

/** Calls a tool as an assistant does. VS Code answers its own questions with yes in such a test. */
async function call(name: string, input: object): Promise<string> {
  const { content } = await lm.invokeTool(name, { input, toolInvocationToken: undefined });
  return content.map((part) => (part instanceof LanguageModelTextPart ? part.value : '')).join('');
}

async function list({ mcpServers }: ExtensionApi): Promise<McpStdioServerDefinition[]> {
  const { token } = new CancellationTokenSource();
  return (await mcpServers.provideMcpServerDefinitions(token)) ?? [];
}
