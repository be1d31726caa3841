import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { explainNoContainer } from '../../../../src/certificates/issuers/container-openssl.ts';
import {
  explainOldOpenssl,
  explainOpensslFailure,
  explainOpensslMissing,
} from '../../../../src/certificates/issuers/openssl-problems.ts';
import { ExplainedError } from '../../../../src/system/errors.ts';
import { ProgramNotFoundError } from '../../../../src/system/processes/program.ts';

describe("the engines' problems", () => {
  for (const [version, isOld] of [
    ['OpenSSL 0.9.8zh 14 Jan 2016', true],
    ['OpenSSL 1.0.2u  20 Dec 2019', true],
    ['OpenSSL 1.1.0l  10 Sep 2019', true],
    ['OpenSSL 1.1.1w  11 Sep 2023', false],
    ['OpenSSL 3.0.19 27 Jan 2026 (Library: OpenSSL 3.0.19 27 Jan 2026)', false],
    ['OpenSSL 10.0.0 1 Jan 2040', false],
    ['LibreSSL 2.8.3', true],
    ['LibreSSL 3.3.6', false],
    ['LibreSSL 4.3.2', false],
    ['AnotherSSL 0.1', false],
  ] as const) {
    it(`${version.slice(0, 16)} is ${isOld ? '' : 'not '}too old`, () => {
      const problem = explainOldOpenssl(version);
      assert.equal(problem?.code, isOld ? 'openssl-too-old' : undefined);
      if (isOld) assert.match(problem?.why ?? '', /OpenSSL 1\.1\.1 or LibreSSL 3\.3\.6/);
    });
  }

  it('give the last words, and not the codes and dots around them', () => {
    const stderr = `....+++++
Using configuration from book.cnf
ERROR: adding extensions in section usr_cert
40C7139F717F0000:error:1100007B:X509 V3 routines:v2i_IPAddrBlocks:invalid:../v3_addr.c:9:`;
    const problem = explainOpensslFailure(stderr);
    assert.equal(problem.why, 'ERROR: adding extensions in section usr_cert.');
    assert.equal(problem.details, stderr);
    assert.match(explainOpensslFailure('').why ?? '', /no reason/);
    assert.match(explainOpensslFailure('40C7:error:11:x').why ?? '', /error:11/);
  });

  it('always offer the engine that needs no program', () => {
    const actions = [
      explainOpensslMissing(),
      explainOpensslFailure('x'),
      explainOldOpenssl('OpenSSL 1.0.2u'),
      asProblem(explainNoContainer('podman', new ProgramNotFoundError('podman'))),
      asProblem(explainNoContainer('docker', new ExplainedError({ code: 'x', what: 'Not so.' }))),
    ].map((problem) => problem?.action);
    assert.deepEqual(new Set(actions), new Set(['useBuiltinEngine']));
  });

  it('keep the cure a container engine has, and what is no problem of it', () => {
    const problem = { code: 'docker-not-running', what: 'It does not answer.', next: 'Start it.' };
    const { next = '' } =
      asProblem(explainNoContainer('docker', new ExplainedError(problem))) ?? {};
    assert.match(next, /^Start it\. Or let Chroma TLS make the certificate itself/);
    const aborted = new DOMException('x', 'AbortError');
    assert.equal(explainNoContainer('docker', aborted), aborted);
  });
});

function asProblem(error: unknown): ExplainedError['problem'] | undefined {
  return error instanceof ExplainedError ? error.problem : undefined;
}
