import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readArguments, UsageError } from '../../../src/cli/arguments.ts';
import { DEFAULT_SETTINGS, readSettings } from '../../../src/project/settings.ts';

describe('command line', () => {
  it("reads a verb and options that carry the settings' names", () => {
    const { verb, settings } = readArguments(
      'start --wait --port 8443 --image chromadb/chroma:0.5.13 --key-type rsa-2048'.split(' '),
    );
    assert.equal(verb, 'start');
    assert.equal(settings.port, 8443);
    assert.equal(settings.image, 'chromadb/chroma:0.5.13');
    assert.equal(settings.keyType, 'rsa-2048');
  });

  it('takes the engine, and the kind of the page', () => {
    const { settings } = readArguments('generate --engine docker --kind seed'.split(' '));
    assert.deepEqual([settings.certificateEngine, settings.certificateKind], ['docker', 'seed']);
  });

  it('takes further names, and the word that the authority’s key is to go', () => {
    const { settings } = readArguments(
      'generate --name a.test --name 10.0.0.1 --discard-authority-key'.split(' '),
    );
    const { additionalNames, keepAuthorityKey } = readSettings(settings);
    assert.deepEqual([additionalNames, keepAuthorityKey], [['a.test', '10.0.0.1'], false]);
    const usual = readSettings(readArguments(['generate']).settings);
    assert.deepEqual(usual, DEFAULT_SETTINGS);
  });

  for (const line of [
    'generate --kind seed --name a.test',
    'generate --kind seed --days 9',
    'generate --kind seed --key-type rsa-4096',
    '',
    'dance',
    'start now',
    'start --nope',
    'start --port',
  ]) {
    it(`calls "${line}" a wrong usage`, () => {
      assert.throws(() => readArguments(line.split(' ').filter(Boolean)), UsageError);
    });
  }
});
