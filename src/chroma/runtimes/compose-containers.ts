import { realpath } from 'node:fs/promises';
import { findChroma } from '../../compose/chroma-finder.ts';
import { inspectContainers } from './docker-containers.ts';
import { LABELS } from './docker-commands.ts';
import { CHECK_TIMEOUT, type Engine } from './docker-engine.ts';
import { describeImage } from '../version.ts';
import { findByRole, type InspectedContainer } from './docker-state.ts';
import type { TlsTermination } from './runtime.ts';

/** What Compose itself writes on every container, old and new. */
export const COMPOSE_LABELS = {
  folder: 'com.docker.compose.project.working_dir',
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
} as const;

/** A port of this machine that leads to a container. */
interface Publication {
  readonly address: string;
  readonly port: string;
}

/**
 * The containers of a workspace's Chroma that Compose made, whoever had it do so, with labels as if
 * they were our own. None where Compose runs no Chroma for it.
 *
 * @throws ExplainedError where the engine does not answer
 */
export async function findComposeContainers(
  engine: Engine,
  workspace: string,
  signal?: AbortSignal,
): Promise<readonly InspectedContainer[]> {
  return adoptContainers(await listComposeContainers(engine, workspace, signal));
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
): Promise<readonly InspectedContainer[]> {
  const folders = await spellingsOf(workspace);
  const listed = await engine.must(listArgs(), signal, {}, CHECK_TIMEOUT);
  const ids = listed.stdout.split('\n').flatMap((row) => {
    const [id = '', folder = ''] = row.split('\t');
    return folders.includes(folder) ? [id] : [];
  });
  return inspectContainers(engine, ids, signal);
}

/** What Compose may call a workspace's folder: as it was reached, or without any link in it. */
export async function spellingsOf(workspace: string): Promise<readonly string[]> {
  return [...new Set([workspace, await realpath(workspace).catch(() => workspace)])];
}

/**
 * Says of Compose's containers what our labels say of our own: which is the server, which ends TLS
 * for it, and where clients find it. Pure.
 */
export function adoptContainers(
  containers: readonly InspectedContainer[],
): readonly InspectedContainer[] {
  const chroma = findChroma(
    containers.map((container) => ({
      name: container.Labels?.[COMPOSE_LABELS.service] ?? '',
      image: container.Image,
      labels: container.Labels ?? {},
      container,
    })),
  )?.container;
  if (!chroma) return [];
  const proxy = containers.find((candidate) => isProxy(candidate, chroma));
  const own = [chroma, ...(proxy ? [proxy] : [])];
  // A front on a network of its own is read, but it is another service: it is never ended.
  const published = findPublication(own) ?? findPublication(containers.filter(isKnownProxy));
  const facts = {
    [LABELS.image]: chroma.Image,
    [LABELS.tls]: tellTermination(chroma, proxy),
    [LABELS.bindAddress]: published?.address ?? '',
    [LABELS.port]: published?.port ?? '',
  };
  const label = (container: InspectedContainer, role: string): InspectedContainer => ({
    ...container,
    Labels: { ...container.Labels, ...facts, [LABELS.role]: role },
  });
  return [label(chroma, 'server'), ...(proxy ? [label(proxy, 'proxy')] : [])];
}

/**
 * Whether Chroma's data outlives its container: it lies in a folder of this machine, or in a volume
 * that has a name by which the next container finds it. Pure.
 */
export function keepsItsData({ Image, Mounts }: InspectedContainer): boolean {
  const { dataPath } = describeImage(Image);
  return (Mounts ?? []).some(
    ({ Name, Destination }) =>
      `${dataPath}/`.startsWith(`${Destination}/`) && !/^[0-9a-f]{64}$/.test(Name ?? ''),
  );
}

/** Whether the server ended because it was told to, by whoever: nothing went wrong. Pure. */
export function wasStopped(containers: readonly InspectedContainer[]): boolean {
  const server = findByRole(containers, 'server');
  if (!server || !['exited', 'stopped'].includes(server.State.Status)) return false;
  // By itself when it was asked to, or by an interrupt or a termination it did not handle.
  return [0, 130, 143].includes(server.State.ExitCode);
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

/** Ours says so; a person's own shares the server's network. */
function isProxy(candidate: InspectedContainer, chroma: InspectedContainer): boolean {
  if (candidate === chroma) return false;
  return (
    candidate.Labels?.[LABELS.role] === 'proxy' ||
    candidate.NetworkMode === `container:${chroma.Id}`
  );
}

function tellTermination(
  chroma: InspectedContainer,
  proxy: InspectedContainer | undefined,
): TlsTermination {
  if (proxy) return nameProxy(proxy) ?? 'other';
  const isPublished = findPublication([chroma]) !== undefined;
  return isPublished && describeImage(chroma.Image).ownTls ? 'uvicorn' : 'other';
}

function isKnownProxy(container: InspectedContainer): boolean {
  return nameProxy(container) !== undefined;
}

function nameProxy({ Image }: InspectedContainer): 'nginx' | 'envoy' | undefined {
  return Image.includes('nginx') ? 'nginx' : Image.includes('envoy') ? 'envoy' : undefined;
}

function findPublication(containers: readonly InspectedContainer[]): Publication | undefined {
  for (const { Bindings } of containers) {
    for (const bound of Object.values(Bindings ?? {})) {
      const [first] = bound ?? [];
      if (first) return { address: first.HostIp || '0.0.0.0', port: first.HostPort };
    }
  }
  return undefined;
}
