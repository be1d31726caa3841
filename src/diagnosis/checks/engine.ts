import { runsNothing } from '../../containers/engine-problems.ts';
import { findProgram, isOnPath } from '../../system/processes/program-path.ts';
import { skipped, well, type Check } from '../check.ts';

/** The container engine: there, running, permitted, on PATH. */
export const ENGINE: Check = {
  id: 'engine',
  after: [],
  look: async ({ settings, engine, seen }) => {
    const { runtime, containerCommand } = settings;
    const availability = await engine;
    if (!availability) {
      return skipped(`chromaTls.runtime is ${runtime}, which needs no container engine.`);
    }
    if (availability.available) {
      const path = await findProgram(containerCommand);
      const where = path === undefined ? '' : `, ${path}`;
      const note = path === undefined || isOnPath(path) ? '' : ' (not on PATH)';
      return well(`${availability.seen}${where}${note}`);
    }
    const { problem } = availability;
    // With auto, Chroma runs without containers where there is no engine.
    const { observation } = await seen;
    const runsElsewhere =
      observation.kind === 'running' && !['docker', 'compose'].includes(observation.server.runtime);
    const isMissing = problem.code === 'docker-not-installed';
    if (runtime === 'auto' && (isMissing || (runsElsewhere && runsNothing(problem)))) {
      return skipped(`${problem.what} Chroma runs without a container.`);
    }
    return { kind: 'broken', problems: [problem] };
  },
};
