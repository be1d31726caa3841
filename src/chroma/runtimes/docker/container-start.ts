import { PASSPHRASE_VARIABLE } from '../../../certificates/encoding/passphrase.ts';
import { ExplainedError } from '../../../system/errors.ts';
import { hashToken } from '../../../project/bearer-token.ts';
import { workspaceId } from '../../../project/data-folder.ts';
import { envoyCommand } from '../../../proxy/envoy.ts';
import { CONTAINER_PORTS, type ProxyCommand } from '../../../proxy/tls-proxy.ts';
import { nginxCommand } from '../../../proxy/nginx.ts';
import { explainPort, explainPortTaken } from '../../port-problems.ts';
import { describeAccess } from '../../server-facts.ts';
import { probePort } from '../../../system/network/port.ts';
import {
  createProxyArgs,
  createServerArgs,
  PROXY_CERTIFICATES,
  UVICORN_PASSPHRASE,
  type ContainerPlan,
} from './container-arguments.ts';
import { endContainers, findContainers, removeContainers } from './docker-containers.ts';
import type { Engine } from '../../../containers/engine.ts';
import { readEngineFacts } from '../../../containers/engine-facts.ts';
import { startProxy, stopProxy } from './embedded-proxy.ts';
import { findImagesHere, pullImages, type Images } from './images.ts';
import { isPortTaken } from '../../../containers/engine-problems.ts';
import { inspectContainers, listRunning } from '../../../containers/container-queries.ts';
import {
  readPublishedPort,
  type InspectedContainer,
} from '../../../containers/inspected-container.ts';
import { describePublisher } from './observation.ts';
import {
  describeDataLeft,
  ensureDataVolume,
  findDataVolumes,
  type DataVolume,
} from './data-volumes.ts';
import type { StartContext, StartPlan } from '../runtime.ts';

/**
 * Brings up a workspace's containers, and its embedded proxy where that ends TLS. What ran for the
 * workspace before is removed first; its data stays.
 *
 * @param plan.left the containers that are there already, where that is known
 * @throws ExplainedError; then nothing is left half-way
 */
export async function startContainers(
  engine: Engine,
  supervisorFile: string,
  {
    workspace,
    certificatesFolder,
    settings,
    keyPassphrase,
    token,
    left: known,
  }: StartPlan & { readonly left?: readonly InspectedContainer[] | undefined },
  context: StartContext,
): Promise<void> {
  const { report, note, signal } = context;
  const id = workspaceId(workspace);
  // All of these only ask, so they ask side by side: a client of an engine takes a while to start.
  const [here, engineFacts, volumes, left] = await Promise.all([
    findImagesHere(engine, settings, signal),
    readEngineFacts(engine, signal),
    findDataVolumes(engine.program, id, signal),
    known ?? findContainers(engine, id, signal),
  ]);
  const images = await pullImages(engine, settings, here, context);
  const { capabilities, tls } = images;
  const plan: ContainerPlan = {
    workspaceId: id,
    workspace,
    image: settings.image,
    capabilities,
    tls,
    bindAddress: settings.bindAddress,
    port: settings.port,
    certificatesFolder,
    keyEncrypted: keyPassphrase !== undefined,
    token,
    corsOrigins: settings.corsOrigins,
    engine: engineFacts,
  };
  report({ kind: 'creating' });
  const dataLeft = describeDataLeft(capabilities.generation, volumes);
  for (const text of [images.note, images.assumption, dataLeft]) {
    if (text !== undefined) note(text);
  }
  await stopProxy(workspace);
  await endContainers(engine, left, signal);
  await requirePublishablePort(engine, plan, signal);
  try {
    const all = { ...plan, keyPassphrase, volumes };
    await createAll(engine, supervisorFile, all, images, signal);
  } catch (error) {
    // Half a server helps nobody; its volume, and so its data, stays.
    await stopProxy(workspace).catch(() => undefined);
    await removeContainers(engine, id);
    throw error;
  }
}

async function createAll(
  engine: Engine,
  supervisorFile: string,
  plan: ContainerPlan & {
    readonly keyPassphrase: string | undefined;
    readonly volumes: readonly DataVolume[];
  },
  images: Images,
  signal: AbortSignal,
): Promise<void> {
  const { workspace, certificatesFolder, keyPassphrase, image, tls, bindAddress, port } = plan;
  const create = async (
    args: readonly string[],
    variable: string,
    secrets: ProxyCommand['secrets'] = {},
  ): Promise<string> => {
    const passphrase = keyPassphrase === undefined ? {} : { [variable]: keyPassphrase };
    return (await engine.must(args, signal, { ...passphrase, ...secrets })).stdout.trim();
  };
  const { generation } = plan.capabilities;
  const { workspaceId: id, volumes } = plan;
  const volume = await ensureDataVolume(engine, { workspaceId: id, generation, volumes }, signal);
  const serverId = await create(createServerArgs(plan, images.server, volume), UVICORN_PASSPHRASE);
  const createProxy = async (image: string): Promise<string> => {
    const command = proxyCommand(plan);
    const args = createProxyArgs(plan, command, image, serverId);
    return create(args, PASSPHRASE_VARIABLE, command.secrets);
  };
  // Side by side. Where one fails, both have ended before anything is removed.
  const [started, proxyId] = await Promise.allSettled([
    startContainer(engine, serverId, plan, signal),
    images.proxy === undefined ? undefined : createProxy(images.proxy),
  ]);
  if (started.status === 'rejected') throw started.reason;
  if (proxyId.status === 'rejected') throw proxyId.reason;
  // It joins the network of the server, which has to run by then.
  if (proxyId.value !== undefined) await startContainer(engine, proxyId.value, plan, signal);
  if (tls !== 'embedded') return;
  const [server] = await inspectContainers(engine, [serverId], signal);
  const upstreamPort = server && readPublishedPort(server, CONTAINER_PORTS.chroma);
  // A server that has ended by now publishes nothing; its state says why it ended.
  if (upstreamPort === undefined) return;
  await startProxy(supervisorFile, engine, {
    workspace,
    certificatesFolder,
    ...(keyPassphrase === undefined ? {} : { keyPassphrase }),
    ...(plan.token === undefined ? {} : { tokenHash: hashToken(plan.token) }),
    containerId: serverId,
    upstreamPort,
    server: { runtime: 'docker', image, tls, bindAddress, port, ...describeAccess(plan) },
  });
}

function proxyCommand({ tls, keyEncrypted, token, corsOrigins }: ContainerPlan): ProxyCommand {
  const proxy = {
    tlsPort: CONTAINER_PORTS.tls,
    chromaPort: CONTAINER_PORTS.chroma,
    certificates: PROXY_CERTIFICATES,
    keyEncrypted,
    corsOrigins,
    ...(token === undefined ? {} : { token: { secret: token } }),
  };
  return tls === 'envoy' ? envoyCommand(proxy) : nginxCommand(proxy);
}

async function startContainer(
  engine: Engine,
  id: string,
  { bindAddress, port }: ContainerPlan,
  signal: AbortSignal,
): Promise<void> {
  const started = await engine.run(['start', id], signal);
  if (started.exitCode === 0) return;
  if (isPortTaken(started.stderr)) throw await explainPortTaken(bindAddress, port);
  throw new ExplainedError(engine.explain(started));
}

/**
 * Makes sure that the port is free, as far as this process can tell. An engine that runs as root
 * publishes what this user may not bind; any other says so. The embedded proxy is this user's own.
 *
 * @throws ExplainedError `port-taken`, naming the container that holds it where one does;
 *   `privileged-port`, `no-such-address`
 */
async function requirePublishablePort(
  engine: Engine,
  { bindAddress, port, tls }: ContainerPlan,
  signal: AbortSignal,
): Promise<void> {
  const state = await probePort(bindAddress, port);
  if (state === 'free' || (state === 'forbidden' && tls !== 'embedded')) return;
  if (state !== 'taken') throw await explainPort(state, bindAddress, port);
  const running = await inspectContainers(engine, await listRunning(engine, signal), signal);
  throw await explainPortTaken(bindAddress, port, describePublisher(running, port));
}
