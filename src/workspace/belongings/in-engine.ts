import {
  findContainers,
  removeContainers,
} from '../../chroma/runtimes/docker/docker-containers.ts';
import { findDataVolumes } from '../../chroma/runtimes/docker/data-volumes.ts';
import { measureVolume, removeVolume } from '../../chroma/runtimes/docker/volume-removal.ts';
import { readLastRuntime } from '../../chroma/runtimes/runtime-choice.ts';
import { checkEngine } from '../../containers/engine-facts.ts';
import { runsNothing } from '../../containers/engine-problems.ts';
import { Engine } from '../../containers/engine.ts';
import { workspaceId } from '../../project/data-folder.ts';
import type { Problem } from '../../system/errors.ts';
import { nameGeneration } from '../../chroma/version.ts';
import { REMOVED, type Findings, type FoundBelonging } from '../clean-plan.ts';
import type { WorkspaceContext } from '../context.ts';

/** Containers and volumes of a folder, in the engine of its settings and in those they may have named. */
export async function findInEngines(
  { workspace, settings }: Pick<WorkspaceContext, 'workspace' | 'settings'>,
  signal: AbortSignal,
): Promise<Findings> {
  const id = workspaceId(workspace);
  const used = await readLastRuntime(workspace);
  const found: FoundBelonging[] = [];
  const stays: string[] = [];
  const unknown: Problem[] = [];
  for (const program of new Set([settings.containerCommand, 'docker', 'podman'])) {
    const engine = new Engine(program);
    const asked = await checkEngine(engine, signal);
    if (!asked.available) {
      // Another engine, or one that never ran anything here, is not missed.
      const isMissed = program === settings.containerCommand && used !== undefined;
      if (isMissed && (used !== 'local' || !runsNothing(asked.problem)))
        unknown.push(asked.problem);
      continue;
    }
    const belongings = [
      ...(await findContainersOf(engine, id, signal)),
      ...(await findVolumesOf(engine, id, signal)),
    ];
    found.push(...belongings);
    if (belongings.length > 0 || (used === 'docker' && program === settings.containerCommand)) {
      stays.push(
        `Images stay, as other folders may use them: ${program} image rm ${settings.image} ${settings.nginxImage}`,
      );
    }
  }
  if (used === 'compose') {
    stays.push(
      'What Compose made by the Compose file is the file’s: docker compose down --volumes removes it, with the data.',
    );
  }
  return { found, stays, unknown };
}

async function findContainersOf(
  engine: Engine,
  id: string,
  signal: AbortSignal,
): Promise<readonly FoundBelonging[]> {
  const containers = await findContainers(engine, id, signal);
  if (containers.length === 0) return [];
  return [
    {
      kind: 'containers',
      name: containers.length === 1 ? 'Container' : 'Containers',
      locations: containers.map(({ Name }) => `${Name.replace(/^\//, '')} (${engine.program})`),
      how: 'ended and removed',
      isData: false,
      remove: async (removal) => {
        await removeContainers(engine, id, removal.signal);
        return REMOVED;
      },
    },
  ];
}

async function findVolumesOf(
  engine: Engine,
  id: string,
  signal: AbortSignal,
): Promise<readonly FoundBelonging[]> {
  const volumes = await findDataVolumes(engine.program, id, signal);
  return Promise.all(
    volumes.map(async ({ name, generation }): Promise<FoundBelonging> => {
      const bytes = await measureVolume(engine, name, signal);
      return {
        kind: 'volume',
        name: `Data of Chroma ${nameGeneration(generation)}`,
        locations: [`the volume ${name} (${engine.program})`],
        ...(bytes === undefined ? {} : { bytes }),
        how: 'deleted',
        isData: true,
        remove: async (removal) => {
          await removeVolume(engine, name, removal.signal);
          return REMOVED;
        },
      };
    }),
  );
}
