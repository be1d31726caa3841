import type { CancellationToken, McpStdioServerDefinition } from 'vscode';
import type { ToolName } from '../../model/assistant-ids.ts';
import type { CommandContext } from '../command-context.ts';
import { watchMcpServer } from './mcp-watch.ts';

/** What assistants are given, once more than the stand-ins is loaded. */
export interface Assistants {
  readonly dispose: () => void;
  /** The MCP server of the server that runs; none where none does. */
  readonly listMcpServers: () => Promise<McpStdioServerDefinition[]>;
  /** The same as it can be run now, with the token. @throws Error for an assistant to read */
  readonly resolveMcpServer: () => Promise<McpStdioServerDefinition>;
  /** @throws Error for an assistant to read */
  readonly runTool: (name: ToolName, input: unknown, token: CancellationToken) => Promise<string>;
}

/** @param changed is called when another MCP server is to be listed, or none */
export function createAssistants(context: CommandContext, changed: () => void): Assistants {
  const watch = watchMcpServer(context.session, changed);
  // Each is loaded when an assistant first asks.
  return {
    listMcpServers: async () => (await import('./mcp-servers.ts')).listMcpServers(context.session),
    resolveMcpServer: async () =>
      (await import('./mcp-servers.ts')).resolveMcpServer(context.session),
    runTool: async (...call) => (await import('./run-tool.ts')).runTool(context, ...call),
    dispose: () => {
      watch.dispose();
    },
  };
}
