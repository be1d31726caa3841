import { McpStdioServerDefinition, Uri } from 'vscode';
import { CHROMA_MCP, type McpServer } from '../../../clients/mcp-server.ts';
import { explain, ExplainedError, toProblem } from '../../../system/errors.ts';
import { describeMcpServer, mcpFolder } from '../../../workspace/describe-mcp-server.ts';
import type { ActiveFolder, Session } from '../../session/session.ts';

/** The MCP server of the server that runs. VS Code keeps it on disk: it has no token. */
export async function listMcpServers({ active }: Session): Promise<McpStdioServerDefinition[]> {
  if (!active || !isRunning(active)) return [];
  try {
    return [define(await describeMcpServer(await active.open(), 'list'))];
  } catch (error) {
    // What is wrong with the folder is shown elsewhere; a server of 0.x has no MCP server.
    if (error instanceof ExplainedError) return [];
    throw error;
  }
}

/** The same as it can be run now, with the token. @throws Error for an assistant to read */
export async function resolveMcpServer({ active }: Session): Promise<McpStdioServerDefinition> {
  if (!active || !isRunning(active)) {
    throw new Error('No Chroma server runs for this folder. Start it first.');
  }
  try {
    return define(await describeMcpServer(await active.open(), 'run'));
  } catch (error) {
    throw new Error(explain(toProblem(error)), { cause: error });
  }
}

function define({ command, args, env }: McpServer): McpStdioServerDefinition {
  const server = new McpStdioServerDefinition('Chroma', command, [...args], { ...env }, CHROMA_MCP);
  server.cwd = Uri.file(mcpFolder());
  return server;
}

function isRunning({ server }: ActiveFolder): boolean {
  return server.snapshot.observation.kind === 'running';
}
