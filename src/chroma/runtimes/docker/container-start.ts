import { PASSPHRASE_VARIABLE } from '../../../certificates/encoding/passphrase.ts';
import { ExplainedError } from '../../../system/errors.ts';
import { workspaceId } from '../../../project/data-folder.ts';
import { envoyCommand } from '../../../proxy/envoy.ts';
import { CONTAINER_PORTS, type ProxyCommand } from '../../../proxy/tls-proxy.ts';
import { nginxCommand } from '../../../proxy/nginx.ts';
import { explainPort, explainPortTaken } from '../../port-problems.ts';
import { probePort } from '../../../system/network/port.ts';
import {
  createProxyArgs,
  createServerArgs,
  PROXY_CERTIFICATES,
  UVICORN_PASSPHRASE,
  type ContainerPlan,
} from './commands.ts';
import { removeContainers } from './containers.ts';
import { inspectContainers, listRunning } from '../../../containers/container-queries.ts';
import type { Engine } from '../../../containers/engine.ts';
import { readFacts } from '../../../containers/engine-facts.ts';
import { startProxy, stopProxy } from './embedded-proxy.ts';
import { pullImages, type Images } from './images.ts';
import { isPortTaken } from '../../../containers/engine-problems.ts';
import { describePublisher } from './observation.ts';
import { readPublishedPort } from '../../../containers/inspected-container.ts';
import { describeDataLeft, ensureDataVolume, findDataVolumes } from './data-volumes.ts';
import type { StartContext, StartPlan } from '../runtime.ts';

/**
 * Brings up a workspace's containers, and its embedded proxy where that is what ends TLS. What ran
 * for the workspace before is removed first; its data stays.
 *
 * @throws ExplainedError; then nothing is left half-way
 */
export async function startContainers(
  engine: Engine,
  supervisorFile: string,
  { workspace, certificatesFolder, settings, keyPassphrase }: StartPlan,
  context: StartContext,
): Promise<void> {
  const { report, note, signal } = context;
  const images = await pullImages(engine, settings, context);
  const { capabilities } = images;
  const plan: ContainerPlan = {
    workspaceId: workspaceId(workspace),
    workspace,
    image: settings.image,
    capabilities,
    tls: images.tls,
    bindAddress: settings.bindAddress,
    port: settings.port,
    certificatesFolder,
    keyEncrypted: keyPassphrase !== undefined,
    engine: await readFacts(engine, signal),
  };
  report({ kind: 'creating', ...(images.note === undefined ? {} : { note: images.note }) });
  for (const text of [
    images.note,
    images.assumption,
    describeDataLeft(
      capabilities.generation,
      await findDataVolumes(engine.program, plan.workspaceId, signal),
    ),
  ]) {
    if (text !== undefined) note(text);
  }
  await stopProxy(workspace);
  await removeContainers(engine, plan.workspaceId, signal);
  await requirePort(engine, plan, signal);
  try {
    await createAll(engine, supervisorFile, { ...plan, keyPassphrase }, images, signal);
  } catch (error) {
    // Half a server helps nobody; its volume, and so its data, stays.
    await stopProxy(workspace).catch(() => undefined);
    await removeContainers(engine, plan.workspaceId);
    throw error;
  }
}

async function createAll(
  engine: Engine,
  supervisorFile: string,
  plan: ContainerPlan & { readonly keyPassphrase: string | undefined },
  images: Images,
  signal: AbortSignal,
): Promise<void> {
  const volume = await ensureDataVolume(
    engine,
    plan.workspaceId,
    plan.capabilities.generation,
    signal,
  );
  const created = await engine.must(
    createServerArgs(plan, images.server, volume),
    signal,
    secretEnv(UVICORN_PASSPHRASE, plan.keyPassphrase),
  );
  const serverId = created.stdout.trim();
  const proxyId =
    images.proxy === undefined
      ? undefined
      : await createProxy(engine, plan, images.proxy, serverId, signal);
  await startContainer(engine, serverId, plan, signal);
  if (proxyId !== undefined) await startContainer(engine, proxyId, plan, signal);
  if (plan.tls !== 'embedded') return;
  const [server] = await inspectContainers(engine, [serverId], signal);
  const upstreamPort = server && readPublishedPort(server, CONTAINER_PORTS.chroma);
  // A server that has ended by now publishes nothing; its state says why it ended.
  if (upstreamPort === undefined) return;
  const { workspace, certificatesFolder, keyPassphrase, image, tls, bindAddress, port } = plan;
  await startProxy(supervisorFile, engine, {
    workspace,
    certificatesFolder,
    ...(keyPassphrase === undefined ? {} : { keyPassphrase }),
    containerId: serverId,
    upstreamPort,
    server: { runtime: 'docker', image, tls, bindAddress, port },
  });
}

async function createProxy(
  engine: Engine,
  plan: ContainerPlan & { readonly keyPassphrase: string | undefined },
  image: string,
  serverId: string,
  signal: AbortSignal,
): Promise<string> {
  const args = createProxyArgs(plan, proxyCommand(plan), image, serverId);
  const secrets = secretEnv(PASSPHRASE_VARIABLE, plan.keyPassphrase);
  return (await engine.must(args, signal, secrets)).stdout.trim();
}

function secretEnv(name: string, value: string | undefined): Readonly<Record<string, string>> {
  return value === undefined ? {} : { [name]: value };
}

function proxyCommand({ tls, keyEncrypted }: ContainerPlan): ProxyCommand {
  const proxy = {
    tlsPort: CONTAINER_PORTS.tls,
    chromaPort: CONTAINER_PORTS.chroma,
    certificates: PROXY_CERTIFICATES,
    keyEncrypted,
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
 * Whether the port can be had, as far as this process can tell. An engine that runs as root publishes
 * what this user may not bind, and one that does not says so; the embedded proxy is this user's own.
 *
 * @throws ExplainedError `port-taken`, naming the container that holds it where one does;
 *   `privileged-port`, `no-such-address`
 */
async function requirePort(
  engine: Engine,
  { bindAddress, port, tls }: Pick<ContainerPlan, 'bindAddress' | 'port' | 'tls'>,
  signal: AbortSignal,
): Promise<void> {
  const state = await probePort(bindAddress, port);
  if (state === 'free' || (state === 'forbidden' && tls !== 'embedded')) return;
  if (state !== 'taken') throw await explainPort(state, bindAddress, port);
  const running = await inspectContainers(engine, await listRunning(engine, signal), signal);
  throw await explainPort(state, bindAddress, port, describePublisher(running, port));
}
