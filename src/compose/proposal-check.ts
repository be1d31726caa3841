import { isDeepStrictEqual } from 'node:util';
import { ExplainedError } from '../system/errors.ts';
import { findData } from '../chroma/runtimes/compose/service-data.ts';
import { SEPARATE_COMPOSE_FILE } from '../containers/compose/project-files.ts';
import { listOf, mapOf } from '../system/yaml/yaml-value.ts';
import { isOurProxy, type ComposePlan } from './compose-plan.ts';
import type { Trial } from './inquiry.ts';
import type { OurServices } from './our-services.ts';

/**
 * Refuses a proposal of which another file of the project would make something else. Pure.
 *
 * @param trial what Compose makes of the project, and what it would make of it
 * @throws ExplainedError `compose-contradicted`
 */
export function refuseContradiction(
  { before, after }: Trial,
  plan: ComposePlan,
  ours: OurServices,
): void {
  const { names, capabilities, dataPaths } = plan;
  const [former, next] = [before, after].map((project) => mapOf(project['services']));
  const [was, is] = [mapOf(former?.[names.chroma]), mapOf(next?.[names.chroma])];
  const others = Object.entries(former ?? {}).filter(
    ([name, service]) => name !== names.chroma && !isOurProxy(service),
  );
  for (const [name, service] of others) {
    if (!isDeepStrictEqual(service, next?.[name])) throw contradicted(`the service ${name}`);
  }
  // podman-compose leaves out a service whose profile is off.
  if (next && !(names.chroma in next)) return;
  for (const key of ['command', 'entrypoint', 'network_mode']) {
    if (!(key in ours.chroma) && (is[key] ?? null) !== null)
      throw contradicted(`${key} of ${names.chroma}`);
  }
  if (listOf(is['ports']).length !== listOf(ours.chroma['ports']).length) {
    throw contradicted(`the ports of ${names.chroma}`);
  }
  const data = findData(was, capabilities.generation, dataPaths);
  if (data !== undefined && data !== findData(is, capabilities.generation, dataPaths)) {
    throw contradicted(`the data of ${names.chroma}, which is in ${data},`);
  }
}

function contradicted(what: string): ExplainedError {
  return new ExplainedError({
    code: 'compose-contradicted',
    what: `Chroma cannot be put behind TLS in this project: ${what} would not be as proposed.`,
    why: 'Another file of the project (an override, include or extends) says otherwise.',
    next: `Change it there, or write a separate server to ${SEPARATE_COMPOSE_FILE}.`,
    action: 'createSeparateComposeFile',
  });
}
