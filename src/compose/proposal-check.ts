import { isDeepStrictEqual } from 'node:util';
import { ExplainedError } from '../system/errors.ts';
import { SEPARATE_COMPOSE_FILE } from '../chroma/runtimes/compose/project-files.ts';
import type { ComposePlan } from './compose-plan.ts';
import type { ComposeProject } from './compose-project.ts';
import { findData } from '../chroma/runtimes/compose/data-mounts.ts';
import { isProxy, mapOf } from './merge-project.ts';
import type { Trial } from '../chroma/runtimes/compose/resolved-project.ts';
import { isYamlSequence, type YamlValue } from '../system/yaml/yaml-text.ts';

/**
 * Refuses a proposal that comes to something else than what was meant, because of another file of the
 * project. Pure.
 *
 * @param trial what Compose makes of the project, and what it would make of it
 * @throws ExplainedError `compose-contradicted`
 */
export function refuseContradiction(
  { before, after }: Trial,
  plan: ComposePlan,
  ours: ComposeProject,
): void {
  const { names, capabilities, dataPaths } = plan;
  const [former, next] = [before, after].map((project) => mapOf(project['services']));
  const [was, is] = [mapOf(former?.[names.chroma]), mapOf(next?.[names.chroma])];
  const others = Object.entries(former ?? {}).filter(
    ([name, service]) => name !== names.chroma && !isProxy(service),
  );
  for (const [name, service] of others) {
    if (!isDeepStrictEqual(service, next?.[name])) throw contradicted(`the service ${name}`);
  }
  // podman-compose says nothing of a service whose profile is not on.
  if (next && !(names.chroma in next)) return;
  for (const key of ['command', 'entrypoint', 'network_mode']) {
    if (!(key in ours.chroma) && !isUnset(is[key])) throw contradicted(`${key} of ${names.chroma}`);
  }
  if (lengthOf(is['ports']) !== lengthOf(ours.chroma['ports'])) {
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
    what: `Chroma cannot be put behind TLS in this project: ${what} would not come out as meant.`,
    why: 'Another file of it (an override, include or extends) says otherwise.',
    next: `Change it there, or have a server apart written to ${SEPARATE_COMPOSE_FILE}.`,
    action: 'createSeparateComposeFile',
  });
}

function isUnset(value: YamlValue | undefined): boolean {
  return value === undefined || value === null;
}

function lengthOf(value: YamlValue | undefined): number {
  return isYamlSequence(value) ? value.length : 0;
}
