import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { createResponder } from '../../../../../src/certificates/public/acme/create-responder.ts';
import type {
  DnsRecord,
  ResponderQuestions,
} from '../../../../../src/certificates/public/acme/responder.ts';
import { ExplainedError } from '../../../../../src/system/errors.ts';
import { requireProgram } from '../../../../parts.ts';
import { Pebble } from '../../../fixtures/acme/pebble.ts';
import { proveAll } from './order-with-responder.ts';

describe('proving names to an ACME server', () => {
  let pebble: Pebble;
  const steps: string[] = [];
  const questions: ResponderQuestions = {
    showRecords: () => Promise.reject(new Error('There is nothing to show here.')),
    report: (step) => steps.push(step),
  };

  before(async function () {
    pebble = await Pebble.start(this);
    process.env['CHROMA_TLS_DNS_SERVERS'] = pebble.dns.address;
  });
  afterEach(() => {
    steps.length = 0;
  });
  after(() => {
    pebble.close();
    delete process.env['CHROMA_TLS_DNS_SERVERS'];
  });

  describe('by http-01', () => {
    const listen = () => createResponder({ type: 'http-01', port: pebble.httpPort }, questions);

    it('proves names and addresses by a listener that is there just as long', async () => {
      const names = ['a.chroma.test', 'b.chroma.test', '127.0.0.1'];
      const url = `http://127.0.0.1:${pebble.httpPort}`;
      const others: number[] = [];
      const proved = await proveAll(pebble, names, listen(), async () => {
        for (const path of ['/', '/.well-known/acme-challenge/', '/.well-known/acme-challenge/x']) {
          others.push((await fetch(url + path)).status);
        }
      });
      assert.deepEqual(proved, ['valid', 'valid', 'valid']);
      assert.deepEqual(others, [404, 404, 404]);
      await assert.rejects(fetch(url));
    });

    it('proves an IPv6 address', async () => {
      assert.deepEqual(await proveAll(pebble, ['::1'], listen()), ['valid']);
    });

    it('says who holds the port', async function () {
      await requireProgram(this, 'ss');
      const holder = createTcpServer();
      await new Promise<void>((resolve) => holder.listen(pebble.httpPort, resolve));
      try {
        await assert.rejects(proveAll(pebble, ['a.chroma.test'], listen()), (error: unknown) => {
          assert.ok(error instanceof ExplainedError);
          assert.match(error.message, new RegExp(`process ${process.pid}\\)`));
          assert.match(error.problem.inTerminal ?? '', /--http-port/);
          return true;
        });
      } finally {
        await new Promise((resolve) => holder.close(resolve));
      }
    });
  });

  describe('by http-01 through a web server of the user', () => {
    let webroot: string;
    let server: Server;

    before(async () => {
      webroot = await mkdtemp(join(tmpdir(), 'chroma-tls-webroot-'));
      server = createServer((request, response) => {
        readFile(join(webroot, request.url ?? '')).then(
          (text) => response.end(text),
          () => response.writeHead(404).end(),
        );
      });
      await new Promise<void>((resolve) => server.listen(pebble.httpPort, '127.0.0.1', resolve));
    });
    after(() => server.close());

    const place = () => createResponder({ type: 'http-01-webroot', webroot }, questions);

    it('proves names by files that all may read, and leaves nothing', async () => {
      const folder = join(webroot, '.well-known/acme-challenge');
      const modes = new Set<string>();
      const names = ['a.chroma.test', 'b.chroma.test'];
      const proved = await proveAll(pebble, names, place(), async () => {
        for (const file of await readdir(folder)) {
          modes.add(((await stat(join(folder, file))).mode & 0o777).toString(8));
        }
      });
      assert.deepEqual(proved, ['valid', 'valid']);
      assert.deepEqual([...modes], ['644']);
      assert.deepEqual(await readdir(webroot), []);
    });

    it('keeps what was there before', async () => {
      await mkdir(join(webroot, '.well-known'));
      await writeFile(join(webroot, '.well-known/security.txt'), 'Contact');
      assert.deepEqual(await proveAll(pebble, ['c.chroma.test'], place()), ['valid']);
      assert.deepEqual(await readdir(join(webroot, '.well-known')), ['security.txt']);
    });

    it('writes nothing through a link that leads out', async () => {
      const outside = await mkdtemp(join(tmpdir(), 'chroma-tls-outside-'));
      await symlink(outside, join(webroot, '.well-known/acme-challenge'));
      await assert.rejects(proveAll(pebble, ['d.chroma.test'], place()), /leads out/);
      assert.deepEqual(await readdir(outside), []);
    });
  });

  it('proves names and addresses by tls-alpn-01 with a listener of its own', async () => {
    const responder = createResponder({ type: 'tls-alpn-01', port: pebble.tlsPort }, questions);
    const names = ['a.chroma.test', 'B.chroma.test', '127.0.0.1', '::1'];
    assert.deepEqual(
      await proveAll(pebble, names, responder),
      names.map(() => 'valid'),
    );
  });

  describe('by dns-01', () => {
    // A domain and its wildcard are proved by two values at one name.
    const names = ['chroma.test', '*.chroma.test', 'other.test'];

    it('shows the records, and waits until they are there', async () => {
      const shown: DnsRecord[] = [];
      const responder = createResponder(
        { type: 'dns-01' },
        {
          showRecords: (records) => {
            shown.push(...records);
            return Promise.resolve();
          },
          report: (step) => {
            steps.push(step);
            // As a user does: some time after they were shown.
            for (const { name, value } of shown.splice(0)) void pebble.dns.setTxt(name, value);
          },
        },
      );
      assert.deepEqual(
        await proveAll(pebble, names, responder),
        names.map(() => 'valid'),
      );
      assert.match(steps.join('\n'), /waiting for _acme-challenge\.(chroma|other)\.test/);
      assert.match(steps.at(-1) ?? '', /^now you may remove .*_acme-challenge\.chroma\.test/);
      await pebble.dns.clearTxt('_acme-challenge.chroma.test');
      await pebble.dns.clearTxt('_acme-challenge.other.test');
    });

    it('finds a record where an alias leads', async () => {
      await pebble.dns.setCname('_acme-challenge.aliased.test', 'proofs.elsewhere.test');
      const responder = createResponder(
        { type: 'dns-01' },
        {
          showRecords: async ([record]) => {
            await pebble.dns.setTxt('proofs.elsewhere.test', record?.value ?? '');
          },
          report: (step) => steps.push(step),
        },
      );
      assert.deepEqual(await proveAll(pebble, ['aliased.test'], responder), ['valid']);
    });

    it('has a program set the records and remove them, as certbot has its hooks', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'chroma-tls-hook-'));
      const log = join(folder, 'log');
      const hook = await writeHook(folder, log, pebble.dns.managementUrl);
      const responder = createResponder({ type: 'dns-01', hook }, questions);
      assert.deepEqual(
        await proveAll(pebble, names, responder),
        names.map(() => 'valid'),
      );
      const lines = (await readFile(log, 'utf8')).trim().split('\n');
      const order = lines[0]?.split(' ')[3] ?? '';
      assert.deepEqual(order.split(',').sort(), ['chroma.test', 'chroma.test', 'other.test']);
      assert.deepEqual(
        lines.map((line) => line.split(' ')[0]),
        ['auth', 'auth', 'auth', 'cleanup', 'cleanup', 'cleanup'],
      );
      assert.deepEqual(
        lines.slice(0, 3).map((line) => line.split(' ')[2]),
        ['2', '1', '0'],
      );
      for (const line of lines.slice(3)) {
        const [, domain, , , output] = line.split(' ');
        assert.equal(output, `set:${domain ?? ''}`, 'what it printed comes back to it');
      }
    });

    it('says what a program that fails said last', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'chroma-tls-hook-'));
      const hook = join(folder, 'hook');
      await writeFile(hook, '#!/bin/sh\necho "no token for $CERTBOT_DOMAIN" >&2\nexit 3\n', {
        mode: 0o755,
      });
      const responder = createResponder({ type: 'dns-01', hook }, questions);
      await assert.rejects(
        proveAll(pebble, ['chroma.test'], responder),
        /ended with code 3: no token for chroma\.test/,
      );
    });
  });
});

/** A program such as a user writes for their provider; here the provider is Pebble's DNS server. */
async function writeHook(folder: string, log: string, management: string): Promise<string> {
  const hook = join(folder, "it's a hook");
  const script = `#!/bin/sh
echo "$1 $CERTBOT_DOMAIN $CERTBOT_REMAINING_CHALLENGES $CERTBOT_ALL_DOMAINS $CERTBOT_AUTH_OUTPUT" >> '${log}'
name="_acme-challenge.$CERTBOT_DOMAIN."
case "$1" in
auth)
  curl -sS --fail -d "{\\"host\\":\\"$name\\",\\"value\\":\\"$CERTBOT_VALIDATION\\"}" '${management}/set-txt' &&
  echo "set:$CERTBOT_DOMAIN" ;;
cleanup) curl -sS --fail -d "{\\"host\\":\\"$name\\"}" '${management}/clear-txt' ;;
esac
`;
  await writeFile(hook, script, { mode: 0o755 });
  return hook;
}
