import { describeMcpServer } from '../workspace/describe-mcp-server.ts';
import { open, say, type CliContext } from './verbs.ts';

/** Prints, for an editor's settings, the MCP server that gives assistants this Chroma server. */
export async function mcp(context: CliContext): Promise<number> {
  const workspace = await open(context);
  await context.server.observe();
  const server = await describeMcpServer(workspace, 'print');
  say(JSON.stringify({ mcpServers: { chroma: server } }, undefined, 2));
  if ('CHROMA_CLIENT_AUTH_CREDENTIALS' in server.env) {
    process.stderr.write(
      'The server asks for a token: the editor takes it from its variable CHROMA_TOKEN.\n',
    );
  }
  return 0;
}
