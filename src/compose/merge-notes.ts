import { isLoopback } from '../chroma/exposure.ts';
import { LABELS } from '../chroma/runtimes/docker/commands.ts';
import { nameGeneration, type Generation } from '../chroma/version.ts';
import { CONTAINER_PORTS } from '../proxy/tls-proxy.ts';
import { type ComposePlan } from './compose-plan.ts';
import { withDefaults } from '../chroma/runtimes/compose/default-values.ts';
import {
  findData,
  tellGeneration,
  type DataPaths,
} from '../chroma/runtimes/compose/data-mounts.ts';
import { isProxy, mapOf, readLabel } from './merge-project.ts';
import { findPublishedPort } from './published-port.ts';
import type { DataHolder } from '../chroma/runtimes/compose/resolved-project.ts';
import type { YamlMap } from '../system/yaml/yaml-text.ts';

/**
 * What a user should know of a merge before they agree to it, beyond what its lines show; as
 * sentences. Pure.
 *
 * @param before what their file says
 * @param after what it will say
 * @param certificateNames what the certificate is good for
 */
export function describeMerge(
  before: YamlMap,
  after: YamlMap,
  plan: ComposePlan,
  certificateNames: readonly string[],
): readonly string[] {
  const chromaIn = (project: YamlMap): YamlMap =>
    mapOf(mapOf(project['services'])[plan.names.chroma]);
  return [
    describeData(chromaIn(before), chromaIn(after), plan.capabilities.generation, plan.dataPaths),
    describeNarrowing(chromaIn(before), plan),
    describeOthers(before, plan, certificateNames),
    ...describeAssumption(plan, chromaIn(after)),
  ].filter((note) => note !== undefined);
}

/** That the version is a guess, where nothing in the file tells it. Pure. */
export function describeAssumption(
  { image, names, capabilities }: ComposePlan,
  chroma: YamlMap,
): readonly string[] {
  const subject = 'build' in chroma ? `What ${names.chroma} is built from` : image;
  return capabilities.version === undefined || 'build' in chroma
    ? [
        `${subject} is taken for Chroma ${nameGeneration(capabilities.generation)}: nothing in the file says which it is.`,
      ]
    : [];
}

/** That a container holds the only data, or may, and how it is kept. Pure. */
export function describeHolder({ container, path, engine }: DataHolder): string {
  if (path === undefined) {
    return `It cannot be told where the container ${container} keeps Chroma's data: nothing that can be read here says it. What lies in no volume goes with it when it is made again.`;
  }
  return `Chroma's data lies in the container ${container} alone, at ${path}, and goes with it when it is made again. Copy it out first: ${engine} cp ${container}:${path} chroma-data`;
}

/** Where the data of the version that is in the file stays, and where that of the new one will be. */
function describeData(
  before: YamlMap,
  after: YamlMap,
  generation: Generation,
  paths: DataPaths,
): string | undefined {
  const former = tellGeneration(before, paths);
  const location = findData(after, generation, paths);
  if (former === undefined || location === undefined) return undefined;
  if (former === generation) {
    return findData(before, generation, paths) === undefined && holdsData(before, paths)
      ? `${location} moves to where Chroma ${nameGeneration(generation)} keeps its data.`
      : undefined;
  }
  const left = findData(before, former, paths);
  return [
    findData(before, generation, paths) === undefined
      ? `Chroma ${nameGeneration(generation)} cannot read the data of ${nameGeneration(former)}, so it starts empty, in ${location}.`
      : `Chroma ${nameGeneration(generation)} goes on with what is in ${location}.`,
    ...(left === undefined ? [] : [`The data of ${nameGeneration(former)} stays in ${left}.`]),
  ].join(' ');
}

/** That others lose a server which nobody meant to open to them. */
function describeNarrowing(before: YamlMap, { bindAddress }: ComposePlan): string | undefined {
  const published = findPublishedPort(before);
  return published && published.address === undefined && isLoopback(withDefaults(bindAddress))
    ? 'Its port was open to the network and will be to this machine alone, unless chromaTls.bindAddress (--bind-address) says otherwise.'
    : undefined;
}

/** Where the other services find Chroma from then on, and what it takes for them to verify it. */
function describeOthers(
  before: YamlMap,
  { names, tls }: ComposePlan,
  certificateNames: readonly string[],
): string | undefined {
  const { [names.chroma]: chroma, ...others } = mapOf(before['services']);
  if (Object.values(others).every(isProxy)) return undefined;
  const address = addressOf(names.chroma, tls);
  if (addressOf(names.chroma, readLabel(chroma, LABELS.tls)) === address) return undefined;
  const name = certificateNames.includes(names.chroma)
    ? ''
    : `add ${names.chroma} to chromaTls.certificate.additionalNames, generate the certificate again, and `;
  return `The other services reach Chroma at ${address} from then on, and by no other address. To verify it, ${name}mount ca.pem into them.`;
}

/** @param tls who ends TLS; none where nobody is known to */
function addressOf(service: string, tls: string | undefined): string | undefined {
  if (tls === undefined) return undefined;
  const port = tls === 'uvicorn' ? CONTAINER_PORTS.chroma : CONTAINER_PORTS.tls;
  return `https://${service}:${port}`;
}

function holdsData(service: YamlMap, paths: DataPaths): boolean {
  return (['python', 'rust'] as const).some(
    (generation) => findData(service, generation, paths) !== undefined,
  );
}
