import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { FoundAddress, NameLookup } from '../../../../src/chroma/health/name-lookup.ts';
import { findLookupProblems } from '../../../../src/chroma/health/name-problems.ts';

describe('a name that clients look up', () => {
  const at = (
    address: string,
    answer: FoundAddress['answer'],
    from: FoundAddress['from'] = 'resolver',
  ): FoundAddress => ({ address, answer, from });

  function problemsOf(
    host: string,
    found: readonly FoundAddress[],
    how: Partial<NameLookup> = {},
    platform: NodeJS.Platform = 'linux',
  ): readonly string[] {
    const lookup = { host, port: 8000, published: '127.0.0.1', found, ...how };
    return findLookupProblems(lookup, platform).map(({ code, what }) => `${code}: ${what}`);
  }

  it('is well where one of its addresses is the server’s and the others are nobody’s', () => {
    assert.deepEqual(problemsOf('localhost', [at('::1', 'nobody'), at('127.0.0.1', 'server')]), []);
    assert.deepEqual(problemsOf('127.0.0.1', [at('127.0.0.1', 'server')]), []);
  });

  it('gets the line of the hosts file where this machine does not know it', () => {
    const [message] = problemsOf('chroma.nowhere.test', [], { failure: 'ENOTFOUND' });
    assert.equal(
      message,
      'name-not-resolved: This machine does not know the name chroma.nowhere.test, so no client finds the server. Add this line to /etc/hosts: 127.0.0.1 chroma.nowhere.test',
    );
    const [onWindows] = problemsOf('a.test', [], { published: '::1' }, 'win32');
    assert.match(onWindows ?? '', /drivers\\etc\\hosts: ::1 a\.test$/);
    const [other] = problemsOf('a.test', [], { failure: 'EAI_FAIL' });
    assert.match(other ?? '', /cannot look up a\.test \(EAI_FAIL\).*hosts: 127\.0\.0\.1 a\.test/);
  });

  it('is not said to be unknown where the resolver, or the address it led to, was only slow', () => {
    for (const failure of ['TIMEOUT', 'EAI_AGAIN']) {
      assert.deepEqual(problemsOf('a.test', [], { failure }), []);
    }
    assert.deepEqual(problemsOf('a.test', [at('10.0.0.8', 'nobody'), at('::1', 'unknown')]), []);
    assert.deepEqual(problemsOf('a.test', [at('127.0.0.1', 'server'), at('::1', 'unknown')]), []);
  });

  it('is told where it leads when that is elsewhere, and who is there', () => {
    const stranger = { ...at('10.0.0.9', 'stranger'), holder: 'nc (process 3)' };
    const [message] = problemsOf('a.test', [at('10.0.0.8', 'nobody'), stranger]);
    assert.match(
      message ?? '',
      /^name-not-resolved: a\.test leads to 10\.0\.0\.8, 10\.0\.0\.9, where nc \(process 3\) listens, .*published on 127\.0\.0\.1\. Add this line/,
    );
  });

  it('of an address asks for an address that is published, not for the hosts file', () => {
    const [message] = problemsOf('10.0.0.9', [at('10.0.0.9', 'nobody')]);
    assert.match(message ?? '', /Clients go to 10\.0\.0\.9.*bindAddress to 10\.0\.0\.9/);
    assert.doesNotMatch(message ?? '', /hosts/);
  });

  it('below localhost is known to browsers, which is said, and to no more', () => {
    const browsers = [at('::1', 'nobody', 'browsers'), at('127.0.0.1', 'server', 'browsers')];
    const [message] = problemsOf('chroma.localhost', browsers, { failure: 'ENOTFOUND' });
    assert.match(message ?? '', /^name-not-resolved: Browsers take chroma\.localhost/);
    assert.match(message ?? '', /hosts: 127\.0\.0\.1 chroma\.localhost$/);
    const resolved = [at('127.0.0.1', 'server'), at('::1', 'nobody', 'browsers')];
    assert.deepEqual(problemsOf('chroma.localhost', resolved), []);
  });

  it('names the stranger that some clients reach instead', () => {
    const stranger = { ...at('::1', 'stranger', 'browsers'), holder: 'python3 (process 7)' };
    const [message] = problemsOf('localhost', [at('127.0.0.1', 'server'), stranger]);
    assert.equal(
      message,
      'foreign-listener: localhost also leads to ::1, where python3 (process 7) listens: clients may reach that instead of this server. End it, or choose another port than 8000.',
    );
    const [unknown] = problemsOf('localhost', [at('127.0.0.1', 'server'), at('::1', 'stranger')]);
    assert.match(unknown ?? '', /::1, where another program listens/);
  });
});
