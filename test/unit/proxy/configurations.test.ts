import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { envoyCommand, renderEnvoyConfig } from '../../../src/proxy/envoy.ts';
import { IDLE_SECONDS, type TlsProxy } from '../../../src/proxy/tls-proxy.ts';
import { CHOICE_VARIABLE } from '../../../src/proxy/names-choice.ts';
import { nginxCommand, renderNginxConfig } from '../../../src/proxy/nginx.ts';

// What they do is proved against the real programs; here is what no test can wait for.
const FRONT: TlsProxy = { tlsPort: 8443, chromaPort: 8000, certificates: '/certs' };

describe('the configurations of the TLS proxies', () => {
  it('let a request be silent for ten minutes', () => {
    assert.equal(IDLE_SECONDS, 600);
    assert.match(renderNginxConfig(FRONT), /proxy_read_timeout 600s;/);
    const bootstrap = renderEnvoyConfig(FRONT, '/tmp')['envoy.json'];
    assert.match(bootstrap, /"stream_idle_timeout": "600s"/);
    assert.match(bootstrap, /"timeout": "0s"/);
  });

  it('reach Chroma on the loopback address only, and open one port to others', () => {
    const nginx = renderNginxConfig(FRONT);
    assert.deepEqual(
      nginx.match(/^ *(?:listen|server) [^{\n]*;$/gm)?.map((line) => line.trim()),
      ['server 127.0.0.1:8000;', 'listen 8443 ssl default_server;', 'listen 8443 ssl;'],
    );
    const addresses = renderEnvoyConfig(FRONT, '/tmp')['envoy.json'].matchAll(
      /"address": "([\d.]+)",\s+"port_value": (\d+)/g,
    );
    assert.deepEqual(
      [...addresses].map(([, address, port]) => `${address ?? ''}:${port ?? ''}`),
      ['0.0.0.0:8443', '127.0.0.1:8000'],
    );
  });

  it('take the passphrase of the key from the environment, into memory', () => {
    const closed = { ...FRONT, keyEncrypted: true };
    const file = /ssl_password_file (\S+);/.exec(renderNginxConfig(closed))?.[1] ?? '';
    assert.match(file, /^\/dev\/shm\//);
    assert.ok(nginxCommand(closed).script.includes(`"$CHROMA_TLS_KEY_PASSPHRASE" > ${file})`));
    assert.match(
      renderEnvoyConfig(closed, '/tmp')['server.json'],
      /"password": \{\s+"environment_variable": "CHROMA_TLS_KEY_PASSPHRASE"/,
    );
    for (const { env, script } of [nginxCommand(FRONT), envoyCommand(FRONT)]) {
      assert.doesNotMatch(JSON.stringify([env, script]), /passphrase|password/i);
    }
  });

  it('give a shell nothing of a workspace to read', () => {
    const token = { ...FRONT, token: { placeholder: 'a.token' } };
    for (const command of [nginxCommand, envoyCommand]) {
      const [one, other] = [command(FRONT), command(token)];
      assert.equal(one.script, other.script, 'the script is the same whatever is configured');
      assert.equal(one.env[CHOICE_VARIABLE], other.env[CHOICE_VARIABLE], 'and so is the choice');
    }
  });
});
