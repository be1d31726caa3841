import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { describe, it } from 'mocha';
import { openPort } from '../../../../../../src/certificates/public/acme/responders/open-port.ts';
import { ExplainedError } from '../../../../../../src/system/errors.ts';

describe('a port that an ACME server asks', () => {
  it('is named as taken, with an option only for a terminal', async () => {
    const other = createServer();
    await new Promise<void>((ready) => other.listen(0, '::', ready));
    // A server that listens on a port has an address of that kind.
    const { port } = other.address() as AddressInfo;
    try {
      for (const [publicPort, option] of [
        [80, '--http-port'],
        [443, '--tls-port'],
      ] as const) {
        const error: unknown = await openPort(createServer(), { port, publicPort, option }).catch(
          (thrown: unknown) => thrown,
        );
        assert.ok(error instanceof ExplainedError);
        const { code, next = '', inTerminal = '' } = error.problem;
        assert.equal(code, 'challenge-port-taken');
        assert.doesNotMatch(next, /--/);
        assert.match(next, /another port/);
        assert.match(inTerminal, new RegExp(option));
      }
    } finally {
      other.close();
    }
  });
});
