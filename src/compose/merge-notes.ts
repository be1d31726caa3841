import { isLoopback } from '../chroma/exposure.ts';
import { nameLine, type Line } from '../chroma/version.ts';
import { withDefaults, type ComposePlan } from './compose-plan.ts';
import { findData, tellLine } from './data-mounts.ts';
import { mapOf } from './merge-project.ts';
import { findPublishedPort } from './published-port.ts';
import type { YamlMap } from './yaml-text.ts';

/**
 * What a person should know of a merge before they agree to it, beyond what its lines show; as
 * sentences. Pure.
 *
 * @param before what their file says
 * @param after what it will say
 */
export function describeMerge(
  before: YamlMap,
  after: YamlMap,
  plan: ComposePlan,
): readonly string[] {
  const chromaIn = (project: YamlMap): YamlMap =>
    mapOf(mapOf(project['services'])[plan.names.chroma]);
  return [
    describeData(chromaIn(before), chromaIn(after), plan.traits.line),
    describeNarrowing(chromaIn(before), plan),
    ...describeAssumption(plan, chromaIn(after)),
  ].filter((note) => note !== undefined);
}

/** That the version is a guess, where nothing in the file tells it. Pure. */
export function describeAssumption(
  { image, names, traits }: ComposePlan,
  chroma: YamlMap,
): readonly string[] {
  const subject = 'build' in chroma ? `What ${names.chroma} is built from` : image;
  return traits.version === undefined || 'build' in chroma
    ? [
        `${subject} is taken for Chroma ${nameLine(traits.line)}: nothing in the file says which it is.`,
      ]
    : [];
}

/** Where the data of the version that is in the file stays, and where that of the new one will be. */
function describeData(before: YamlMap, after: YamlMap, line: Line): string | undefined {
  const former = tellLine(before);
  const place = findData(after, line);
  if (former === undefined || place === undefined) return undefined;
  if (former === line) {
    return findData(before, line) === undefined && holdsData(before)
      ? `${place} moves to where Chroma ${nameLine(line)} keeps its data.`
      : undefined;
  }
  const left = findData(before, former);
  return [
    findData(before, line) === undefined
      ? `Chroma ${nameLine(line)} cannot read the data of ${nameLine(former)}, so it starts empty, in ${place}.`
      : `Chroma ${nameLine(line)} goes on with what is in ${place}.`,
    ...(left === undefined ? [] : [`The data of ${nameLine(former)} stays in ${left}.`]),
  ].join(' ');
}

/** That others lose a server which nobody meant to open to them. */
function describeNarrowing(before: YamlMap, { bindAddress }: ComposePlan): string | undefined {
  const published = findPublishedPort(before);
  return published && published.address === undefined && isLoopback(withDefaults(bindAddress))
    ? 'Its port was open to the network and will be to this machine alone, unless chromaTls.bindAddress (--bind-address) says otherwise.'
    : undefined;
}

function holdsData(service: YamlMap): boolean {
  return (['python', 'rust'] as const).some((line) => findData(service, line) !== undefined);
}
