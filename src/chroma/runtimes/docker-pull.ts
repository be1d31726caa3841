import { ExplainedError } from '../../errors.ts';
import { run } from '../../process.ts';
import { dockerCommand } from './docker-commands.ts';
import { explainPullFailure } from './docker-problems.ts';
import type { StartStep } from './runtime.ts';

/**
 * Makes sure an image is on this machine; what is there already is not asked for again.
 *
 * @throws ExplainedError `image-unknown` or `image-unreachable`
 */
export async function pullImage(
  program: string,
  image: string,
  report: (step: StartStep) => void,
  signal: AbortSignal,
): Promise<void> {
  const known = await run(dockerCommand(program, ['image', 'inspect', image]), { signal });
  if (known.exitCode === 0) return;
  report({ kind: 'pulling', image });
  const layers = new Map<string, boolean>();
  const pulled = await run(dockerCommand(program, ['pull', image]), {
    signal,
    onLine: (line) => {
      const progress = countLayers(layers, line);
      if (progress !== undefined) report({ kind: 'pulling', image, progress });
    },
  });
  if (pulled.exitCode !== 0) {
    throw new ExplainedError(explainPullFailure(image, pulled.stderr));
  }
}

/** Without a terminal, `docker pull` prints a line for each layer's every stage: count them. */
function countLayers(layers: Map<string, boolean>, line: string): string | undefined {
  const match = /^([0-9a-f]{12}): (.+)$/.exec(line.trim());
  if (!match) return undefined;
  const [, layer = '', stage = ''] = match;
  layers.set(layer, /^(Pull complete|Already exists)/.test(stage));
  const done = [...layers.values()].filter(Boolean).length;
  return `${done} of ${layers.size} layers`;
}
