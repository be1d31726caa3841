import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { inspectArgs } from '../../../../../src/chroma/runtimes/docker/queries.ts';
import { eventsArgs } from '../../../../../src/containers/watch.ts';

/** The values that follow one option. */
function valuesOf(args: readonly string[], option: string): string[] {
  return args.flatMap((arg, index) => (arg === option ? [args[index + 1] ?? ''] : []));
}

describe('what an engine is asked', () => {
  it('comes back as JSON on one line, in a form that Docker 20.10 and Podman both fill in', () => {
    const [format = ''] = valuesOf(inspectArgs(['a']), '--format');
    assert.equal(format.includes('{{json .}}'), false);
    assert.doesNotMatch(format, /\{\{json \.Config\.(Env|Cmd)/, 'their values stay where they are');
    // What is only there where a container says it: none does here.
    const plain = format.replace(/\[\{\{range .*\{\{end\}\}""\]/, '[]');
    const filled = plain.replaceAll(/\{\{json [^}]+\}\}/g, '1');
    assert.deepEqual(Object.keys(JSON.parse(filled) as object), [
      'Id',
      'Name',
      'State',
      'Image',
      'Labels',
      'Ports',
      'Bindings',
      'NetworkMode',
      'Mounts',
      'UvicornTls',
      'RunsPython',
      'DataSigns',
    ]);
  });

  it('is the events of one label, or of all where it may have either value', () => {
    const one = eventsArgs({ name: 'w', values: ['a'] }, 1_700_000_000.5);
    assert.deepEqual(valuesOf(one, '--since'), ['1700000000.500']);
    assert.deepEqual(valuesOf(one, '--filter'), ['type=container', 'label=w=a']);
    const either = eventsArgs({ name: 'w', values: ['a', 'b'] }, 0);
    assert.deepEqual(valuesOf(either, '--filter'), ['type=container']);
  });
});
