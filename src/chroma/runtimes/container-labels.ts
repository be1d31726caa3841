/** The labels of our containers and volumes, by which every window and terminal finds them again. */
export const LABELS = {
  workspace: 'chroma-tls.workspace',
  folder: 'chroma-tls.folder',
  role: 'chroma-tls.role',
  image: 'chroma-tls.image',
  tls: 'chroma-tls.tls',
  bindAddress: 'chroma-tls.bind-address',
  port: 'chroma-tls.port',
  token: 'chroma-tls.token',
  corsOrigins: 'chroma-tls.cors-origins',
  // Containers of earlier versions carry it by this name.
  generation: 'chroma-tls.line',
} as const;

/** What a container is for; a label says it. */
export type Role = 'server' | 'proxy';
