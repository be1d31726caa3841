import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { chooseRuntime } from '../../../../src/chroma/runtimes/runtime-choice.ts';
import type { Runtime } from '../../../../src/chroma/runtimes/runtime.ts';
import type { RuntimeKind } from '../../../../src/chroma/server-facts.ts';
import type { Availability } from '../../../../src/containers/availability.ts';
import { NONE, runtime } from '../runtime-fixture.ts';

const here: Availability = { available: true, seen: 'docker 28' };
const away = (what: string): Availability => ({
  available: false,
  problem: { code: 'missing', what, next: 'Install it.' },
});

/** Only what the choice asks of a runtime. */
function runtimes(
  docker: Availability,
  local: Availability,
  compose: Availability = {
    available: false,
    problem: { code: 'compose-no-file', what: 'No Compose file.' },
  },
): readonly Runtime[] {
  const answering = (kind: RuntimeKind, answer: Availability): Runtime => ({
    ...runtime(kind, NONE),
    check: () => Promise.resolve(answer),
  });
  return [answering('docker', docker), answering('local', local), answering('compose', compose)];
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

  it('is never another server while the Compose file cannot be read', async () => {
    const broken: Availability = {
      available: false,
      problem: { code: 'compose-broken', what: 'Compose cannot read it.', next: 'Correct it.' },
    };
    await assert.rejects(chooseRuntime('auto', runtimes(here, here, broken)), {
      code: 'compose-broken',
      message: /Correct it\. Or set chromaTls\.runtime to docker/,
    });
  });

  for (const last of ['docker', 'compose'] as const) {
    it(`is not local while the engine with the data of ${last} is down`, async () => {
      const down = away('Docker is not running.');
      await assert.rejects(chooseRuntime('auto', runtimes(down, here), last), {
        message: /^Docker is not running\..+set chromaTls\.runtime to local/,
      });
    });
  }

  it('is local where the engine that had the data is gone, and says where the data is', async () => {
    const gone: Availability = {
      available: false,
      problem: { code: 'docker-not-installed', what: 'There is no docker.' },
    };
    const { runtime, changedFrom } = await chooseRuntime('auto', runtimes(gone, here), 'docker');
    assert.equal(runtime.kind, 'local');
    assert.equal(changedFrom, 'docker');
  });

  it('stays local where the data is, though an engine answers', async () => {
    const { runtime, changedFrom } = await chooseRuntime('auto', runtimes(here, here), 'local');
    assert.equal(runtime.kind, 'local');
    assert.equal(changedFrom, undefined);
    const moved = await chooseRuntime('auto', runtimes(here, away('No Python.')), 'local');
    assert.equal(moved.runtime.kind, 'docker');
    assert.equal(moved.changedFrom, 'local');
  });

  it('says so when a Compose file replaces what ran before', async () => {
    const taken = await chooseRuntime('auto', runtimes(here, here, here), 'docker');
    assert.deepEqual([taken.runtime.kind, taken.changedFrom], ['compose', 'docker']);
    const again = await chooseRuntime('auto', runtimes(here, here, here), 'compose');
    assert.equal(again.changedFrom, undefined);
  });

  it('is local otherwise, and says what is wrong with docker', async () => {
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

  it('is what the setting names, or the problem of that one', async () => {
    const asked = await chooseRuntime('local', runtimes(here, here));
    assert.equal(asked.runtime.kind, 'local');
    await assert.rejects(
      chooseRuntime('docker', runtimes(away('No docker.'), here)),
      /No docker\./,
    );
  });
});
