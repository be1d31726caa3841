/** What a TLS proxy is told; every kind of proxy does the same with it. */
export interface TlsProxy {
  /** The port it ends TLS on, on every address it has. */
  readonly tlsPort: number;
  /** The port Chroma listens on, on the loopback address the two share. */
  readonly chromaPort: number;
  /** The folder of certificate, key and CA as the proxy sees it. */
  readonly certificates: string;
  /** Whether the key has a passphrase: that is then in the environment, by the usual variable. */
  readonly keyEncrypted?: boolean;
  /** Where the proxy can be asked to check itself, and by which name; none where that is not needed. */
  readonly selfCheck?: SelfCheck;
  /** What a client must present as bearer token. */
  readonly token?: ProxyToken;
  /** The origins whose pages may ask, each as a browser names it; none: Chroma answers browsers itself. */
  readonly corsOrigins?: readonly string[];
}

/** A token of letters, digits and `._~+/=-` (RFC 6750). */
export type ProxyToken =
  /** The token. It comes into no argument: nginx only learns its digest, Envoy has it by a variable. */
  | { readonly secret: string }
  /** What somebody else, such as Compose, puts the token in place of. */
  | { readonly placeholder: string };

/**
 * A plain port on the loopback address that passes a request on to the proxy's own TLS port, and
 * verifies it as a client would. It answers well only if certificate, name, proxy and Chroma are well.
 */
export interface SelfCheck {
  readonly port: number;
  /** A DNS name of the certificate; Envoy takes an IP address too, nginx cannot check one. */
  readonly name: string;
  /** What Chroma is asked for: one of the open paths. */
  readonly path: string;
}

/** How a proxy is started in a container of its own: as root there, so it may read a 0600 key. */
export interface ProxyCommand {
  /** The configuration, handed over in the environment so that nothing must lie on a disk. */
  readonly env: Readonly<Record<string, string>>;
  /** What else is in its environment, and must be in no argument. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** For the entry point `sh -c`: constant, with nothing of a workspace in it. */
  readonly script: string;
  /** For a health check's `sh -c`: asks the self-check, with what the proxy's image has. */
  readonly check?: string;
}

/** Seconds a request may go without a byte: rebuilding a large index takes minutes. */
export const IDLE_SECONDS = 600;

/** Paths that only tell whether the server lives; they need no token. */
export const OPEN_PATHS = ['/api/v2/heartbeat', '/api/v2/healthcheck', '/api/v1/heartbeat'];

/** Where Chroma itself listens in its container, and its proxy beside it. */
export const CONTAINER_PORTS = { chroma: 8000, tls: 8443, selfCheck: 8081 } as const;
