import type { Generation } from '../chroma/version.ts';

/** What a client has to know of the server it connects to. */
export interface Connection {
  /** As it stands in a URL: an IPv6 address has its brackets. */
  readonly host: string;
  readonly port: number;
  /** Which server generation answers: it has to be a client's of the same time. */
  readonly generation: Generation;
  /** The server's version, where it is known. */
  readonly version?: string;
  /** Absolute path of the authority; none where this machine's own roots verify the server. */
  readonly ca?: string;
  /** The environment variable that holds the bearer token, where the server asks for one. */
  readonly tokenVariable?: string;
  /** The server names that the certificate is good for, where it is there. */
  readonly names?: readonly string[];
  /** The container engine that the settings name. */
  readonly engine?: 'docker' | 'podman';
}
