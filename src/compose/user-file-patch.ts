import { SEPARATE_COMPOSE_FILE } from '../containers/compose/project-files.ts';
import { readMounts, sourceOf } from '../containers/compose/service-fields.ts';
import { ExplainedError } from '../system/errors.ts';
import { NotPatchableError, patchYaml } from '../system/yaml/yaml-patch.ts';
import { isYamlMap, mapOf, type YamlMap } from '../system/yaml/yaml-value.ts';
import { isOurProxy, type ComposePlan } from './compose-plan.ts';
import { mergeService } from './merge-service.ts';
import type { OurServices } from './our-services.ts';

/**
 * Puts our services into the text of a user's own Compose file, and leaves every other byte as it is.
 * Pure.
 *
 * @param resolved the whole project as it is now
 * @returns what the file will say, and its text
 * @throws ExplainedError `compose-not-mergeable`
 */
export function patchUserFile(
  { name, text, says }: { readonly name: string; readonly text: string; readonly says: YamlMap },
  plan: ComposePlan,
  ours: OurServices,
  resolved: YamlMap,
): { readonly merged: YamlMap; readonly after: string } {
  const merged = mergeProject(says, plan, ours, resolved);
  try {
    return { merged, after: patchYaml(text, merged, ours.look) };
  } catch (error) {
    if (!(error instanceof NotPatchableError)) throw error;
    throw new ExplainedError(
      {
        code: 'compose-not-mergeable',
        what: `Chroma cannot be added to ${name} without changing other parts of it.`,
        why: error.message,
        next: `Write it to ${SEPARATE_COMPOSE_FILE} instead.`,
        action: 'createSeparateComposeFile',
      },
      error,
    );
  }
}

/**
 * What a user's Compose file says once our services are in it; no other service changes. Pure.
 *
 * @param resolved the whole project as it is now
 */
export function mergeProject(
  theirs: YamlMap,
  plan: ComposePlan,
  ours: OurServices,
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
      // A TLS proxy of ours goes where none is needed any more.
      ([name, service]) =>
        ours.proxy !== undefined || name === names.chroma || !isOurProxy(service),
    ),
  );
  // The TLS proxy is ours; what a user added to it (logging, limits) stays. Where Chroma is started
  // only on request, its TLS proxy is too.
  const { profiles } = chroma;
  const proxy = ours.proxy && {
    ...mapOf(present[names.proxy]),
    ...ours.proxy,
    ...(profiles === undefined ? {} : { profiles }),
  };
  const isMounted = readMounts(chroma).some((mount) => sourceOf(mount) === names.volume);
  return {
    ...theirs,
    services: { ...services, ...(proxy ? { [names.proxy]: proxy } : {}) },
    ...(isMounted ? { volumes: { [names.volume]: null, ...mapOf(theirs['volumes']) } } : {}),
  };
}
