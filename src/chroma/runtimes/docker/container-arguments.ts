import { PASSPHRASE_VARIABLE } from '../../../certificates/encoding/passphrase.ts';
import { CIPHER_LIST } from '../../../proxy/cipher-suites.ts';
import { CONTAINER_PORTS, type ProxyCommand } from '../../../proxy/tls-proxy.ts';
import type { OwnTermination } from '../../termination.ts';
import type { Capabilities } from '../../version.ts';
import { LABELS, type Role } from '../container-labels.ts';
import type { EngineFacts } from '../../../containers/engine-facts.ts';
import { bindMountArgs, volumeMountArgs } from '../../../containers/mounts.ts';

/** What the containers of one workspace are made from. */
export interface ContainerPlan {
  readonly workspaceId: string;
  readonly workspace: string;
  /** As the settings name it. */
  readonly image: string;
  readonly capabilities: Capabilities;
  readonly tls: OwnTermination;
  readonly bindAddress: string;
  readonly port: number;
  readonly certificatesFolder: string;
  /** What clients have to present; in no argument itself. */
  readonly token: string | undefined;
  readonly corsOrigins: readonly string[];
  /** Whether the key has a passphrase, which is in no argument itself. */
  readonly keyEncrypted: boolean;
  readonly engine: EngineFacts;
}

/** How much of a container's log an engine keeps. */
export const LOG_LIMITS = { 'max-size': '10m', 'max-file': '3' } as const;

/** Where a proxy finds the certificate and the key. */
export const PROXY_CERTIFICATES = '/certs';

/** The variable with which uvicorn opens the key. */
export const UVICORN_PASSPHRASE = 'UVICORN_SSL_KEYFILE_PASSWORD';

/** The variable that names uvicorn's certificate. */
export const UVICORN_CERTIFICATE = 'UVICORN_SSL_CERTFILE';

/** The variable that names uvicorn's cipher suites; its own default is "TLSv1". */
export const UVICORN_CIPHERS = 'UVICORN_SSL_CIPHERS';

/** Where uvicorn finds certificate and key: the folder of the cookbook's page. */
const UVICORN_CERTIFICATES = '/chroma/certs';

/**
 * `create` for the server, its arguments as an array.
 *
 * @param image as the engine knows it
 * @param volume the name of its data volume
 */
export function createServerArgs(
  plan: ContainerPlan,
  image: string,
  volume: string,
): readonly string[] {
  const { capabilities } = plan;
  return [
    ...createArgs(plan, 'server'),
    ...['--publish', publishedPort(plan)],
    ...volumeMountArgs(volume, capabilities.dataPath),
    ...(capabilities.generation === 'python' ? pythonArgs(plan) : rustArgs(plan)),
    image,
    ...(capabilities.hasEntryPoint ? [] : uvicornCommand(listenAddress(plan))),
  ];
}

/**
 * `create` for a proxy in the server's network namespace, which plaintext never leaves.
 *
 * @param image as the engine knows it
 * @param serverId the id of the server's container
 */
export function createProxyArgs(
  plan: ContainerPlan,
  { env, secrets = {}, script }: ProxyCommand,
  image: string,
  serverId: string,
): readonly string[] {
  return [
    ...createArgs(plan, 'proxy'),
    ...['--network', `container:${serverId}`],
    // As root it can read a key of mode 0600, whatever user the image has.
    ...['--user', '0'],
    ...bindMountArgs(plan.certificatesFolder, PROXY_CERTIFICATES, plan.engine),
    ...pairs('--env', env),
    ...(plan.keyEncrypted ? inheritedEnvArgs(PASSPHRASE_VARIABLE) : []),
    ...Object.keys(secrets).flatMap(inheritedEnvArgs),
    ...['--entrypoint', 'sh', image, '-c', script],
  ];
}

/** The name that a container of ours is made with. */
export function nameContainer(workspaceId: string, role: Role): string {
  return `chroma-tls-${workspaceId}${role === 'proxy' ? '-proxy' : ''}`;
}

/** What both containers have. Their names keep two starts apart; a user may change them later. */
function createArgs(plan: ContainerPlan, role: Role): readonly string[] {
  const { workspaceId, engine } = plan;
  return [
    ...['create', '--name', nameContainer(workspaceId, role)],
    ...labelArgs(plan, role),
    // Where the engine maps root to another user, that user could not read the key.
    ...(engine.remapped ? ['--userns', 'host'] : []),
    ...(engine.logsToFiles ? pairs('--log-opt', LOG_LIMITS) : []),
  ];
}

/** Where the server is reached from this machine, as `--publish` has it. */
function publishedPort({ tls, bindAddress, port }: ContainerPlan): string {
  const address = bindAddress.includes(':') ? `[${bindAddress}]` : bindAddress;
  switch (tls) {
    case 'embedded':
      // The TLS proxy is a process of this machine; the engine picks it a port to find Chroma on.
      return `127.0.0.1::${CONTAINER_PORTS.chroma}`;
    case 'uvicorn':
      return `${address}:${port}:${CONTAINER_PORTS.chroma}`;
    case 'nginx':
    case 'envoy':
      return `${address}:${port}:${CONTAINER_PORTS.tls}`;
  }
}

/**
 * Where Chroma listens in its own network namespace. A proxy beside it needs only loopback; a published
 * port leads to an address that the container gets when it starts.
 */
function listenAddress({ tls }: ContainerPlan): string {
  return tls === 'nginx' || tls === 'envoy' ? '127.0.0.1' : '0.0.0.0';
}

function pythonArgs(plan: ContainerPlan): readonly string[] {
  const { capabilities, tls, certificatesFolder, keyEncrypted, engine } = plan;
  const env = pairs('--env', {
    CHROMA_HOST_ADDR: listenAddress(plan),
    IS_PERSISTENT: 'TRUE',
    PERSIST_DIRECTORY: capabilities.dataPath,
    ANONYMIZED_TELEMETRY: 'FALSE',
  });
  if (tls !== 'uvicorn') return env;
  // The environment leaves the image's own command alone, and with it its defaults.
  return [
    ...env,
    ...bindMountArgs(certificatesFolder, UVICORN_CERTIFICATES, engine),
    ...pairs('--env', {
      UVICORN_SSL_KEYFILE: `${UVICORN_CERTIFICATES}/serverkey.pem`,
      [UVICORN_CERTIFICATE]: `${UVICORN_CERTIFICATES}/servercert.pem`,
      [UVICORN_CIPHERS]: CIPHER_LIST,
    }),
    ...(keyEncrypted ? inheritedEnvArgs(UVICORN_PASSPHRASE) : []),
  ];
}

/**
 * The last line of the script that is the image's command up to 0.4.22. The script itself takes no
 * arguments, installs a package from the network first, and keeps signals from the server.
 */
export function uvicornCommand(host: string): readonly string[] {
  return [
    ...['uvicorn', 'chromadb.app:app', '--workers', '1'],
    ...['--host', host, '--port', String(CONTAINER_PORTS.chroma)],
    ...['--proxy-headers', '--timeout-keep-alive', '30'],
  ];
}

function rustArgs(plan: ContainerPlan): readonly string[] {
  // Kubernetes sets CHROMA_PORT=tcp://…, which makes 1.x panic, so it is always set here.
  return pairs('--env', {
    CHROMA_LISTEN_ADDRESS: listenAddress(plan),
    CHROMA_PORT: String(CONTAINER_PORTS.chroma),
  });
}

/** A variable whose value the client takes from its own environment. */
function inheritedEnvArgs(name: string): readonly string[] {
  return ['--env', name];
}

function labelArgs(plan: ContainerPlan, role: Role): readonly string[] {
  return pairs('--label', {
    [LABELS.workspace]: plan.workspaceId,
    [LABELS.folder]: plan.workspace,
    [LABELS.role]: role,
    [LABELS.image]: plan.image,
    [LABELS.generation]: plan.capabilities.generation,
    [LABELS.tls]: plan.tls,
    [LABELS.bindAddress]: plan.bindAddress,
    [LABELS.port]: String(plan.port),
    ...(plan.token === undefined ? {} : { [LABELS.token]: 'generated' }),
    ...(plan.corsOrigins.length > 0 ? { [LABELS.corsOrigins]: plan.corsOrigins.join(' ') } : {}),
  });
}

/** `OPTION NAME=VALUE`, once for each entry. */
function pairs(option: string, values: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(values).flatMap(([name, value]) => [option, `${name}=${value}`]);
}
