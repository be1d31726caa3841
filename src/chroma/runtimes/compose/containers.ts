import { realpath } from 'node:fs/promises';
import { readIfThere } from '../../../system/files/replace-file.ts';
import { findComposeFiles } from './project-files.ts';
import { findChroma } from './chroma-finder.ts';
import { readPersistPath } from './service-data.ts';
import { chooseProxy, choosePublication, type Publication } from './tls-proxy-service.ts';
import type { ChromaServices } from './services.ts';
import { inspectFurther } from '../../../containers/container-queries.ts';
import { CHROMA_QUESTION, type ChromaContainer } from './chroma-container.ts';
import { LABELS } from '../docker/commands.ts';
import { CHECK_TIMEOUT, type Engine } from '../../../containers/engine.ts';
import { covers, IMAGE_CONFIG, tellDataLocation, type DataSigns } from '../../data-path.ts';
import { describeImage, type Capabilities } from '../../version.ts';
import { findByRole } from '../docker/observation.ts';
import { isFresh, type InspectedContainer } from '../../../containers/inspected-container.ts';
import { isStopCode, type TlsTermination } from '../../server-facts.ts';

/** What Compose itself writes on every container, old and new. */
export const COMPOSE_LABELS = {
  folder: 'com.docker.compose.project.working_dir',
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
  /** What the service came to in the file, by which Compose tells whether that has changed. */
  hash: 'com.docker.compose.config-hash',
  /** Not written by Compose of old: `chroma:service_healthy:false,…` */
  dependsOn: 'com.docker.compose.depends_on',
} as const;

/** The containers that make up a workspace's Chroma. */
export interface ComposeChroma {
  /** Chroma and what shares its network, with labels as if we had made them; none without Chroma. */
  readonly own: readonly ChromaContainer[];
  /** Of a service of the user's own that leads to Chroma: never ours to end. */
  readonly userProxy?: ChromaContainer;
}

/**
 * Everything that Compose made for a workspace, as it is.
 *
 * @throws ExplainedError where the engine does not answer
 */
export async function listComposeContainers(
  engine: Engine,
  workspace: string,
  signal?: AbortSignal,
): Promise<readonly ChromaContainer[]> {
  const folders = await foldersOf(workspace);
  const listed = await engine.must(listArgs(), signal, {}, CHECK_TIMEOUT);
  const ids = listed.stdout.split('\n').flatMap((row) => {
    const [id = '', folder = ''] = row.split('\t');
    return folders.includes(folder) ? [id] : [];
  });
  return Promise.all(
    (await inspectFurther(engine, ids, CHROMA_QUESTION, signal)).map(readConfiguration),
  );
}

/**
 * The folders that Compose may name for a workspace: its own, and the one of the files that
 * COMPOSE_FILE names; each as it was reached, or without any link in it.
 */
export async function foldersOf(workspace: string): Promise<readonly string[]> {
  const { folder } = await findComposeFiles(workspace);
  const found = [workspace, folder].map(async (path) => [
    path,
    await realpath(path).catch(() => path),
  ]);
  return [...new Set((await Promise.all(found)).flat())];
}

/**
 * Says of Compose's containers what our labels say of our own: which is the server, which ends TLS
 * for it, and where clients find it. Pure.
 *
 * @param proxyService the TLS proxy's service, where the Compose file was asked for it
 */
export function adoptContainers(
  containers: readonly ChromaContainer[],
  proxyService?: string,
): ComposeChroma {
  const services = containers.map((container) => ({
    name: nameService(container),
    image: container.Image,
    labels: container.Labels ?? {},
    dependsOn: readDependencies(container),
    ports: readPorts(container),
    container,
  }));
  const chroma = findChroma(services);
  if (!chroma) return { own: [] };
  const proxy = services.find((service) => sharesNetwork(service.container, chroma.container));
  const ownPorts = [...chroma.ports, ...(proxy?.ports ?? [])];
  const others = services.filter((service) => service !== chroma && service !== proxy);
  const userProxy =
    ownPorts.length > 0
      ? undefined
      : (others.find(({ name }) => name === proxyService) ?? chooseProxy(chroma.name, others));
  const published = choosePublication(userProxy?.ports ?? ownPorts);
  const facts = {
    [LABELS.image]: chroma.image,
    [LABELS.generation]: describeContainer(chroma.container).generation,
    [LABELS.tls]: tellTermination(chroma.container, proxy?.container),
    [LABELS.bindAddress]: published?.address ?? '',
    [LABELS.port]: String(published?.port ?? ''),
  };
  const label = (container: ChromaContainer, role: string): ChromaContainer => ({
    ...container,
    Labels: { ...container.Labels, ...facts, [LABELS.role]: role },
  });
  return {
    own: [label(chroma.container, 'server'), ...(proxy ? [label(proxy.container, 'proxy')] : [])],
    ...(userProxy ? { userProxy: userProxy.container } : {}),
  };
}

/** The service a container was made for. Pure. */
export function nameService({ Labels }: InspectedContainer): string {
  return Labels?.[COMPOSE_LABELS.service] ?? '';
}

/** Whether it is nginx, or Envoy, by its image. Pure. */
export function nameProxy({ Image }: InspectedContainer): 'nginx' | 'envoy' | undefined {
  return Image.includes('nginx') ? 'nginx' : Image.includes('envoy') ? 'envoy' : undefined;
}

/**
 * Whether Chroma's data outlives its container: it lies in a folder of this machine, or in a volume
 * that has a name by which the next container finds it. Pure.
 */
export function keepsItsData(container: ChromaContainer): boolean {
  const path = readDataPath(container);
  if (path === undefined) return false;
  return (container.Mounts ?? []).some(
    ({ Name, Destination }) => covers(Destination, path) && !/^[0-9a-f]{64}$/.test(Name ?? ''),
  );
}

/** Where a container's Chroma keeps its data; undefined where it cannot be told. Pure. */
export function readDataPath(container: ChromaContainer): string | undefined {
  const capabilities = describeContainer(container);
  const location = tellDataLocation(readSigns(container), capabilities);
  if (location.kind === 'path') return location.path;
  if (location.kind === 'unknown') return undefined;
  // The image's own configuration has the usual place, unless another lies over it.
  const isOwn = location.file === IMAGE_CONFIG && !findMount(container, location.file);
  return isOwn ? capabilities.dataPath : container.ConfiguredPath;
}

/** A container with what the configuration says that a file of this machine is mounted for. */
export async function readConfiguration(container: ChromaContainer): Promise<ChromaContainer> {
  const location = tellDataLocation(readSigns(container), describeContainer(container));
  const mount = location.kind === 'config' ? findMount(container, location.file) : undefined;
  if (mount?.Source === undefined || location.kind !== 'config') return container;
  // A folder over it would have to be looked into.
  if (mount.Destination !== location.file) return container;
  const text = await readIfThere(mount.Source).catch(() => undefined);
  const path = text === undefined ? undefined : readPersistPath(text);
  return path === undefined ? container : { ...container, ConfiguredPath: path };
}

function findMount(
  { Mounts }: ChromaContainer,
  path: string,
): NonNullable<ChromaContainer['Mounts']>[number] | undefined {
  return (Mounts ?? []).find(({ Destination }) => covers(Destination, path));
}

function readSigns({ DataSigns }: ChromaContainer): DataSigns {
  const signs = DataSigns.filter((sign) => sign !== '').map((sign): [string, string] => {
    const [name = '', ...value] = sign.split('=');
    return [name, value.join('=')];
  });
  return {
    environment: Object.fromEntries(signs),
    words: signs
      .filter(([name]) => name === 'run' || name === '--path')
      // An option behind `run` is none of its configurations.
      .flatMap(([name, value]) =>
        name === 'run' && /^(?:-|$)/.test(value) ? [name] : [name, value],
      ),
  };
}

function describeContainer({ Image, RunsPython }: ChromaContainer): Capabilities {
  return describeImage(Image, RunsPython ? 'python' : 'rust');
}

/** Chroma's container, where its data lies in that one alone. Pure. */
export function findHolder(
  { services: [chroma] }: Pick<ChromaServices, 'services'>,
  containers: readonly ChromaContainer[],
): ChromaContainer | undefined {
  return containers.find(
    (container) =>
      nameService(container) === chroma && !keepsItsData(container) && !isFresh(container),
  );
}

/** Whether the server ended because it was told to, by whoever: nothing went wrong. Pure. */
export function wasStopped(containers: readonly ChromaContainer[]): boolean {
  const server = findByRole(containers, 'server');
  if (!server || !['exited', 'stopped'].includes(server.State.Status)) return false;
  return isStopCode(server.State.ExitCode);
}

/**
 * Removes the networks that Compose made for a project, once it has no container left: an engine
 * has addresses for some thirty of them. One that is in use after all the engine keeps.
 *
 * @throws ExplainedError where the engine does not answer
 */
export async function removeUnusedNetworks(
  engine: Engine,
  project: string,
  signal?: AbortSignal,
): Promise<void> {
  const ofProject = ['--quiet', '--filter', `label=${COMPOSE_LABELS.project}=${project}`];
  const list = async (args: readonly string[]): Promise<readonly string[]> =>
    (await engine.must([...args, ...ofProject], signal)).stdout.split('\n').filter(Boolean);
  if ((await list(['ps', '--all'])).length > 0) return;
  const networks = await list(['network', 'ls']);
  if (networks.length > 0) await engine.run(['network', 'rm', ...networks], signal);
}

function listArgs(): readonly string[] {
  const format = `{{.ID}}\t{{.Label "${COMPOSE_LABELS.folder}"}}`;
  const filter = `label=${COMPOSE_LABELS.service}`;
  return ['ps', '--all', '--no-trunc', '--filter', filter, '--format', format];
}

/** Ours says so; a user's own shares the server's network. */
function sharesNetwork(candidate: ChromaContainer, chroma: ChromaContainer): boolean {
  if (candidate === chroma) return false;
  return (
    candidate.Labels?.[LABELS.role] === 'proxy' ||
    candidate.NetworkMode === `container:${chroma.Id}`
  );
}

function tellTermination(
  chroma: ChromaContainer,
  proxy: ChromaContainer | undefined,
): TlsTermination {
  if (proxy) return nameProxy(proxy) ?? 'other';
  const isPublished = readPorts(chroma).length > 0;
  return isPublished && chroma.UvicornTls && describeContainer(chroma).ownTls ? 'uvicorn' : 'other';
}

function readDependencies({ Labels }: ChromaContainer): readonly string[] {
  const written = Labels?.[COMPOSE_LABELS.dependsOn] ?? '';
  return written.split(',').map((dependency) => dependency.replace(/:.*/, ''));
}

/** While it runs the engine says which port it has picked. */
function readPorts({ Bindings, Ports }: ChromaContainer): readonly Publication[] {
  return Object.entries(Bindings ?? {}).flatMap(([target, asked]) => {
    const [first] = Ports?.[target] ?? asked ?? [];
    if (!first || target.endsWith('/udp')) return [];
    return [
      {
        address: first.HostIp || '0.0.0.0',
        port: Number(first.HostPort),
        target: Number.parseInt(target, 10),
      },
    ];
  });
}
