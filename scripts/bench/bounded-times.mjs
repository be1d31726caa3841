// Where a person waits: each figure that has a bound, all in one table.
import { loadavg } from 'node:os';
import { nodeRuntime } from '../parts/node-runtime.mjs';
import { activationTimes } from './activation-times.mjs';
import { orNotMeasured, renderFigures } from './figures.mjs';
import { inProcessTimes } from './in-process-times.mjs';
import { processTimes } from './process-times.mjs';
import { serversTime } from './servers-time.mjs';

const NEWER = 24;

/**
 * @param {import('esbuild').Metafile} metafile of what is measured
 * @returns {Promise<string>} a section of docs/comparison.md
 */
export async function boundedTimes(metafile) {
  const before = loadavg()[0] ?? NaN;
  const figures = [
    ...(await orNotMeasured('generate and status', () => processTimes(process.execPath))),
    ...(await orNotMeasured(`the same on Node.js ${NEWER}`, async () => {
      const newer = await nodeRuntime(NEWER);
      return newer === process.execPath ? [] : processTimes(newer);
    })),
    ...(await orNotMeasured('generating in a process that runs', inProcessTimes)),
    ...(await orNotMeasured('start and stop', serversTime)),
    ...(await orNotMeasured('activation', () => activationTimes(metafile))),
  ];
  return `Each is a multiple of what it is measured against, the median of turns in which both ran. The second
figure compares the processor time, which other programs on the machine change less. The load was
${before.toFixed(1)} before and ${(loadavg()[0] ?? NaN).toFixed(1)} after: above the number of cores, others had their part of the machine.

${renderFigures(figures)}`;
}
