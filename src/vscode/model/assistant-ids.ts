/** What the manifest calls the provider of MCP servers. */
export const MCP_PROVIDER_ID = 'chromaTls.mcp';

/** Every language-model tool of the manifest, with what is said while it works; a test compares them. */
export const TOOLS = {
  chroma_status: { doing: 'Looking at the Chroma server' },
  chroma_diagnose: { doing: 'Diagnosing the connection to Chroma' },
  chroma_client_code: { doing: 'Writing the code for a Chroma client' },
  chroma_start: {
    doing: 'Starting the Chroma server',
    confirm: {
      title: 'Start the Chroma server?',
      message: 'It runs for this folder, over TLS. A certificate is made where there is none.',
    },
  },
  chroma_stop: {
    doing: 'Stopping the Chroma server',
    confirm: {
      title: 'Stop the Chroma server?',
      message: 'Clients lose their connection. The data stays.',
    },
  },
} as const satisfies Readonly<Record<string, Tool>>;

export type ToolName = keyof typeof TOOLS;

/** What VS Code shows of a tool's call. */
export interface Tool {
  readonly doing: string;
  /** What a user is asked before; none where it only looks. */
  readonly confirm?: { readonly title: string; readonly message: string };
}
