import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  runnerArgs,
  removeArgs,
  opensslArgs,
  putArgs,
  takeArgs,
} from '../../../../src/certificates/issuers/container-commands.ts';

describe("the OpenSSL container's command lines", () => {
  it('start one that reaches nothing, keeps nothing and ends by itself', () => {
    assert.equal(
      runnerArgs('0123').join(' '),
      'run --detach --rm --label chroma-tls.issuing=0123 --network none --read-only ' +
        '--tmpfs /work --workdir /work --cap-drop ALL --security-opt no-new-privileges ' +
        '--stop-signal SIGKILL --entrypoint sleep docker.io/openquantumsafe/openssl3 600',
    );
    assert.deepEqual(removeArgs('abc'), ['rm', '--force', 'abc']);
  });

  it('hand files over by its standard streams, never by a mount or an argument', () => {
    const script = 'umask 077 && cat > "$1"';
    const name = 'serverkey.pem';
    assert.deepEqual(putArgs('abc', name), [
      'exec',
      '--interactive',
      'abc',
      'sh',
      '-c',
      script,
      'sh',
      name,
    ]);
    assert.deepEqual(takeArgs('abc', name), ['exec', 'abc', 'cat', name]);
  });

  it("run OpenSSL without the image's own configuration", () => {
    assert.equal(
      opensslArgs('abc', 'openssl.cnf', ['version']).join(' '),
      'exec --env OPENSSL_CONF=/work/openssl.cnf abc openssl version',
    );
  });
});
