import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { awaitRecords } from '../../../../../src/certificates/public/acme/dns/await-records.ts';
import type { NameServers } from '../../../../../src/certificates/public/acme/dns/name-servers.ts';
import { until } from '../../../../harness/until.ts';
import { ZoneServers } from '../../../fixtures/acme/name-servers.ts';

describe('waiting for a record at every name server of its zone', () => {
  let servers: ZoneServers;
  let dns: NameServers;

  before(async function () {
    servers = await ZoneServers.start(this, 'example.test', 3);
    dns = { own: servers.at('127.0.0.2'), instead: undefined, at: (name) => servers.at(name) };
  });
  after(() => {
    servers.close();
  });

  const records = [
    { name: '_acme-challenge.deep.example.test', value: 'one' },
    { name: '_acme-challenge.deep.example.test', value: 'two' },
  ];
  const both = ['_acme-challenge.deep TXT "one"', '_acme-challenge.deep TXT "two"'];

  function wait(steps: string[], patience = 60_000): Promise<void> {
    const report = (step: string): void => void steps.push(step);
    return awaitRecords(records, { dns, patience, report, signal: new AbortController().signal });
  }

  it('ends when the last one has it, and not before', async () => {
    const steps: string[] = [];
    const waiting = wait(steps);
    const seen = async (index: number, said: RegExp, next: readonly string[]): Promise<void> => {
      await reported(steps, said);
      await servers.set(index, next);
    };
    await seen(0, /ns0\.example\.test \(127\.0\.0\.2\) has no such record yet/, both);
    await seen(1, /ns1.*has no such record yet/, both.slice(0, 1));
    await seen(1, /ns1.*does not have two yet/, both);
    await seen(2, /ns2.*has no such record yet/, both);
    await waiting;
  });

  it('follows an alias into the zone where it leads', async () => {
    const alias = ['_acme-challenge.deep CNAME proofs'];
    for (const index of [0, 1, 2]) {
      await servers.set(index, [...alias, 'proofs TXT "one"', 'proofs TXT "t" "wo"']);
    }
    await wait([]);
  });

  it('says what is there instead where it never appears', async () => {
    for (const index of [0, 1, 2]) await servers.set(index, ['_acme-challenge.deep TXT "old"']);
    await assert.rejects(wait([], 0), {
      name: 'ExplainedError',
      message: /has not appeared.*It has old/,
    });
  });

  it('counts no server that does not answer', async () => {
    servers.stop(2);
    for (const index of [0, 1]) await servers.set(index, both);
    await wait([]);
  });

  it('goes on after a program where no server ever answers, and says so', async () => {
    const steps: string[] = [];
    const nobody: NameServers = {
      own: servers.at('127.0.0.99'),
      instead: ['127.0.0.99'],
      at: (name) => servers.at(name),
    };
    await awaitRecords(records, {
      dns: nobody,
      patience: 60_000,
      deafAfter: 0,
      report: (step) => steps.push(step),
      signal: new AbortController().signal,
    });
    assert.match(steps.join(), /no name server answers here/);
    const waiting = { dns: nobody, patience: 0, report: () => undefined };
    await assert.rejects(
      awaitRecords(records, { ...waiting, signal: new AbortController().signal }),
      /CHROMA_TLS_DNS_SERVERS/,
    );
  });

  it('is broken off at once', async () => {
    await servers.set(0, []);
    const aborted = new AbortController();
    const report = (): void => {
      aborted.abort();
    };
    const missing = [{ name: '_acme-challenge.nowhere.example.test', value: 'x' }];
    await assert.rejects(
      awaitRecords(missing, { dns, patience: 60_000, report, signal: aborted.signal }),
      { name: 'AbortError' },
    );
  });
});

async function reported(steps: readonly string[], said: RegExp): Promise<void> {
  await until(`the step ${String(said)}`, () => steps.some((step) => said.test(step)));
}
