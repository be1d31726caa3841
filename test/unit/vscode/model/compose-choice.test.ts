import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { describeImage } from '../../../../src/chroma/version.ts';
import { listComposeChoices } from '../../../../src/vscode/model/compose-choice.ts';

describe('the ways to write a Compose file', () => {
  for (const [tag, tls, bearerToken, setting, expected] of [
    ['1.5.9', 'nginx', false, 'auto', ['nginx', 'nginx+', 'envoy', 'envoy+']],
    ['1.5.9', 'envoy', true, 'auto', ['envoy+', 'nginx', 'nginx+', 'envoy']],
    ['1.5.9', 'envoy', false, 'envoy', ['envoy', 'envoy+']],
    [
      '0.6.3',
      'uvicorn',
      false,
      'auto',
      ['uvicorn', 'uvicorn+', 'nginx', 'nginx+', 'envoy', 'envoy+'],
    ],
    ['0.4.24', 'uvicorn', false, 'auto', ['uvicorn', 'nginx', 'nginx+', 'envoy', 'envoy+']],
  ] as const) {
    it(`for ${tag} with ${tls}${bearerToken ? ' and a token' : ''} planned, ${setting} set`, () => {
      const capabilities = describeImage(`chromadb/chroma:${tag}`);
      const choices = listComposeChoices({ tls, bearerToken, capabilities }, setting);
      assert.deepEqual(
        choices.map((choice) => `${choice.tls}${choice.bearerToken ? '+' : ''}`),
        expected,
      );
      assert.equal(new Set(choices.map(({ label }) => label)).size, choices.length);
    });
  }
});
