import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { eventsArgs, isChange } from '../../../src/containers/container-watch.ts';

const LABEL = { name: 'folder', values: ['/w', '/real/w'] };

/** As Docker 20.10 prints it, without what nobody reads. */
function docker(action: string, folder = '/w'): string {
  const Actor = { ID: 'a', Attributes: { folder, image: 'chroma' } };
  return JSON.stringify({ status: action, Type: 'container', Action: action, Actor });
}

/** As Podman 4.3 does. */
function podman(status: string, folder = '/w'): string {
  return JSON.stringify({ ID: 'a', Status: status, Type: 'container', Attributes: { folder } });
}

describe('an event of an engine', () => {
  it('is a change where a container began, ended or was renamed', () => {
    for (const action of ['start', 'die', 'pause', 'unpause', 'rename', 'destroy', 'kill']) {
      assert.equal(isChange(docker(action), LABEL), true, action);
      assert.equal(isChange(podman(action), LABEL), true, action);
    }
    assert.equal(isChange(docker('die', '/real/w'), LABEL), true);
  });

  it('is no change where a health check ran, as one does every few seconds', () => {
    for (const action of [
      'exec_create: python3 -c …',
      'exec_start: python3 -c …',
      'exec_die',
      'health_status: healthy',
      'top',
    ]) {
      assert.equal(isChange(docker(action), LABEL), false, action);
    }
    for (const status of ['exec', 'exec_died', 'health_status']) {
      assert.equal(isChange(podman(status), LABEL), false, status);
    }
  });

  it("is no change where it is another workspace's", () => {
    assert.equal(isChange(docker('die', '/other'), LABEL), false);
    assert.equal(isChange(podman('died', '/other'), LABEL), false);
    assert.equal(isChange(JSON.stringify({ Action: 'die' }), LABEL), false);
  });

  it('is a change where it cannot be read', () => {
    assert.equal(isChange('something new', LABEL), true);
  });
});

describe('the events that an engine is asked for', () => {
  it('are those of one label value, or all where there are several', () => {
    const one = eventsArgs({ name: 'w', values: ['a'] }, 1_700_000_000.5);
    assert.deepEqual(valuesOf(one, '--since'), ['1700000000.500']);
    assert.deepEqual(valuesOf(one, '--filter'), ['type=container', 'label=w=a']);
    const either = eventsArgs({ name: 'w', values: ['a', 'b'] }, 0);
    assert.deepEqual(valuesOf(either, '--filter'), ['type=container']);
  });
});

/** The values that follow one option. */
function valuesOf(args: readonly string[], option: string): string[] {
  return args.flatMap((arg, index) => (arg === option ? [args[index + 1] ?? ''] : []));
}
