import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { McpServer } from '../../../src/clients/mcp-server.ts';
import { skipBecause } from '../../harness/skip-reasons.ts';
import { requirePart } from '../../parts.ts';
import { program, Workspace, type CliOutcome } from '../fixtures/cli.ts';

const LOOK = [
  ['chroma_list_collections', {}],
  ['chroma_get_documents', { collection_name: 'fruits', where_document: { $contains: 'pe' } }],
] as const;

describe('the MCP server that is printed for an editor', function () {
  let workspace: Workspace;
  /** An authority that did not sign the server's certificate. */
  let foreign: string;
  let uv: { command: string; env: Record<string, string> };
  /** Has Chroma's own MCP server, and the library of MCP clients. */
  let bin: string;

  before(async function () {
    const { command } = requirePart(this, 'chroma 1.5.9');
    bin = dirname(requirePart(this, 'chroma-mcp').command);
    uv = requirePart(this, 'uv');
    const other = await Workspace.create();
    foreign = join(other.folder, 'certs', 'ca.pem');
    workspace = await Workspace.create({
      PATH: [dirname(command), process.env['PATH']].join(delimiter),
    });
    const [started, made] = await Promise.all([
      workspace.start('--runtime', 'local'),
      other.run(['generate']),
    ]);
    assert.equal(started.code, 0, started.stderr);
    assert.equal(made.code, 0, made.stderr);
    await addDocuments();
    // What a repository could have in it: settings of uv, of chroma-mcp and of chromadb.
    const hostile = `CHROMA_SERVER_SSL_VERIFY=${foreign}\nCHROMA_API_IMPL=no.such.Module\n`;
    await writeFile(join(workspace.folder, '.chroma_env'), hostile);
    await writeFile(
      join(workspace.folder, '.env'),
      `${hostile}CHROMA_PRODUCT_TELEMETRY_IMPL=no.such.Telemetry\n`,
    );
    await writeFile(join(workspace.folder, 'uv.toml'), 'index-url = "https://index.invalid/"\n');
  });
  after(async () => {
    await workspace.run(['stop']);
  });

  const addDocuments = async (): Promise<void> => {
    const { stdout } = await workspace.run(['clients', '--language', 'python']);
    const more = [
      'c = client.create_collection("fruits", embedding_function=None)',
      'c.add(ids=["a", "b"], embeddings=[[1.0, 0.0], [0.0, 1.0]], documents=["apple", "pear"])',
    ];
    const added = await program(join(bin, 'python'), ['-c', [stdout, ...more].join('\n')]);
    assert.equal(added.code, 0, added.stderr);
  };

  /** Prints it, with one folder in front of PATH. */
  const print = async (folder: string): Promise<McpServer> => {
    const path = [folder, workspace.env['PATH']].join(delimiter);
    const { code, stdout, stderr } = await workspace.run(['mcp', '--runtime', 'local'], {
      PATH: path,
    });
    assert.equal(code, 0, stderr);
    return (JSON.parse(stdout) as { mcpServers: { chroma: McpServer } }).mcpServers.chroma;
  };

  /** Has a client start it and call tools, by default to look into the collection. */
  const ask = async (
    server: McpServer,
    env: Record<string, string> = {},
    tools: readonly (readonly [name: string, input: object])[] = LOOK,
  ): Promise<CliOutcome> => {
    const settings = join(dirname(workspace.folder), 'mcp.json');
    // uv may need a proxy of this machine, and what verifies it.
    const chroma = { ...server, env: { ...process.env, ...server.env, ...env } };
    await writeFile(settings, JSON.stringify({ mcpServers: { chroma } }));
    const calls = tools.map(([name, input]) => [name, JSON.stringify(input)]);
    return program(
      join(bin, 'python'),
      [resolve('test/real/clients/mcp-client.py'), settings, ...calls.flat()],
      // An editor starts it in the workspace, or wherever it runs itself.
      { cwd: workspace.folder },
    );
  };

  it('lets a client list and search over verified TLS, gotten by uv', async () => {
    const server = await print(dirname(uv.command));
    assert.equal(server.command, join(dirname(uv.command), 'uvx'));
    const { stdout, stderr, code } = await ask(server, uv.env);
    assert.equal(code, 0, stderr);
    assertFound(stdout);
  });

  it('does the same with a chroma-mcp that is installed', async function () {
    const server = await print(bin);
    if (server.command.includes('uvx')) skipBecause(this, 'uvx is on this machine, and goes first');
    assert.equal(server.command, join(bin, 'chroma-mcp'));
    const { stdout, stderr, code } = await ask(server);
    assert.equal(code, 0, stderr);
    assertFound(stdout);
  });

  it('lets a client make a collection and query it by meaning', async () => {
    const server = await print(dirname(uv.command));
    const home = join(dirname(workspace.folder), 'home-with-model');
    const model = await program(join(bin, 'python'), [
      resolve('test/real/clients/small-model.py'),
      home,
    ]);
    assert.equal(model.code, 0, model.stderr);
    const collection_name = 'drinks';
    const { stdout, stderr, code } = await ask(server, { ...uv.env, HOME: home }, [
      ['chroma_create_collection', { collection_name }],
      ['chroma_add_documents', { collection_name, ids: ['a', 'b'], documents: ['apple', 'pear'] }],
      ['chroma_query_documents', { collection_name, query_texts: ['cider'], n_results: 1 }],
    ]);
    assert.equal(code, 0, stderr);
    const answers = answersIn(stdout);
    assert.ok(
      answers.every(({ isError }) => !isError),
      stdout,
    );
    const found = JSON.parse(answers.at(-1)?.texts.join('') ?? '') as { documents: string[][] };
    assert.deepEqual(found.documents, [['apple']]);
  });

  it('is refused with the authority of another, before it serves anything', async () => {
    const { command, args, env } = await print(bin);
    const outcome = await program(command, args, {
      env: { ...process.env, ...uv.env, ...env, CHROMA_SERVER_SSL_VERIFY: foreign },
    });
    assert.notEqual(outcome.code, 0, outcome.stdout);
    assert.match(outcome.stderr, /certificate verify failed/i);
    assert.doesNotMatch(outcome.stdout, /Starting MCP server/);
  });
});

interface Answer {
  readonly isError: boolean;
  readonly texts: readonly string[];
}

function answersIn(stdout: string): readonly Answer[] {
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
}

function assertFound(stdout: string): void {
  const [list, documents] = answersIn(stdout);
  assert.deepEqual(list, { isError: false, texts: ['fruits'] });
  assert.equal(documents?.isError, false, stdout);
  assert.match(documents.texts.join(), /pear/);
  assert.doesNotMatch(documents.texts.join(), /apple/);
}
