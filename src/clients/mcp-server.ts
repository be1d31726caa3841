import { devNull } from 'node:os';
import type { Connection } from './connection.ts';

/** A program that speaks the Model Context Protocol over its standard streams, as editors take it. */
export interface McpServer {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Where it has to run, where no argument says so. Not every editor heeds it. */
  readonly cwd?: string;
}

/** What runs `chroma-mcp`: uv, which gets it, or one that is installed. */
export interface McpProgram {
  readonly kind: 'uvx' | 'chroma-mcp';
  readonly command: string;
}

/** Chroma's own MCP server, in the version that the tests run. */
export const CHROMA_MCP = '0.2.6';

/**
 * Has `chroma-mcp` reach a server, with verification on. Its only options are the address; chromadb
 * reads the authority and the token from the environment, which goes before any file. Pure.
 *
 * @param folder where it runs: chroma-mcp, chromadb and uv read files of settings there, so it must
 *   not be a workspace
 * @param token the token itself, or a variable of the editor's; none where the server asks for none
 */
export function renderMcpServer(
  { host, port, version, ca }: Connection,
  { kind, command }: McpProgram,
  folder: string,
  token: string | undefined,
): McpServer {
  const address = [
    '--client-type',
    'http',
    '--host',
    host,
    '--port',
    String(port),
    '--ssl',
    'true',
  ];
  return {
    command,
    ...(kind === 'uvx' ? {} : { cwd: folder }),
    args: [...(kind === 'uvx' ? getting(version, folder) : []), ...address],
    env: {
      CHROMA_DOTENV_PATH: devNull,
      ...(ca === undefined ? {} : { CHROMA_SERVER_SSL_VERIFY: ca }),
      ...(token === undefined
        ? {}
        : {
            CHROMA_CLIENT_AUTH_PROVIDER: 'chromadb.auth.token_authn.TokenAuthClientProvider',
            CHROMA_CLIENT_AUTH_CREDENTIALS: token,
            CHROMA_AUTH_TOKEN_TRANSPORT_HEADER: 'Authorization',
          }),
    },
  };
}

/** Why it cannot talk to a server, as a sentence. Pure. */
export function refuseMcp({ generation }: Connection): string | undefined {
  return generation === 'python' ? 'Its client is one of Chroma 1.x.' : undefined;
}

function getting(version: string | undefined, folder: string): readonly string[] {
  const client = version === undefined || isOlder(version) ? 'chromadb<2' : `chromadb==${version}`;
  const packages = [
    ['--from', `chroma-mcp==${CHROMA_MCP}`],
    ['--with', client],
    // The MCP library that it pins does not start with a later one.
    ['--with', 'pydantic<2.13'],
  ];
  return ['--directory', folder, ...packages.flat(), 'chroma-mcp'];
}

/** It takes no client before 1.0.16. */
function isOlder(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  return major === 1 && minor === 0 && patch < 16;
}
