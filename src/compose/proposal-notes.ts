import { isLoopback } from '../chroma/exposure.ts';
import { LABELS } from '../chroma/runtimes/container-labels.ts';
import { nameGeneration, type Generation } from '../chroma/version.ts';
import { CONTAINER_PORTS } from '../proxy/tls-proxy.ts';
import type { DataAtRisk } from '../chroma/runtimes/compose/data-at-risk.ts';
import {
  findData,
  tellServiceGeneration,
  type DataPaths,
} from '../chroma/runtimes/compose/service-data.ts';
import { readLabels } from '../containers/compose/service-fields.ts';
import { withDefaults } from '../containers/compose/variables.ts';
import { mapOf, type YamlMap } from '../system/yaml/yaml-value.ts';
import { isOurProxy, type ComposePlan } from './compose-plan.ts';
import { findPublishedPort } from './published-port.ts';

/**
 * What a user should know before they agree to a merge, and its lines do not show; as sentences.
 * Pure.
 *
 * @param before what their project says
 * @param after what their file will say
 * @param certificateNames the names in the certificate
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

/** Says that the version is a guess, where nothing in the file tells it. Pure. */
export function describeAssumption(
  { image, names, capabilities }: ComposePlan,
  chroma: YamlMap,
): readonly string[] {
  const subject = 'build' in chroma ? `What ${names.chroma} is built from` : image;
  if (capabilities.version !== undefined && !('build' in chroma)) return [];
  return [
    `${subject} is taken for Chroma ${nameGeneration(capabilities.generation)}: nothing in the file says which it is.`,
  ];
}

/** Says that a container holds the only data, or may, and how to save it. Pure. */
export function describeDataAtRisk({ container, path, engine }: DataAtRisk): string {
  if (path === undefined) {
    return `It cannot be told where the container ${container} keeps Chroma's data: nothing that can be read here says it. What lies in no volume is lost when the container is made again.`;
  }
  return `Chroma's data lies in the container ${container} alone, at ${path}, and is lost when the container is made again. Copy it out first: ${engine} cp ${container}:${path} chroma-data`;
}

/** Says where the data of the present version stays, and where that of the new one will be. */
function describeData(
  before: YamlMap,
  after: YamlMap,
  generation: Generation,
  paths: DataPaths,
): string | undefined {
  const former = tellServiceGeneration(before, paths);
  const location = findData(after, generation, paths);
  if (former === undefined || location === undefined) return undefined;
  const present = findData(before, generation, paths);
  const other = generation === 'rust' ? 'python' : 'rust';
  const left = findData(before, other, paths);
  const name = nameGeneration(generation);
  if (former === generation) {
    return present === undefined && left !== undefined
      ? `${location} moves to where Chroma ${name} keeps its data.`
      : undefined;
  }
  return [
    present === undefined
      ? `Chroma ${name} cannot read the data of ${nameGeneration(other)}, so it starts empty, in ${location}.`
      : `Chroma ${name} goes on with what is in ${location}.`,
    ...(left === undefined ? [] : [`The data of ${nameGeneration(other)} stays in ${left}.`]),
  ].join(' ');
}

/** Says that the network loses a server that was open to it. */
function describeNarrowing(before: YamlMap, { bindAddress }: ComposePlan): string | undefined {
  const published = findPublishedPort(before);
  return published && published.address === undefined && isLoopback(withDefaults(bindAddress))
    ? 'Its port was open to the network and will be open only to this machine, unless another bind address is set.'
    : undefined;
}

/** Says where the other services will find Chroma, and how they verify it. */
function describeOthers(
  before: YamlMap,
  { names, tls }: ComposePlan,
  certificateNames: readonly string[],
): string | undefined {
  const { [names.chroma]: chroma, ...others } = mapOf(before['services']);
  if (Object.values(others).every(isOurProxy)) return undefined;
  const address = addressOf(names.chroma, tls);
  if (addressOf(names.chroma, readLabels(mapOf(chroma))[LABELS.tls]) === address) return undefined;
  const name = certificateNames.includes(names.chroma)
    ? ''
    : `add ${names.chroma} to chromaTls.certificate.additionalNames, generate the certificate again, and `;
  return `The other services then reach Chroma at ${address}, and at no other address. To verify it, ${name}mount ca.pem into them.`;
}

/** @param tls what ends TLS; none where that is not known */
function addressOf(service: string, tls: string | undefined): string | undefined {
  if (tls === undefined) return undefined;
  const port = tls === 'uvicorn' ? CONTAINER_PORTS.chroma : CONTAINER_PORTS.tls;
  return `https://${service}:${port}`;
}
