import assert from 'node:assert/strict';
import { mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { CLIENTS } from '../../../src/clients/catalogue.ts';
import type { Client } from '../../../src/clients/client.ts';
import { renderExample } from '../../../src/clients/render-snippet.ts';
import { findPart, requirePart, type Parts } from '../../parts.ts';
import { program, Workspace, type CliOutcome } from '../fixtures/cli.ts';

/** A client that can be run here: what gets it, and how its program is run. */
interface Runnable {
  readonly id: string;
  readonly part: keyof Parts;
  readonly file: string;
  readonly run: (file: string, ca: string) => Promise<CliOutcome>;
  /** What it prints when it has found the document. */
  readonly found: RegExp;
}

const node = (file: string, ca: string): Promise<CliOutcome> =>
  program(process.execPath, [file], { env: { ...process.env, NODE_EXTRA_CA_CERTS: ca } });
const python = (file: string): Promise<CliOutcome> => {
  const found = findPart('chroma 1.5.9');
  return program(found.available ? found.python : 'python3', [file]);
};

const RUNNABLE: readonly Runnable[] = [
  { id: 'python', part: 'chroma 1.5.9', file: 'a.py', run: python, found: /one/ },
  { id: 'python-async', part: 'chroma 1.5.9', file: 'a.py', run: python, found: /one/ },
  { id: 'javascript', part: 'client javascript', file: 'a.mjs', run: node, found: /one/ },
  { id: 'javascript-2', part: 'client javascript-2', file: 'a.mjs', run: node, found: /one/ },
  {
    id: 'curl',
    part: 'chroma 1.5.9',
    file: 'a.sh',
    run: (file) => program('sh', [file]),
    found: /^\[.*\]/,
  },
];

describe('the code for a client, run as it is printed', function () {
  this.timeout(300_000);
  let workspace: Workspace;
  /** An authority that did not sign the server's certificate. */
  let foreign: Workspace;

  before(async function () {
    const { command } = requirePart(this, 'chroma 1.5.9');
    const path = [dirname(command), process.env['PATH']].join(delimiter);
    [workspace, foreign] = await Promise.all([
      Workspace.create({ PATH: path }),
      Workspace.create(),
    ]);
    const [started, made] = await Promise.all([
      workspace.start('--runtime', 'local'),
      foreign.run(['generate']),
    ]);
    assert.equal(started.code, 0, started.stderr);
    assert.equal(made.code, 0, made.stderr);
  });
  after(async () => {
    await workspace.run(['stop']);
  });

  it('is printed by the CLI for the server that runs', async () => {
    const { stdout } = await workspace.run(['clients', '--language', 'python']);
    assert.match(stdout, new RegExp(`port=${workspace.port},`));
    assert.ok(stdout.includes(JSON.stringify(join(workspace.folder, 'certs', 'ca.pem'))), stdout);
    const list = await workspace.run(['clients']);
    for (const { id } of CLIENTS) assert.match(list.stdout, new RegExp(`^${id} `, 'm'));
    const unknown = await workspace.run(['clients', '--language', 'cobol']);
    assert.equal(unknown.code, 2, unknown.stdout);
    assert.match(unknown.stderr, /There is no client cobol/);
  });

  for (const { id, part, file, run, found } of RUNNABLE) {
    it(`${id}: adds and finds, and refuses a server that another authority signed`, async function () {
      const facts = requirePart(this, part);
      const client = CLIENTS.find((one) => one.id === id);
      assert.ok(client);
      const folder = await mkdtemp(join(tmpdir(), 'chroma-tls-client-'));
      if ('modules' in facts) await symlink(facts.modules, join(folder, 'node_modules'));
      const ask = async ({ folder: trusted }: Workspace): Promise<CliOutcome> => {
        const ca = join(trusted, 'certs', 'ca.pem');
        const program = join(folder, file);
        await writeFile(program, renderExample(client, connectionTo(workspace.port, ca)));
        return run(program, ca);
      };
      const good = await ask(workspace);
      assert.equal(good.code, 0, good.stderr);
      assert.match(good.stdout, found);
      const bad = await ask(foreign);
      assert.notEqual(bad.code, 0, bad.stdout);
      assert.match(bad.stderr, REFUSED[client.syntax] ?? /./);
    });
  }
});

function connectionTo(port: number, ca: string) {
  return { host: 'localhost', port, ca, generation: 'rust', version: '1.5.9' } as const;
}

/** How each language's client says that it could not verify the server. */
const REFUSED: Readonly<Partial<Record<Client['syntax'], RegExp>>> = {
  python: /certificate verify failed|Could not connect/i,
  script: /connect|certificate/i,
  shell: /SSL certificate problem/,
};
