import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { chooseRuntime } from '../../../src/chroma/runtimes/choice.ts';
import type { Availability, Runtime, RuntimeKind } from '../../../src/chroma/runtimes/runtime.ts';

const here: Availability = { available: true, seen: 'docker 28' };
const away = (what: string): Availability => ({
  available: false,
  problem: { code: 'missing', what, next: 'Install it.' },
});

/** Only what the choice asks of a runtime. */
function runtimes(
  docker: Availability,
  local: Availability,
  compose = away('No Compose file.'),
): readonly Runtime[] {
  const runtime = (kind: RuntimeKind, answer: Availability): Runtime => ({
    kind,
    check: () => Promise.resolve(answer),
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    observe: () => Promise.resolve({ kind: 'none' }),
    renew: () => Promise.resolve(false),
    watch: () => ({ dispose: () => undefined }),
    readLog: () => Promise.resolve([]),
    followLog: () => ({ dispose: () => undefined }),
  });
  return [runtime('docker', docker), runtime('local', local), runtime('compose', compose)];
}

describe('the choice of a runtime', () => {
  it('is docker if its engine answers', async () => {
    const { runtime, why } = await chooseRuntime('auto', runtimes(here, here));
    assert.equal(runtime.kind, 'docker');
    assert.match(why, /its engine answers/);
  });

  it("is the workspace's own Compose file if that has a Chroma", async () => {
    const { runtime } = await chooseRuntime('auto', runtimes(here, here, here));
    assert.equal(runtime.kind, 'compose');
  });

  it('is local if not, and says what is wrong with docker', async () => {
    const { runtime, why } = await chooseRuntime('auto', runtimes(away('No docker.'), here));
    assert.equal(runtime.kind, 'local');
    assert.match(why, /No docker\./);
  });

  it('tells what to install where there is neither', async () => {
    await assert.rejects(
      chooseRuntime('auto', runtimes(away('No docker.'), away('No Python.'))),
      /No docker\. No Python\. Install it\./,
    );
  });

  it("is what the setting says, or that one's problem", async () => {
    const asked = await chooseRuntime('local', runtimes(here, here));
    assert.equal(asked.runtime.kind, 'local');
    await assert.rejects(
      chooseRuntime('docker', runtimes(away('No docker.'), here)),
      /No docker\./,
    );
  });
});
