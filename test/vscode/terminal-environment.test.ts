import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import {
  commands,
  ConfigurationTarget,
  debug,
  ProcessExecution,
  ShellExecution,
  ShellQuoting,
  Task,
  tasks,
  window,
  workspace,
} from 'vscode';
import { until } from '../harness/until.ts';
import type { ExtensionApi } from '../../src/extension.ts';
import { activateExtension, openFolder } from './extension.ts';

describe('the environment of terminals, tasks and debug sessions', () => {
  let api: ExtensionApi;
  let server: Server;
  let program: string;
  const out = (name: string): string => join(openFolder(), `${name}.json`);
  const set = async (value: boolean | undefined): Promise<void> =>
    workspace
      .getConfiguration('chromaTls')
      .update('terminalEnvironment', value, ConfigurationTarget.Workspace);

  /** One that this machine has would stay. */
  const { NODE_EXTRA_CA_CERTS: own } = process.env;

  before(async () => {
    delete process.env['NODE_EXTRA_CA_CERTS'];
    api = await activateExtension();
    await commands.executeCommand('chromaTls.generateCertificate');
    await until('a certificate', () => api.snapshot()?.certificate.kind === 'present');
    const certs = join(openFolder(), 'certs');
    server = createServer(
      {
        cert: await readFile(join(certs, 'servercert.pem')),
        key: await readFile(join(certs, 'serverkey.pem')),
      },
      (_, response) => response.end('verified'),
    );
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    program = join(openFolder(), 'client.cjs');
    await writeFile(
      program,
      `const { writeFileSync, renameSync } = require('node:fs');
const [, , file] = process.argv;
const { CHROMA_DOMAIN: domain } = process.env;
fetch('https://localhost:${port}')
  .then((answer) => answer.text(), (error) => error.cause.code)
  .then((said) => {
    writeFileSync(file + '.part', JSON.stringify({ domain, said }));
    renameSync(file + '.part', file);
  });
`,
    );
  });

  after(async () => {
    if (own !== undefined) process.env['NODE_EXTRA_CA_CERTS'] = own;
    await set(undefined);
    server.close();
    for (const name of ['certs', '.env', '.vscode', 'client.cjs']) {
      await rm(join(openFolder(), name), { recursive: true, force: true });
    }
    await until('no certificate', () => api.snapshot()?.certificate.kind === 'none');
  });

  async function said(name: string): Promise<{ domain?: string; said?: string }> {
    await until(`${name} has ended`, () => existsSync(out(name)));
    const text = await readFile(out(name), 'utf8');
    await rm(out(name));
    return JSON.parse(text) as { domain?: string; said?: string };
  }

  async function inTerminal(): Promise<{ domain?: string; said?: string }> {
    const terminal = window.createTerminal({
      name: 'client',
      shellPath: process.execPath,
      shellArgs: [program, out('terminal')],
      env: { ELECTRON_RUN_AS_NODE: '1' },
    });
    try {
      return await said('terminal');
    } finally {
      terminal.dispose();
    }
  }

  /** Its end is not waited for, but what it writes. */
  async function inTask(kind: 'process' | 'shell'): Promise<{ domain?: string; said?: string }> {
    const [folder] = workspace.workspaceFolders ?? [];
    assert.ok(folder);
    const args = [program, out(kind)];
    const options = { env: { ELECTRON_RUN_AS_NODE: '1' } };
    // The folder's name has quotes of both kinds, which quotes would not hold.
    const words = args.map((value) => ({ value, quoting: ShellQuoting.Escape }));
    const execution =
      kind === 'shell'
        ? new ShellExecution(process.execPath, words, options)
        : new ProcessExecution(process.execPath, args, options);
    const task = new Task({ type: kind }, folder, `client ${kind}`, 'test', execution);
    const running = await tasks.executeTask(task);
    try {
      return await said(kind);
    } finally {
      running.terminate();
    }
  }

  it('is as it was until the setting is on', async () => {
    const found = await inTerminal();
    assert.equal(found.domain, undefined);
    assert.notEqual(found.said, 'verified');
    assert.notEqual((await inTask('process')).said, 'verified');
  });

  it('has a Node.js client verify, and is gone with the setting', async () => {
    await set(true);
    await until('terminals verify', async () => (await inTerminal()).said === 'verified');
    assert.equal((await inTerminal()).domain, 'localhost');

    const [folder] = workspace.workspaceFolders ?? [];
    assert.ok(folder);
    const launched = await debug.startDebugging(folder, {
      ...{ type: 'node', request: 'launch', name: 'client', program, args: [out('debug')] },
      ...{ runtimeExecutable: process.execPath, console: 'internalConsole' },
    });
    assert.ok(launched);
    assert.equal((await said('debug')).said, 'verified');

    for (const kind of ['process', 'shell'] as const) {
      assert.deepEqual(await inTask(kind), { domain: 'localhost', said: 'verified' }, kind);
    }

    await set(undefined);
    await until('as it was', async () => (await inTerminal()).domain === undefined);
  });
});
