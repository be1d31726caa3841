import type { Command } from '../../process.ts';
import { CONTAINER_PORTS } from '../../proxy/front.ts';
import { nginxCommand } from '../../proxy/nginx.ts';
import type { Traits } from '../version.ts';
import type { TlsTermination } from './runtime.ts';

export const LABELS = {
  workspace: 'chroma-tls.workspace',
  folder: 'chroma-tls.folder',
  role: 'chroma-tls.role',
  image: 'chroma-tls.image',
  tls: 'chroma-tls.tls',
  bindAddress: 'chroma-tls.bind-address',
  port: 'chroma-tls.port',
  line: 'chroma-tls.line',
} as const;

/** What the containers of one workspace are made from. */
export interface ContainerPlan {
  readonly workspaceId: string;
  readonly workspace: string;
  readonly image: string;
  readonly nginxImage: string;
  readonly traits: Traits;
  readonly bindAddress: string;
  readonly port: number;
  readonly certificatesFolder: string;
}

export interface ContainerNames {
  readonly server: string;
  readonly proxy: string;
  readonly volume: string;
}

/** The names of a workspace's containers and volume; they say whose they are in `docker ps`. */
export function nameContainers(workspaceId: string): ContainerNames {
  const base = `chroma-tls-${workspaceId}`;
  return { server: base, proxy: `${base}-proxy`, volume: `${base}-data` };
}

/** Who ends TLS for an image in a container: what the version can do decides. */
export function chooseTermination(traits: Traits): Extract<TlsTermination, 'uvicorn' | 'nginx'> {
  return traits.ownTls ? 'uvicorn' : 'nginx';
}

/** `docker create` for the server, its arguments as an array. */
export function createServerArgs(plan: ContainerPlan): readonly string[] {
  const names = nameContainers(plan.workspaceId);
  const tls = chooseTermination(plan.traits);
  const containerPort = tls === 'uvicorn' ? CONTAINER_PORTS.chroma : CONTAINER_PORTS.tls;
  return [
    'create',
    '--name',
    names.server,
    ...labelArgs(plan, 'server'),
    '--publish',
    `${hostPart(plan.bindAddress)}:${plan.port}:${containerPort}`,
    '--mount',
    mountArg({ type: 'volume', source: names.volume, target: plan.traits.dataPath }),
    ...(tls === 'uvicorn' ? uvicornArgs(plan) : rustArgs()),
    plan.image,
  ];
}

/** `docker create` for nginx in the server's network namespace: plaintext never leaves it. */
export function createProxyArgs(plan: ContainerPlan): readonly string[] {
  const names = nameContainers(plan.workspaceId);
  const { env, script } = nginxCommand({
    tlsPort: CONTAINER_PORTS.tls,
    chromaPort: CONTAINER_PORTS.chroma,
    certificates: '/certs',
  });
  return [
    'create',
    '--name',
    names.proxy,
    ...labelArgs(plan, 'proxy'),
    '--network',
    `container:${names.server}`,
    '--mount',
    certificatesMount(plan, '/certs'),
    // The configuration travels in the environment, so nothing of it must lie on a disk that the
    // engine can see (remote engines and snaps cannot see ours). The script is constant.
    ...envArgs(env),
    '--entrypoint',
    'sh',
    plan.nginxImage,
    '-c',
    script,
  ];
}

/** Finds every container of a workspace, running or not. */
export function listArgs(workspaceId: string): readonly string[] {
  // 20.10 prints nothing for `--format json`, so the template spells it out.
  return [
    'ps',
    '--all',
    '--no-trunc',
    '--filter',
    `label=${LABELS.workspace}=${workspaceId}`,
    '--format',
    '{{.ID}}',
  ];
}

export function inspectArgs(ids: readonly string[]): readonly string[] {
  return ['inspect', '--type', 'container', '--format', '{{json .}}', ...ids];
}

export function eventsArgs(workspaceId: string): readonly string[] {
  return [
    'events',
    '--filter',
    'type=container',
    '--filter',
    `label=${LABELS.workspace}=${workspaceId}`,
    '--format',
    '{{json .}}',
  ];
}

export function volumeArgs(plan: ContainerPlan): readonly string[] {
  return [
    'volume',
    'create',
    '--label',
    `${LABELS.workspace}=${plan.workspaceId}`,
    '--label',
    `${LABELS.line}=${plan.traits.line}`,
    nameContainers(plan.workspaceId).volume,
  ];
}

/** A docker command as data. */
export function dockerCommand(program: string, args: readonly string[]): Command {
  return { program, args };
}

/**
 * One `--mount` value. Docker reads it as one line of CSV, so a field with a comma or a quote in
 * it (a workspace may be called anything) is quoted as RFC 4180 says.
 */
export function mountArg(fields: {
  readonly type: 'bind' | 'volume';
  readonly source: string;
  readonly target: string;
  readonly readonly?: boolean;
}): string {
  const parts = [
    `type=${fields.type}`,
    `source=${fields.source}`,
    `target=${fields.target}`,
    ...(fields.readonly ? ['readonly'] : []),
  ];
  return parts
    .map((part) => (/[",\n]/.test(part) ? `"${part.replaceAll('"', '""')}"` : part))
    .join(',');
}

function certificatesMount(plan: ContainerPlan, target: string): string {
  // The folder, not its files: a renewed file is another inode, which a file mount never sees.
  return mountArg({ type: 'bind', source: plan.certificatesFolder, target, readonly: true });
}

function uvicornArgs(plan: ContainerPlan): readonly string[] {
  // The environment form leaves the image's own command alone, and with it its defaults.
  return [
    '--mount',
    certificatesMount(plan, '/chroma/certs'),
    ...envArgs({
      UVICORN_SSL_KEYFILE: '/chroma/certs/serverkey.pem',
      UVICORN_SSL_CERTFILE: '/chroma/certs/servercert.pem',
      IS_PERSISTENT: 'TRUE',
      PERSIST_DIRECTORY: plan.traits.dataPath,
      ANONYMIZED_TELEMETRY: 'FALSE',
    }),
  ];
}

function rustArgs(): readonly string[] {
  // Kubernetes sets CHROMA_PORT=tcp://…, which makes 1.x panic; ours is said outright.
  return envArgs({
    CHROMA_LISTEN_ADDRESS: '127.0.0.1',
    CHROMA_PORT: String(CONTAINER_PORTS.chroma),
  });
}

function envArgs(variables: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
}

function labelArgs(plan: ContainerPlan, role: 'server' | 'proxy'): readonly string[] {
  const labels: Readonly<Record<string, string>> = {
    [LABELS.workspace]: plan.workspaceId,
    [LABELS.folder]: plan.workspace,
    [LABELS.role]: role,
    [LABELS.image]: plan.image,
    [LABELS.tls]: chooseTermination(plan.traits),
    [LABELS.bindAddress]: plan.bindAddress,
    [LABELS.port]: String(plan.port),
  };
  return Object.entries(labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]);
}

function hostPart(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
