import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { describe, it } from 'mocha';
import { explainPort, requirePort } from '../../../src/chroma/port-problems.ts';
import { findAnyPort, probePort, readBindFailure } from '../../../src/system/network/port.ts';
import { skipBecause } from '../../harness/skip-reasons.ts';

describe('a port', () => {
  it('is free, or taken by a program that listens', async () => {
    const port = await findAnyPort();
    assert.equal(await probePort('127.0.0.1', port), 'free');
    await requirePort('127.0.0.1', port);
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(port, '127.0.0.1', resolve));
    try {
      assert.equal(await probePort('127.0.0.1', port), 'taken');
      await assert.rejects(requirePort('127.0.0.1', port), { code: 'port-taken' });
    } finally {
      holder.close();
    }
  });

  it('is forbidden, not taken, where only root may have it', async function () {
    const first = '/proc/sys/net/ipv4/ip_unprivileged_port_start';
    const start = Number(await readFile(first, 'utf8').catch(() => '0'));
    if (start < 1024) skipBecause(this, 'this system keeps no low port for root');
    await asNobody(async () => {
      assert.equal(await probePort('127.0.0.1', 1019), 'forbidden');
      await assert.rejects(requirePort('127.0.0.1', 1019), {
        code: 'privileged-port',
        message: /Only root may use port 1019\..*from 1024 on in chromaTls\.port/,
      });
    });
  });

  it('is not bound on an address that this machine lacks; the setting is named', async () => {
    // TEST-NET-1 of RFC 5737, which no machine has.
    assert.equal(await probePort('192.0.2.1', 8000), 'no-such-address');
    const { problem } = await explainPort('no-such-address', '192.0.2.1', 8000);
    assert.match(`${problem.what} ${problem.why ?? ''}`, /192\.0\.2\.1.*chromaTls\.bindAddress/);
    assert.equal(problem.action, 'openSettings');
  });

  it('is judged by the error of bind; Windows keeps no port for root', () => {
    assert.equal(readBindFailure('EACCES', 'linux'), 'forbidden');
    assert.equal(readBindFailure('EACCES', 'win32'), 'taken');
    assert.equal(readBindFailure('EAFNOSUPPORT'), 'no-such-address');
    assert.equal(readBindFailure('EMFILE'), undefined);
  });
});

/** As a user who may do nothing, where root runs the tests. */
async function asNobody(act: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    await act();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}
