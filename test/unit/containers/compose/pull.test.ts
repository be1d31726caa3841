import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ComposePull } from '../../../../src/containers/compose/pull.ts';
import type { StartStep } from '../../../../src/chroma/runtimes/runtime.ts';

const CHROMA = 'chromadb/chroma:1.5.9';

/** The step after each line that says one. */
function read(lines: readonly string[]): readonly StartStep[] {
  const pull = new ComposePull({ vectors: CHROMA, edge: 'nginx:1.29-alpine' });
  return lines.flatMap((line) => pull.read(line) ?? []);
}

describe('what Compose says while it pulls', () => {
  it('is which images come and how far they are, by v2 (2.26)', () => {
    const steps = read([
      ' vectors Pulling ',
      ' ee95ab88d413 Already exists ',
      ' 68440832d672 Pulling fs layer ',
      ' 68440832d672 Downloading [>      ]  36.45kB/3.001MB',
      ' edge Pulling ',
      ' edge Pulled ',
      ' 68440832d672 Pull complete ',
      ' vectors Pulled ',
      ' Container shop-vectors-1  Creating',
    ]);
    assert.deepEqual(steps, [
      { kind: 'pulling', image: CHROMA },
      { kind: 'pulling', image: CHROMA, progress: '1 of 1' },
      { kind: 'pulling', image: CHROMA, progress: '1 of 2' },
      {
        kind: 'pulling',
        image: CHROMA,
        progress: '1%',
        fraction: 36_450 / 3_001_000,
      },
      { kind: 'pulling', image: '2 images' },
      { kind: 'pulling', image: CHROMA },
      { kind: 'pulling', image: CHROMA, progress: '100%', fraction: 1 },
      { kind: 'creating' },
    ]);
  });

  it('is which image comes, by docker-compose 1.29', () => {
    const steps = read([
      'Creating network "shop_default" with the default driver',
      `Pulling vectors (${CHROMA})...`,
      '1.5.9: Pulling from chromadb/chroma',
      'Digest: sha256:cf0dfe374cfaf3871b9aa00b5063dc3496a98d152e756cb230d078c26529054c',
      `Status: Downloaded newer image for ${CHROMA}`,
      'Creating shop_vectors_1 ... ',
    ]);
    assert.deepEqual(steps, [{ kind: 'pulling', image: CHROMA }]);
  });
});
