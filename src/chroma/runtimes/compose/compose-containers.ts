import { COMPOSE_LABELS, nameService } from '../../../containers/compose/labels.ts';
import { listProjectFolders } from '../../../containers/compose/project-files.ts';
import { inspectFurther } from '../../../containers/container-queries.ts';
import { CHECK_TIMEOUT, type Engine } from '../../../containers/engine.ts';
import type { InspectedContainer } from '../../../containers/inspected-container.ts';
import { isStopCode, type TlsTermination } from '../../server-facts.ts';
import { LABELS } from '../container-labels.ts';
import { findByRole } from '../docker/observation.ts';
import { CHROMA_QUESTION, type ChromaContainer } from './chroma-container.ts';
import { findChromaAmong, type Publication } from './chroma-services.ts';
import { describeContainer, readChromaConfiguration } from './container-data.ts';

/** The containers that make up a workspace's Chroma. */
export interface ComposeChroma {
  /** Chroma and its TLS proxy, with labels as if we had made them; none without Chroma. */
  readonly own: readonly ChromaContainer[];
  /** A container of the user's own that leads to Chroma: never ours to end. */
  readonly userProxy?: ChromaContainer;
}

/**
 * Every container that Compose made for a workspace, as it is.
 *
 * @throws ExplainedError where the engine does not answer
 */
export async function listComposeContainers(
  engine: Engine,
  workspace: string,
  signal?: AbortSignal,
): Promise<readonly ChromaContainer[]> {
  const folders = await listProjectFolders(workspace);
  const format = `{{.ID}}\t{{.Label "${COMPOSE_LABELS.folder}"}}`;
  const filter = `label=${COMPOSE_LABELS.service}`;
  const args = ['ps', '--all', '--no-trunc', '--filter', filter, '--format', format];
  const { stdout } = await engine.must(args, signal, {}, CHECK_TIMEOUT);
  const ids = stdout.split('\n').flatMap((row) => {
    const [id = '', folder = ''] = row.split('\t');
    return folders.includes(folder) ? [id] : [];
  });
  return Promise.all(
    (await inspectFurther(engine, ids, CHROMA_QUESTION, signal)).map(readChromaConfiguration),
  );
}

/**
 * Gives Compose's containers the labels of our own: which is the server, which ends TLS for it, and
 * where clients find it. Pure.
 *
 * @param proxyService the service of the user's own proxy, where the Compose file told it
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
    ports: readContainerPorts(container),
    container,
  }));
  const found = findChromaAmong(
    services,
    // Our own says so by its label; the user's shares the server's network.
    ({ labels, container: { NetworkMode } }, chroma) =>
      labels[LABELS.role] === 'proxy' || NetworkMode === `container:${chroma.container.Id}`,
    proxyService,
  );
  if (!found) return { own: [] };
  const { own, userProxy, published } = found;
  const [chroma, proxy] = own;
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

/** Whether a container is nginx or Envoy, by its image. Pure. */
export function nameProxy({ Image }: InspectedContainer): 'nginx' | 'envoy' | undefined {
  return (['nginx', 'envoy'] as const).find((name) => Image.includes(name));
}

/** Whether the server ended because somebody stopped it, so that nothing went wrong. Pure. */
export function wasStopped(containers: readonly ChromaContainer[]): boolean {
  const server = findByRole(containers, 'server');
  if (!server || !['exited', 'stopped'].includes(server.State.Status)) return false;
  return isStopCode(server.State.ExitCode);
}

function tellTermination(
  chroma: ChromaContainer,
  proxy: ChromaContainer | undefined,
): TlsTermination {
  if (proxy) return nameProxy(proxy) ?? 'other';
  const isPublished = readContainerPorts(chroma).length > 0;
  return isPublished && chroma.UvicornTls && describeContainer(chroma).ownTls ? 'uvicorn' : 'other';
}

function readDependencies({ Labels }: ChromaContainer): readonly string[] {
  const written = Labels?.[COMPOSE_LABELS.dependsOn] ?? '';
  return written.split(',').map((dependency) => dependency.replace(/:.*/, ''));
}

function readContainerPorts({ Bindings, Ports }: ChromaContainer): readonly Publication[] {
  return Object.entries(Bindings ?? {}).flatMap(([target, asked]) => {
    // While it runs the engine says which port it has picked.
    const [first] = Ports?.[target] ?? asked ?? [];
    if (!first || target.endsWith('/udp')) return [];
    const address = first.HostIp || '0.0.0.0';
    return [{ address, port: Number(first.HostPort), target: Number.parseInt(target, 10) }];
  });
}
