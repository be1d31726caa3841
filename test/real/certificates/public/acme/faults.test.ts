import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { requirePart } from '../../../../parts.ts';
import { issue } from '../../../../unit/certificates/pki-fixture.ts';
import { AcmeRelay } from '../../../fixtures/acme/acme-relay.ts';
import {
  readOwnFiles,
  requestArguments,
  type RequestOptions,
} from '../../../fixtures/acme/acme-request.ts';
import { freePort, program, Workspace, type CliOutcome } from '../../../fixtures/cli.ts';
import { Pebble } from '../../../fixtures/acme/pebble.ts';

const PROBLEM = 'urn:ietf:params:acme:error:';

describe('an ACME request that comes to nothing', () => {
  let pebble: Pebble;
  let relay: AcmeRelay;
  /** Its server runs with a certificate of the folder's own authority, all the while. */
  let workspace: Workspace;
  let untouched: ReadonlyMap<string, string>;
  const listening: Server[] = [];

  before(async function () {
    const chroma = requirePart(this, 'chroma 1.5.9');
    pebble = await Pebble.start(this, { nonceReject: 0, blocked: ['blocked.test'] });
    relay = await AcmeRelay.start(pebble);
    workspace = await Workspace.create({
      ...pebble.env,
      PATH: [dirname(chroma.command), process.env['PATH']].join(delimiter),
    });
    const started = await workspace.start('--runtime', 'local');
    assert.equal(started.code, 0, started.stderr);
    untouched = await readOwnFiles(workspace);
  });
  after(async () => {
    await workspace.run(['stop']);
    relay.close();
    pebble.close();
  });
  afterEach(async () => {
    relay.clear();
    for (const server of listening.splice(0)) server.close();
    assert.deepEqual(await readOwnFiles(workspace), untouched, 'what was there stays');
    const beat = await workspace.curl('/api/v2/heartbeat');
    assert.equal(beat.code, 0, `what was served is served on: ${beat.stderr}`);
  });

  /** Asks for a certificate, which has to fail as is said. @param cure what stands in its message */
  async function refused(
    options: RequestOptions,
    cure: RegExp,
    env: NodeJS.ProcessEnv = {},
  ): Promise<CliOutcome> {
    const outcome = await workspace.run(requestArguments(pebble, options), env);
    assert.equal(outcome.code, 1, outcome.stdout + outcome.stderr);
    assert.match(outcome.stderr, cure);
    assert.doesNotMatch(outcome.stderr, /failed unexpectedly|^\s+at /m);
    return outcome;
  }

  /** Something that answers HTTP with "not found", as what has the port already does. */
  async function occupy(port: number, address = '127.0.0.1'): Promise<void> {
    const server = createServer((_, response) => response.writeHead(404).end('somebody else'));
    listening.push(server);
    await new Promise<void>((done) => server.listen(port, address, done));
  }

  it('says that there is no directory at a URL', async () => {
    const nowhere = pebble.directory.replace(/dir$/, 'nothing');
    await refused(
      { directory: nowhere },
      /not the directory of an ACME server.*404.*Look the URL/s,
    );
    await refused({ directory: 'http://localhost/dir' }, /starts with https:/);
    const silent = `https://localhost:${await freePort()}/dir`;
    await refused({ directory: silent }, /Nothing listens at that address\. Check host and port/);
    await refused({ directory: 'https://acme.invalid/dir' }, /has no address here\. Check the URL/);
  });

  it('trusts no directory whose authority is unknown, and says how to name it', async () => {
    const cure = /does not know the authority of its certificate.*--directory-root/s;
    await refused({ 'directory-root': undefined }, cure);
    const other = join(dirname(pebble.rootsFile), 'other.pem');
    await writeFile(other, (await issue({ name: 'Other', ca: true })).pem);
    await refused({ 'directory-root': other }, cure);
    // What a user's shell may have set to get on with something else.
    await refused({ 'directory-root': other }, cure, { NODE_TLS_REJECT_UNAUTHORIZED: '0' });
  });

  it('names the clock that is wrong, and spends nothing', async function () {
    requirePart(this, 'faketime');
    const orders = await pebble.requestsFor('newOrder');
    await refused(
      {},
      /clock of this machine is 20 hours behind.*Set the clock/s,
      await clock('-20h'),
    );
    await refused(
      {},
      /clock of this machine is 24 hours ahead.*Set the clock/s,
      await clock('+1d'),
    );
    // So far off that not even the authority's own certificate is valid.
    for (const shift of ['-2d', '+200d']) {
      await refused({}, /by the clock of this machine\. Check the clock/, await clock(shift));
    }
    assert.equal(await pebble.requestsFor('newOrder'), orders);
  });

  it('orders nothing before the terms are agreed to', async () => {
    const orders = await pebble.requestsFor('newOrder');
    await refused({ 'agree-tos': undefined }, /data:text\/plain,Do%20what.*--agree-tos/s);
    assert.equal(await pebble.requestsFor('newAccount'), 0);
    assert.equal(await pebble.requestsFor('newOrder'), orders);
  });

  it('says that an e-mail address is refused', async () => {
    const wrong = await workspace.run(requestArguments(pebble, { email: 'some..one@chroma.test' }));
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /--email cannot be some\.\.one@chroma\.test\. Before the @/);
    // Pebble takes every address that comes as far as that; Let's Encrypt looks at its domain.
    const body = { type: `${PROBLEM}invalidContact`, detail: 'contact has forbidden domain' };
    relay.intercept('newAccount', { before: () => ({ status: 400, body }) });
    await refused(
      { directory: relay.directory },
      /refuses the e-mail address.*forbidden domain.*Name another/s,
    );
  });

  it('says that a name is not issued for', async () => {
    await refused({ domain: 'blocked.test' }, /issues nothing for blocked\.test.*Ask for other/s);
    await refused({ domain: '*.chroma.test' }, /cannot be proved by http-01.*Use dns-01/s);
  });

  it('says that a profile is not there, and which are', async () => {
    await refused(
      { profile: 'classic' },
      /no profile classic.*default, shortlived, tlsserver\. Name/s,
    );
  });

  it('says that the port for the proof is taken', async () => {
    await occupy(pebble.httpPort);
    const orders = await pebble.requestsFor('newOrder');
    await refused(
      {},
      new RegExp(`Port ${pebble.httpPort} is taken.*Stop that program.*--http-port`),
    );
    assert.equal(await pebble.requestsFor('newOrder'), orders, 'nothing is spent on it');
  });

  it('says that the authority could not reach the name', async () => {
    const other = String(await freePort());
    await refused({ 'http-port': other }, /could not connect to chroma\.test.*dns-01/s);
  });

  it('says that another machine answers for a name', async () => {
    await pebble.dns.addA('elsewhere.test', '127.0.0.9');
    await occupy(pebble.httpPort, '127.0.0.9');
    await refused(
      { domain: 'elsewhere.test', 'http-port': String(await freePort()) },
      /elsewhere\.test is yours.*its DNS.*leads to this machine/is,
    );
  });

  it('says that what it put into a webroot is not served, and then orders again', async () => {
    const webroot = join(dirname(pebble.rootsFile), 'webroot');
    await mkdir(webroot, { recursive: true });
    await occupy(pebble.httpPort);
    const orders = await pebble.requestsFor('newOrder');
    for (let turn = 1; turn <= 2; turn += 1) {
      await refused({ webroot, 'http-port': undefined }, /chroma\.test is yours.*404/s);
      assert.equal(await pebble.requestsFor('newOrder'), orders + turn);
    }
  });

  it('says which limit was met, and until when', async () => {
    const headers = { 'retry-after': '3600' };
    const body = { type: `${PROBLEM}rateLimited`, detail: 'too many certificates already issued' };
    relay.intercept('newOrder', { before: () => ({ status: 429, headers, body }) });
    await refused(
      { directory: relay.directory },
      /too many requests.*already issued.*staging.*from .* on\./s,
    );
  });

  it('gives up on an authority that takes no nonce', async () => {
    const body = { type: `${PROBLEM}badNonce`, detail: 'JWS has an invalid anti-replay nonce' };
    const headers = { 'replay-nonce': 'bm90LW9uZQ' };
    relay.intercept('newOrder', { before: () => ({ status: 400, headers, body }) });
    await refused({ directory: relay.directory }, /several times.*Try again/s);
  });

  it('says that the record has not appeared', async function () {
    requirePart(this, 'faketime');
    const hook = join(dirname(pebble.rootsFile), 'forgetful.sh');
    await writeFile(hook, '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    // A quarter of an hour goes by in five seconds.
    await refused(
      { challenge: 'dns-01', 'dns-hook': hook, 'http-port': undefined },
      /_acme-challenge\.chroma\.test with .* has not appeared.*DNS provider/s,
      await clock('+0 x200'),
    );
  });

  it('says why a hook failed', async () => {
    const hook = join(dirname(pebble.rootsFile), 'failing.sh');
    await writeFile(hook, '#!/bin/sh\necho no such zone >&2\nexit 3\n', { mode: 0o755 });
    const options = { challenge: 'dns-01', 'http-port': undefined };
    await refused({ ...options, 'dns-hook': hook }, /code 3: no such zone.*Run it by hand/s);
    await refused({ ...options, 'dns-hook': `${hook}.gone` }, /is not there, or is not executable/);
  });
});

/** What makes a program, and all that it starts, live by another clock. */
async function clock(shift: string): Promise<NodeJS.ProcessEnv> {
  const { stdout } = await program('faketime', ['-f', shift, 'env']);
  const variables = stdout.split('\n').filter((line) => /^(LD_PRELOAD|FAKETIME)=/.test(line));
  return {
    ...Object.fromEntries(
      variables.map((line) => [
        line.slice(0, line.indexOf('=')),
        line.slice(line.indexOf('=') + 1),
      ]),
    ),
    // Its timers go by the true one.
    DONT_FAKE_MONOTONIC: '1',
  };
}
