import { describeExit } from '../../chroma/status/exit-problem.ts';
import { isOfName } from './name.ts';
import { skipped, well, NO_SERVER, type Check } from '../check.ts';

/** How many of the last log lines are shown. */
const LINES = 3;

/** What runs Chroma: its state, and its last lines where it ended. */
export const SERVER: Check = {
  id: 'server',
  after: ['engine', 'image', 'port'],
  look: async ({ seen }) => {
    const { observation, failure, settings } = await seen;
    switch (observation.kind) {
      case 'running': {
        const { image, runtime, tls, assumed } = observation.server;
        if (assumed) return skipped('Nobody has said where the external server is.');
        const what = image ?? 'A server';
        return well(
          runtime === 'external'
            ? `${what} of someone else`
            : `${what} runs (${runtime}), TLS by ${tls}`,
        );
      }
      case 'impaired':
        if (isOfName(observation.problem))
          return skipped('Its name cannot be, so it is not asked.');
        return { kind: 'broken', problems: [observation.problem] };
      case 'exited': {
        if (observation.stopped) return NO_SERVER;
        const problem = describeExit(observation);
        const said = observation.lastLog.slice(-LINES).join(' | ');
        const why = [problem.why, said && `It said: ${said}`].filter(Boolean).join(' ');
        return { kind: 'broken', problems: [{ ...problem, ...(why === '' ? {} : { why }) }] };
      }
      case 'none': {
        const unavailable = observation.unavailable?.problem;
        if (failure) return { kind: 'broken', problems: [failure.problem] };
        if (settings?.problem) return { kind: 'broken', problems: [settings.problem] };
        return unavailable ? { kind: 'broken', problems: [unavailable] } : NO_SERVER;
      }
    }
  },
};
