import {
  Disposable,
  LanguageModelTextPart,
  LanguageModelToolResult,
  lm,
  type Event,
  type LanguageModelTool,
  type McpServerDefinitionProvider,
  type McpStdioServerDefinition,
  type PreparedToolInvocation,
} from 'vscode';
import { MCP_PROVIDER_ID, TOOLS, type Tool, type ToolName } from './model/assistant-ids.ts';
import type { StandIns } from './stand-ins.ts';

/** What VS Code asks for MCP servers. It lists none, and loads nothing, where this product sleeps. */
export function provideMcpServers(
  standIns: StandIns,
  onDidChange: Event<void>,
): McpServerDefinitionProvider<McpStdioServerDefinition> {
  return {
    onDidChangeMcpServerDefinitions: onDidChange,
    provideMcpServerDefinitions: () => standIns.work?.assistants.listMcpServers() ?? [],
    resolveMcpServerDefinition: async () => {
      await standIns.wake();
      return standIns.work?.assistants.resolveMcpServer();
    },
  };
}

/** Registers what assistants can use. The work is loaded when one uses it. */
export function registerAssistants(
  standIns: StandIns,
  mcpServers: McpServerDefinitionProvider<McpStdioServerDefinition>,
): Disposable {
  return Disposable.from(
    lm.registerMcpServerDefinitionProvider(MCP_PROVIDER_ID, mcpServers),
    ...Object.entries(TOOLS).map(([name, tool]) =>
      lm.registerTool(name, createTool(standIns, name as ToolName, tool)),
    ),
  );
}

function createTool(standIns: StandIns, name: ToolName, tool: Tool): LanguageModelTool<unknown> {
  return {
    prepareInvocation: () => prepare(tool),
    invoke: async ({ input }, token) => {
      const said = await standIns.runTool(name, input, token);
      return new LanguageModelToolResult([new LanguageModelTextPart(said)]);
    },
  };
}

/** What VS Code shows meanwhile, and asks before. */
function prepare({ doing, confirm }: Tool): PreparedToolInvocation {
  return {
    invocationMessage: doing,
    ...(confirm === undefined ? {} : { confirmationMessages: confirm }),
  };
}
