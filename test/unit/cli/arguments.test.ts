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

  for (const [line, said] of [
    ['start --port abc', '--port cannot be abc. It must be a port from 1 to 65535.'],
    ['start --port 0', '--port cannot be 0. It must be a port from 1 to 65535.'],
    ['start --runtime foo', '--runtime cannot be foo. It must be one of auto, docker, '],
    ['generate --days 0', '--days cannot be 0. It must be a number of days from 1 to 3650.'],
    ['generate --folder=', '--folder cannot be empty. It must be a folder in the workspace.'],
    ['generate --domain=a/b', '--domain cannot be a/b. Leave out the path.'],
    ['generate --name a.test --name b/c', '--name cannot be a.test,b/c. '],
    ['start --image=-v', '--image cannot be -v. It must be an image such as '],
  ] as const) {
    it(`speaks of the option in "${line}"`, () => {
      const isSaid = (error: unknown): boolean =>
        error instanceof UsageError &&
        error.message.startsWith(said) &&
        !error.message.includes('chromaTls');
      assert.throws(() => readArguments(line.split(' ')), isSaid);
    });
  }

  it('takes a backup to restore, the newest where none is named', () => {
    const { verb, options } = readArguments(['restore', 'backup-2026-11-24T10-20-30Z']);
    assert.deepEqual([verb, options.backup], ['restore', 'backup-2026-11-24T10-20-30Z']);
    assert.equal(readArguments(['restore']).options.backup, undefined);
    assert.equal(readArguments(['restore', '--list']).options.list, true);
  });

  it('takes the files to import, and how to export', () => {
    const imported = readArguments('import a.pem b.key chain.p7b --yes'.split(' '));
    assert.deepEqual(imported.options.files, ['a.pem', 'b.key', 'chain.p7b']);
    const exported = readArguments('export --form pkcs12 --out a.p12'.split(' ')).options;
    assert.deepEqual([exported.form, exported.out, exported.files], ['pkcs12', 'a.p12', []]);
    const signed = readArguments('export --form signed --out a.pem a.csr'.split(' ')).options;
    assert.deepEqual([signed.form, signed.files], ['signed', ['a.csr']]);
    assert.equal(readArguments('export --form pin'.split(' ')).options.out, undefined);
    assert.equal(readArguments(['protect', '--remove']).options.remove, true);
  });

  for (const [line, said] of [
    ['import', 'Which files? '],
    ['export --out a.p12', 'Which form? --form is one of pkcs12, '],
    ['export --form pfx --out a', 'There is no form pfx. '],
    ['export --form chain', 'Where to? '],
    ['export --form signed --out a.pem', 'Which request? '],
    ['export --form chain --out a.pem b.pem', 'b.pem is one word too many.'],
    ['protect new-passphrase', 'new-passphrase is one word too many.'],
  ] as const) {
    it(`says what "${line}" lacks, or has too much`, () => {
      assert.throws(
        () => readArguments(line.split(' ')),
        (error: unknown) => error instanceof UsageError && error.message.startsWith(said),
      );
    });
  }

  for (const line of [
    'restore one two',
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
