import { LABELS } from '../chroma/runtimes/docker/commands.ts';
import type { ComposePlan } from './compose-plan.ts';
import type { ComposeProject } from './compose-project.ts';
import { sourceOf } from '../chroma/runtimes/compose/data-mounts.ts';
import { mergeService } from './merge-service.ts';
import {
  isYamlMap,
  isYamlSequence,
  type YamlMap,
  type YamlValue,
} from '../system/yaml/yaml-text.ts';

/**
 * What a user's Compose file has to say once ours is in it; no other service changes. Pure.
 *
 * @param resolved what the whole project comes to by now
 */
export function mergeProject(
  theirs: YamlMap,
  plan: ComposePlan,
  ours: ComposeProject,
  resolved: YamlMap = theirs,
): YamlMap {
  const { names, capabilities, dataPaths } = plan;
  const present = mapOf(theirs['services']);
  const known = present[names.chroma];
  const chroma = isYamlMap(known)
    ? mergeService(known, ours.chroma, mapOf(mapOf(resolved['services'])[names.chroma]), {
        generation: capabilities.generation,
        dataPaths,
      })
    : ours.chroma;
  const services = Object.fromEntries(
    Object.entries({ ...present, [names.chroma]: chroma }).filter(
      // A TLS proxy of ours that is no longer needed.
      ([name, service]) => ours.proxy !== undefined || name === names.chroma || !isProxy(service),
    ),
  );
  const proxy = ours.proxy && mergeProxy(mapOf(present[names.proxy]), ours.proxy, chroma);
  return {
    ...theirs,
    services: { ...services, ...(proxy ? { [names.proxy]: proxy } : {}) },
    ...(mounts(chroma, names.volume)
      ? { volumes: { ...mapOf(theirs['volumes']), ...missing(theirs['volumes'], names.volume) } }
      : {}),
  };
}

/** Whether a service is a TLS proxy of ours. */
export function isProxy(service: YamlValue | undefined): boolean {
  return readLabel(service, LABELS.role) === 'proxy';
}

/** A label, whichever way labels are written. */
export function readLabel(service: YamlValue | undefined, name: string): string | undefined {
  const labels = mapOf(service)['labels'];
  if (isYamlMap(labels)) {
    const value = labels[name];
    return typeof value === 'string' ? value : undefined;
  }
  const items = isYamlSequence(labels) ? labels : [];
  return items
    .filter((item) => typeof item === 'string')
    .find((item) => item.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}

export function mapOf(value: YamlValue | undefined): YamlMap {
  return isYamlMap(value) ? value : {};
}

/** The TLS proxy is ours whole; what a user added to it (logging, limits) stays. */
function mergeProxy(theirs: YamlMap, ours: YamlMap, chroma: YamlMap): YamlMap {
  const { profiles } = chroma;
  // Where Chroma is only started on request, so is its TLS proxy.
  return { ...theirs, ...ours, ...(profiles === undefined ? {} : { profiles }) };
}

function mounts({ volumes }: YamlMap, volume: string): boolean {
  return isYamlSequence(volumes) && volumes.some((mount) => sourceOf(mount) === volume);
}

function missing(volumes: YamlValue | undefined, name: string): YamlMap {
  return name in mapOf(volumes) ? {} : { [name]: null };
}
