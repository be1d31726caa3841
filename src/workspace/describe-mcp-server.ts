import { homedir } from 'node:os';
import {
  refuseMcp,
  renderMcpServer,
  type McpProgram,
  type McpServer,
} from '../clients/mcp-server.ts';
import { ExplainedError } from '../system/errors.ts';
import { findProgram } from '../system/processes/program-path.ts';
import { findRunningToken } from './client-token.ts';
import type { WorkspaceContext } from './context.ts';
import { describeConnection } from './describe-connection.ts';

/**
 * The MCP server for this workspace's Chroma server.
 *
 * @param purpose `list`: it is only named, so that nothing has to be installed. `print`: for a file of
 *   settings, with a variable in place of the token. `run`: with the token itself.
 * @throws ExplainedError `client-unfit`, `mcp-program-missing`, those of `describeConnection`
 */
export async function describeMcpServer(
  context: WorkspaceContext,
  purpose: 'list' | 'print' | 'run',
): Promise<McpServer> {
  const connection = await describeConnection(context);
  const refusal = refuseMcp(connection);
  if (refusal !== undefined) {
    throw new ExplainedError({
      code: 'client-unfit',
      what: 'chroma-mcp cannot talk to this server.',
      why: refusal,
      next: 'Choose a newer image.',
    });
  }
  const program = await findMcpProgram();
  if (!program && purpose !== 'list') {
    throw new ExplainedError({
      code: 'mcp-program-missing',
      what: 'chroma-mcp cannot be run here.',
      why: 'Neither uvx nor chroma-mcp is on PATH.',
      next: 'Install uv, which gets chroma-mcp when it is needed.',
      action: { open: 'https://docs.astral.sh/uv/', label: 'Install uv' },
    });
  }
  const { tokenVariable } = connection;
  const named = tokenVariable && `\${env:${tokenVariable}}`;
  const token = purpose === 'run' ? await findRunningToken(context) : named;
  return renderMcpServer(connection, program ?? UVX, mcpFolder(), token);
}

/** Where it runs: not in the workspace, whose `.env` and `uv.toml` must not become its options. */
export function mcpFolder(): string {
  return homedir();
}

const UVX: McpProgram = { kind: 'uvx', command: 'uvx' };

/** uv first: what it gets has the version that fits. */
async function findMcpProgram(): Promise<McpProgram | undefined> {
  for (const kind of ['uvx', 'chroma-mcp'] as const) {
    const command = await findProgram(kind);
    if (command !== undefined) return { kind, command };
  }
  return undefined;
}
