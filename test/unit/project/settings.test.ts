import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SETTING_KEYS } from '../../../src/project/setting-keys.ts';
import { DEFAULT_SETTINGS, readSettings } from '../../../src/project/settings.ts';

describe('settings', () => {
  it('are the defaults where nothing is set', () => {
    assert.deepEqual(readSettings({}), DEFAULT_SETTINGS);
  });

  for (const [key, value] of [
    ['image', '--privileged'],
    ['image', '-v/:/host'],
    ['image', 'a b'],
    ['containerCommand', '--help'],
    ['port', 0],
    ['port', '8000; rm'],
    ['bindAddress', 'localhost; true'],
    ['runtime', 'shell'],
    ['validityDays', 1.5],
    ['certificatesFolder', ''],
  ] as const) {
    it(`refuse ${key} = ${JSON.stringify(value)}, by name`, () => {
      assert.throws(
        () => readSettings({ [key]: value }),
        (error: Error) => error.message.includes(`chromaTls.${SETTING_KEYS[key]} cannot be`),
      );
    });
  }
});

describe('the setting corsOrigins', () => {
  it('takes an origin as a browser names it, and nothing that means more to a proxy', () => {
    for (const origin of ['http://localhost:5173', 'https://app.test', 'http://[::1]:3000']) {
      assert.deepEqual(readSettings({ corsOrigins: [origin] }).corsOrigins, [origin]);
    }
    for (const origin of [
      '*',
      'null',
      'app.test',
      'https://app.test/',
      'https://App.test',
      'https://app.test:443',
      'https://app.test" "x',
      'https://a$b.test',
      'https://app.test\n',
    ]) {
      assert.throws(
        () => readSettings({ corsOrigins: [origin] }),
        { code: 'invalid-setting' },
        origin,
      );
    }
  });
});
