import { PASSPHRASE_VARIABLE } from '../../../certificates/encoding/passphrase.ts';
import { CIPHER_LIST } from '../../../proxy/cipher-suites.ts';
import { CONTAINER_PORTS, type ProxyCommand } from '../../../proxy/tls-proxy.ts';
import type { OwnTermination } from '../../termination.ts';
import type { Capabilities } from '../../version.ts';
import type { EngineFacts } from '../../../containers/engine-facts.ts';
import { bindMountArgs, volumeMountArgs } from '../../../containers/mounts.ts';

export const LABELS = {
  workspace: 'chroma-tls.workspace',
  folder: 'chroma-tls.folder',
  role: 'chroma-tls.role',
  image: 'chroma-tls.image',
  tls: 'chroma-tls.tls',
  bindAddress: 'chroma-tls.bind-address',
  port: 'chroma-tls.port',
  generation: 'chroma-tls.line',
} as const;

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
  /** Whether a passphrase opens the key; itself it is in no argument. */
  readonly keyEncrypted: boolean;
  readonly engine: EngineFacts;
}

/** How much of a container's log an engine keeps. */
export const LOG_LIMITS = { 'max-size': '10m', 'max-file': '3' } as const;

/** Where a proxy finds the certificate and the key. */
export const PROXY_CERTIFICATES = '/certs';

/** Where uvicorn finds the passphrase of the key, in its environment. */
export const UVICORN_PASSPHRASE = 'UVICORN_SSL_KEYFILE_PASSWORD';

/** What tells uvicorn of a certificate, in its environment. */
export const UVICORN_CERTIFICATE = 'UVICORN_SSL_CERTFILE';

/** What tells uvicorn its cipher suites, in its environment; its own default is "TLSv1". */
export const UVICORN_CIPHERS = 'UVICORN_SSL_CIPHERS';

/** Where uvicorn finds them: the seed page's place. */
const UVICORN_CERTIFICATES = '/chroma/certs';

/**
 * The name of a workspace's container; it says whose it is in `docker ps`. Names are only given,
 * never looked up: a user may rename a container. They keep two starts apart, though.
 */
function nameContainer(workspaceId: string, role: 'server' | 'proxy'): string {
  return role === 'server' ? `chroma-tls-${workspaceId}` : `chroma-tls-${workspaceId}-proxy`;
}

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
  return [
    'create',
    '--name',
    nameContainer(plan.workspaceId, 'server'),
    ...labelArgs(plan, 'server'),
    ...usernsArgs(plan),
    ...logArgs(plan),
    '--publish',
    publishedPort(plan),
    ...volumeMountArgs(volume, plan.capabilities.dataPath),
    ...(plan.capabilities.generation === 'python' ? pythonArgs(plan) : rustArgs(plan)),
    image,
    ...(plan.capabilities.hasEntryPoint ? [] : uvicornCommand(listenAddress(plan))),
  ];
}

/**
 * `create` for a proxy in the server's network namespace: plaintext never leaves it.
 *
 * @param image as the engine knows it
 * @param serverId the id of the server's container
 */
export function createProxyArgs(
  plan: ContainerPlan,
  { env, script }: ProxyCommand,
  image: string,
  serverId: string,
): readonly string[] {
  return [
    'create',
    '--name',
    nameContainer(plan.workspaceId, 'proxy'),
    ...labelArgs(plan, 'proxy'),
    '--network',
    `container:${serverId}`,
    // As root it can read a key of mode 0600, whatever user the image has.
    '--user',
    '0',
    ...usernsArgs(plan),
    ...logArgs(plan),
    ...bindMountArgs(plan.certificatesFolder, PROXY_CERTIFICATES, plan.engine),
    ...envArgs(env),
    ...(plan.keyEncrypted ? inheritedEnvArgs(PASSPHRASE_VARIABLE) : []),
    '--entrypoint',
    'sh',
    image,
    '-c',
    script,
  ];
}

/** Where the server is reached from this machine, as `--publish` has it. */
function publishedPort({ tls, bindAddress, port }: ContainerPlan): string {
  switch (tls) {
    case 'embedded':
      // The TLS proxy is a process of this machine; the engine picks it a port to find Chroma on.
      return `127.0.0.1::${CONTAINER_PORTS.chroma}`;
    case 'uvicorn':
      return `${hostPart(bindAddress)}:${port}:${CONTAINER_PORTS.chroma}`;
    case 'nginx':
    case 'envoy':
      return `${hostPart(bindAddress)}:${port}:${CONTAINER_PORTS.tls}`;
  }
}

/**
 * Where Chroma listens in its own network namespace. A proxy beside it needs no more than loopback;
 * a published port leads to an address that the engine gives the container only as it starts.
 */
function listenAddress({ tls }: ContainerPlan): string {
  return tls === 'nginx' || tls === 'envoy' ? '127.0.0.1' : '0.0.0.0';
}

function pythonArgs(plan: ContainerPlan): readonly string[] {
  const { dataPath } = plan.capabilities;
  return [
    ...envArgs({
      CHROMA_HOST_ADDR: listenAddress(plan),
      IS_PERSISTENT: 'TRUE',
      PERSIST_DIRECTORY: dataPath,
      ANONYMIZED_TELEMETRY: 'FALSE',
    }),
    ...(plan.tls === 'uvicorn' ? uvicornTlsArgs(plan) : []),
  ];
}

/** The environment leaves the image's own command alone, and with it its defaults. */
function uvicornTlsArgs(plan: ContainerPlan): readonly string[] {
  return [
    ...bindMountArgs(plan.certificatesFolder, UVICORN_CERTIFICATES, plan.engine),
    ...envArgs({
      UVICORN_SSL_KEYFILE: `${UVICORN_CERTIFICATES}/serverkey.pem`,
      [UVICORN_CERTIFICATE]: `${UVICORN_CERTIFICATES}/servercert.pem`,
      [UVICORN_CIPHERS]: CIPHER_LIST,
    }),
    ...(plan.keyEncrypted ? inheritedEnvArgs(UVICORN_PASSPHRASE) : []),
  ];
}

/**
 * Up to 0.4.22 the image's command is a script that takes no arguments, first installs a package
 * from the network, and keeps signals from the server. This is its last line, run by itself.
 */
export function uvicornCommand(host: string): readonly string[] {
  return [
    'uvicorn',
    'chromadb.app:app',
    '--workers',
    '1',
    '--host',
    host,
    '--port',
    String(CONTAINER_PORTS.chroma),
    '--proxy-headers',
    '--timeout-keep-alive',
    '30',
  ];
}

function rustArgs(plan: ContainerPlan): readonly string[] {
  // Kubernetes sets CHROMA_PORT=tcp://…, which makes 1.x panic; ours is said outright.
  return envArgs({
    CHROMA_LISTEN_ADDRESS: listenAddress(plan),
    CHROMA_PORT: String(CONTAINER_PORTS.chroma),
  });
}

function envArgs(variables: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
}

/** A variable whose value the client takes from its own environment. */
function inheritedEnvArgs(name: string): readonly string[] {
  return ['--env', name];
}

/** Where the engine maps root to another user, that user could not read the key. */
function usernsArgs({ engine }: ContainerPlan): readonly string[] {
  return engine.remapped ? ['--userns', 'host'] : [];
}

/** A log of this machine's files stays small; where logs go elsewhere, that is the engine's matter. */
function logArgs({ engine }: ContainerPlan): readonly string[] {
  if (!engine.logsToFiles) return [];
  return Object.entries(LOG_LIMITS).flatMap(([name, value]) => ['--log-opt', `${name}=${value}`]);
}

function labelArgs(plan: ContainerPlan, role: 'server' | 'proxy'): readonly string[] {
  const labels: Readonly<Record<string, string>> = {
    [LABELS.workspace]: plan.workspaceId,
    [LABELS.folder]: plan.workspace,
    [LABELS.role]: role,
    [LABELS.image]: plan.image,
    [LABELS.generation]: plan.capabilities.generation,
    [LABELS.tls]: plan.tls,
    [LABELS.bindAddress]: plan.bindAddress,
    [LABELS.port]: String(plan.port),
  };
  return Object.entries(labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]);
}

function hostPart(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
