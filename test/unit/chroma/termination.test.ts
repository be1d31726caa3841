import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { chooseTermination } from '../../../src/chroma/termination.ts';
import { describeVersion } from '../../../src/chroma/version.ts';
import { TLS_TERMINATIONS } from '../../../src/project/settings.ts';

const OLD = describeVersion('0.5.13');
const NEW = describeVersion('1.5.9');

describe('who ends TLS', () => {
  it('is by default what suits the version and the place', () => {
    assert.equal(chooseTermination('auto', OLD, 'container'), 'uvicorn');
    assert.equal(chooseTermination('auto', OLD, 'process'), 'uvicorn');
    assert.equal(chooseTermination('auto', NEW, 'container'), 'nginx');
    assert.equal(chooseTermination('auto', NEW, 'process'), 'embedded');
  });

  it('is what the setting says wherever that can exist', () => {
    const possible = (
      capabilities: typeof OLD,
      location: 'container' | 'process',
    ): readonly string[] =>
      TLS_TERMINATIONS.filter((setting) => {
        if (setting === 'auto') return false;
        try {
          return chooseTermination(setting, capabilities, location) === setting;
        } catch {
          return false;
        }
      });
    assert.deepEqual(possible(OLD, 'container'), ['uvicorn', 'nginx', 'envoy', 'embedded']);
    assert.deepEqual(possible(NEW, 'container'), ['nginx', 'envoy', 'embedded']);
    assert.deepEqual(possible(OLD, 'process'), ['uvicorn', 'embedded']);
    assert.deepEqual(possible(NEW, 'process'), ['embedded']);
  });

  it('says why not, where it cannot', () => {
    assert.throws(
      () => chooseTermination('uvicorn', NEW, 'container'),
      /uvicorn cannot end TLS here\. Chroma 1\.5\.9 is no longer served by uvicorn/,
    );
    assert.throws(() => chooseTermination('nginx', NEW, 'process'), /runs as a container/);
  });
});
