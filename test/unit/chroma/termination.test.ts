import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { chooseTermination } from '../../../src/chroma/termination.ts';
import { describeVersion } from '../../../src/chroma/version.ts';
import { TLS_TERMINATIONS } from '../../../src/project/settings.ts';

const OLD = describeVersion('0.5.13');
const NEW = describeVersion('1.5.9');

describe('who ends TLS', () => {
  it('is by default what suits the version and the place', () => {
    assert.equal(chooseTermination('auto', OLD, 'container', false), 'uvicorn');
    assert.equal(chooseTermination('auto', OLD, 'process', false), 'uvicorn');
    assert.equal(chooseTermination('auto', NEW, 'container', false), 'nginx');
    assert.equal(chooseTermination('auto', NEW, 'process', false), 'embedded');
  });

  it('is what the setting says wherever that can exist', () => {
    const possible = (
      capabilities: typeof OLD,
      location: 'container' | 'process',
    ): readonly string[] =>
      TLS_TERMINATIONS.filter((setting) => {
        if (setting === 'auto') return false;
        try {
          return chooseTermination(setting, capabilities, location, false) === setting;
        } catch {
          return false;
        }
      });
    assert.deepEqual(possible(OLD, 'container'), ['uvicorn', 'nginx', 'envoy', 'embedded']);
    assert.deepEqual(possible(NEW, 'container'), ['nginx', 'envoy', 'embedded']);
    assert.deepEqual(possible(OLD, 'process'), ['uvicorn', 'embedded']);
    assert.deepEqual(possible(NEW, 'process'), ['embedded']);
  });

  it('is a TLS proxy where requests are looked into', () => {
    assert.equal(chooseTermination('auto', OLD, 'container', true), 'nginx');
    assert.equal(chooseTermination('auto', OLD, 'process', true), 'embedded');
    assert.throws(() => chooseTermination('uvicorn', OLD, 'process', true), /need a TLS proxy/);
  });

  it('says why not, where it cannot', () => {
    assert.throws(
      () => chooseTermination('uvicorn', NEW, 'container', false),
      /uvicorn cannot end TLS here\. Chroma 1\.5\.9 is no longer served by uvicorn/,
    );
    assert.throws(() => chooseTermination('nginx', NEW, 'process', false), /runs as a container/);
  });
});
