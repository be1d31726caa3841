import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import {
  chmod,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { connect } from 'node:tls';
import { after, before, describe, it } from 'mocha';
import { skipBecause } from '../../../harness/skip-reasons.ts';
import { until } from '../../../harness/until.ts';
import { requirePart } from '../../../parts.ts';
import { program, Workspace, type CliOutcome } from '../../fixtures/cli.ts';
import { useLocalWorkspaces } from '../../fixtures/local-workspaces.ts';
import { Pebble } from '../../fixtures/acme/pebble.ts';

/** Seconds; certbot of 2022 renews what ends in less than thirty days. */
const TWO_MONTHS = 60 * 86_400;

describe('certbot', () => {
  let pebble: Pebble;
  const local = useLocalWorkspaces();

  before(async function () {
    // certbot asks again once only where a nonce is rejected.
    pebble = await Pebble.start(this, { profiles: { default: TWO_MONTHS }, nonceReject: 0 });
  });
  after(() => {
    pebble.close();
  });

  for (const name of ['certbot', 'certbot new'] as const) {
    describe(name, () => {
      let path = '';
      let version = '';

      before(function () {
        const part = requirePart(this, name);
        ({ version } = part);
        path = dirname(part.command);
      });

      /** A workspace that finds this certbot first. */
      async function open(): Promise<Workspace> {
        const workspace = await local.open();
        workspace.env['PATH'] = [path, workspace.env['PATH']].join(delimiter);
        return workspace;
      }

      /** certbot as a user calls it, without us. */
      function certbot(workspace: Workspace, ...args: readonly string[]): Promise<CliOutcome> {
        const config = configOf(workspace);
        const folders = ['--config-dir', config, '--work-dir', join(config, 'work')];
        const logs = ['--logs-dir', join(config, 'logs')];
        return program(join(path, 'certbot'), [...args, '-n', ...folders, ...logs], {
          env: { ...workspace.env, REQUESTS_CA_BUNDLE: pebble.rootsFile },
        });
      }

      async function makeLineage(workspace: Workspace, domain = 'localhost'): Promise<void> {
        const port = ['--standalone', '--http-01-port', String(pebble.httpPort)];
        const account = ['--agree-tos', '--register-unsafely-without-email'];
        wellDone(
          await certbot(
            workspace,
            ...['certonly', '--server', pebble.directory, ...account, ...port, '-d', domain],
          ),
        );
      }

      it('requests by its own listener, shows the command before, and runs nothing without a yes', async () => {
        const workspace = await open();
        const args = [
          ...requestOf(workspace),
          ...['--http-port', String(pebble.httpPort), '--agree-tos', '--email', 'me@chroma.test'],
        ];
        const refused = await workspace.run(args);
        assert.equal(refused.code, 1);
        assert.match(refused.stderr, /certbot certonly --non-interactive --server https/);
        assert.match(refused.stderr, /certbot was not run\. Agree with --yes\./);
        assert.deepEqual(await listed(configOf(workspace)), []);
        const { stdout } = wellDone(await workspace.run([...args, '--yes']));
        assert.match(stdout, /Took certbot’s certificate localhost into .*servercert\.pem\n/);
        assert.match(stdout, /good for localhost\n/);
        await assertInstalled(workspace);
        assert.ok(refused.stderr.includes(version), refused.stderr);
      });

      it('requests by a hook that sets the DNS record, for a wildcard and its domain', async () => {
        const workspace = await open();
        const hook = await writeHook(workspace, pebble);
        wellDone(
          await workspace.run([
            ...requestOf(workspace),
            ...['--dns-hook', hook, '--agree-tos', '--yes'],
            ...['--domain', '*.chroma.test', '--name', 'chroma.test'],
          ]),
        );
        const leaf = await readLeaf(workspace);
        assert.equal(leaf.subjectAltName, 'DNS:*.chroma.test, DNS:chroma.test');
        assert.deepEqual(await listed(join(configOf(workspace), 'live')), [
          'README',
          'chroma.test',
        ]);
        // It has taken the record away again.
        const said = await readFile(`${hook}.log`, 'utf8');
        assert.deepEqual(said.trim().split('\n').toSorted(), [
          'auth',
          'auth',
          'cleanup',
          'cleanup',
        ]);
      });

      it('adopts what certbot keeps; once certbot has renewed it, the running server serves it', async function () {
        const workspace = await open();
        await makeLineage(workspace);
        const { stdout } = wellDone(await adopt(workspace, 'localhost'));
        assert.match(stdout, /certbot goes on renewing it\.\n/);
        const adopted = await readLeaf(workspace);
        assert.equal(
          adopted.fingerprint256,
          await fingerprintOf(join(configOf(workspace), 'live/localhost/cert.pem')),
        );
        wellDone(await workspace.start('--runtime', 'local'));
        assert.equal(await servedBy(workspace), adopted.fingerprint256);

        wellDone(
          await certbot(workspace, 'renew', '--force-renewal', '--no-random-sleep-on-renew'),
        );

        const renewed = await fingerprintOf(join(configOf(workspace), 'live/localhost/cert.pem'));
        assert.notEqual(renewed, adopted.fingerprint256);
        await until('the new certificate is served', async () => {
          return (await servedBy(workspace)) === renewed;
        });
        assert.equal((await readLeaf(workspace)).fingerprint256, renewed);
        await assertInstalled(workspace);
        assert.equal((await workspace.status()).state, 'healthy');
      });
    });
  }

  describe('what stands in the way', () => {
    let path = '';
    let newest = '';

    before(function () {
      path = dirname(requirePart(this, 'certbot').command);
      newest = dirname(requirePart(this, 'certbot new').command);
    });

    async function open(programs = path): Promise<Workspace> {
      return Workspace.create({ PATH: [programs, process.env['PATH']].join(delimiter) });
    }

    async function refused(
      outcome: Promise<CliOutcome>,
      ...words: readonly RegExp[]
    ): Promise<void> {
      const { code, stderr } = await outcome;
      assert.equal(code, 1, stderr);
      for (const word of words) assert.match(stderr, word);
    }

    function request(workspace: Workspace, ...more: readonly string[]): Promise<CliOutcome> {
      const port = ['--http-port', String(pebble.httpPort)];
      return workspace.run([...requestOf(workspace), ...port, '--yes', ...more]);
    }

    it('certbot is not there', async function () {
      if (process.getuid?.() !== 0) skipBecause(this, 'hides a program, which only root may');
      const workspace = await open();
      await refused(
        // The usual places are looked in too, so a certbot of this machine has to be hidden.
        program(
          'unshare',
          [
            '--mount',
            'sh',
            '-c',
            'for f in /usr/bin/certbot /usr/local/bin/certbot /snap/bin/certbot; do [ -e "$f" ] && mount --bind /dev/null "$f"; done; exec "$@"',
            'sh',
            process.execPath,
            join(process.cwd(), 'dist/cli.js'),
            ...[...requestOf(workspace), '--agree-tos'],
          ],
          { cwd: workspace.folder, env: { ...workspace.env, PATH: '/usr/bin:/bin' } },
        ),
        /certbot was not found on this machine/,
        /Install it \(snap install --classic certbot/,
        /chroma-tls request/,
      );
    });

    it('its version has no profiles and no addresses; a newer one has', async () => {
      const old = await open();
      await refused(request(old, '--profile', 'default'), /no profiles/, /since 4\.0/);
      await refused(request(old, '--domain', '127.0.0.1'), /no IP addresses/, /since 5\.3/);
      const current = await open(newest);
      wellDone(
        await request(current, '--agree-tos', '--profile', 'default', '--domain', '127.0.0.1'),
      );
      assert.equal((await readLeaf(current)).subjectAltName, 'IP Address:127.0.0.1');
    });

    it('the terms are not agreed to, the root is unknown, the name is refused, nobody answers', async () => {
      const workspace = await open();
      await refused(request(workspace), /agree with --agree-tos/);
      const [, ...unrooted] = requestOf(workspace).filter(
        (word) => word !== '--directory-root' && word !== pebble.rootsFile,
      );
      await refused(
        workspace.run(['certbot', ...unrooted, '--agree-tos', '--yes']),
        /could not verify the ACME directory/,
        /--directory-root/,
      );
      wellDone(await request(workspace, '--agree-tos'));
      const before = await readLeaf(workspace);
      await refused(
        workspace.run([
          ...requestOf(workspace),
          ...['--http-port', String(pebble.tlsPort), '--yes', '--domain', 'elsewhere.test'],
        ]),
        /The authority could not connect to elsewhere\.test\. It says: Get .*connection refused/,
        /--challenge dns-01/,
      );
      // What was there is there.
      assert.equal((await readLeaf(workspace)).fingerprint256, before.fingerprint256);
    });

    it('never replaces another certificate that certbot keeps under the name', async () => {
      const workspace = await open();
      wellDone(await request(workspace, '--agree-tos', '--domain', 'taken.test'));
      wellDone(await request(workspace, '--domain', 'taken.test', '--name', 'more.test'));
      const live = join(configOf(workspace), 'live');
      assert.deepEqual(await listed(live), ['README', 'taken.test', 'taken.test-chroma']);
      assert.equal(
        new X509Certificate(await readFile(join(live, 'taken.test/cert.pem'))).subjectAltName,
        'DNS:taken.test',
      );
    });

    it('a lineage is not there, has half a pair, a dangling link, or another key', async () => {
      const workspace = await open();
      wellDone(await request(workspace, '--agree-tos', '--domain', 'one.test'));
      await refused(adopt(workspace, 'two.test'), /no certificate called "two\.test"/, /one\.test/);
      await refused(adopt(workspace, '../live/one.test'), /no certificate called/);
      const key = join(configOf(workspace), 'live/one.test/privkey.pem');
      const target = '../../archive/one.test/privkey1.pem';
      await unlink(key);
      await refused(adopt(workspace, 'one.test'), /are missing\. There is no privkey\.pem in /);
      await symlink('../../archive/one.test/privkey9.pem', key);
      await refused(adopt(workspace, 'one.test'), /leads to .*privkey9\.pem, which is not there/);
      await unlink(key);
      await writeFile(key, await readFile(join(workspace.folder, 'certs/serverkey.pem')));
      wellDone(await adopt(workspace, 'one.test'));
      await writeFile(key, OTHER_KEY);
      await refused(adopt(workspace, 'one.test'), /is not the key of the certificate/);
      const list = await workspace.run(['certbot', '--adopt', '--config-dir', configOf(workspace)]);
      assert.match(
        list.stdout,
        /^one\.test {2}Files of certbot’s certificate one\.test are missing/,
      );
      await rm(key);
      await symlink(target, key);
      const whole = await workspace.run([
        'certbot',
        '--adopt',
        '--config-dir',
        configOf(workspace),
      ]);
      assert.match(whole.stdout, /^one\.test {2}one\.test; Expires in \d+ days; \//);
    });
  });

  describe('a user who is not root', () => {
    let path = '';

    before(function () {
      if (process.getuid?.() !== 0) skipBecause(this, 'becomes another user, which only root may');
      path = dirname(requirePart(this, 'certbot').command);
    });

    function open(): Promise<Workspace> {
      return Workspace.create({ PATH: [path, process.env['PATH']].join(delimiter) });
    }

    it('is shown the line that lets them read a lineage of root, and adopts it then', async () => {
      const workspace = await open();
      const port = ['--http-port', String(pebble.httpPort)];
      wellDone(await workspace.run([...requestOf(workspace), ...port, '--yes', '--agree-tos']));
      const config = configOf(workspace);
      await rm(join(workspace.folder, 'certs'), { recursive: true });
      await workspace.giveToNobody();
      for (const part of ['.', 'live', 'archive', 'renewal', 'renewal-hooks']) {
        await program('chown', ['-R', '0:0', join(config, part)]);
      }
      await program('chmod', ['755', config]);
      const args = ['certbot', '--adopt', 'localhost', '--config-dir', config];
      const roots = ['--directory-root', await readableRoots(workspace, pebble)];
      const closed = await workspace.runAsNobody([...args, ...roots]);
      assert.equal(closed.code, 1);
      assert.match(closed.stderr, /You may not read certbot/);
      const [, line = ''] = /Run this in a terminal: (.+)/.exec(closed.stderr) ?? [];
      // Root needs no sudo, and a machine for tests may have none.
      wellDone(await program('sh', ['-c', line.replaceAll('sudo ', '')]));
      const { stdout } = wellDone(await workspace.runAsNobody([...args, ...roots]));
      const [, place = ''] = /takes an administrator:\n {2}(.+)\n/.exec(stdout) ?? [];
      wellDone(await program('sh', ['-c', place.replaceAll('sudo ', '')]));

      // certbot's timer is root; what it calls becomes the user.
      const before = await readLeaf(workspace);
      wellDone(
        await program(
          join(path, 'certbot'),
          [
            ...['renew', '-n', '--force-renewal', '--no-random-sleep-on-renew'],
            ...['--config-dir', config, '--work-dir', join(config, 'work')],
            ...['--logs-dir', join(config, 'logs')],
          ],
          { env: { ...workspace.env, REQUESTS_CA_BUNDLE: pebble.rootsFile } },
        ),
      );
      const renewed = await readLeaf(workspace);
      assert.notEqual(renewed.fingerprint256, before.fingerprint256);
      const key = await stat(join(workspace.folder, 'certs/serverkey.pem'));
      assert.deepEqual([key.uid, key.mode & 0o777], [65_534, 0o600]);
    });

    it('gets folders of their own, and renews there by themselves', async () => {
      const workspace = await open();
      await workspace.giveToNobody();
      const [verb = '', ...options] = requestOf(workspace);
      const own = options.filter(
        (word, index) => word !== '--config-dir' && options[index - 1] !== '--config-dir',
      );
      const roots = await readableRoots(workspace, pebble);
      const args = [verb, ...own.map((word) => (word === pebble.rootsFile ? roots : word))];
      const port = ['--http-port', String(pebble.httpPort)];
      const { stdout, stderr } = wellDone(
        await workspace.runAsNobody([...args, ...port, '--agree-tos', '--yes']),
      );
      assert.match(
        stderr,
        /\/etc\/letsencrypt is root’s, so certbot keeps this one in .*certbot\./,
      );
      assert.match(
        stderr,
        /run: sudo -- env REQUESTS_CA_BUNDLE=.* and then: chroma-tls certbot --adopt localhost/,
      );
      assert.match(stdout, /chroma-tls renew has certbot renew it/);
      const before = await readLeaf(workspace);
      wellDone(await workspace.runAsNobody(['renew']));
      assert.equal((await readLeaf(workspace)).fingerprint256, before.fingerprint256);
      wellDone(await workspace.runAsNobody(['renew', '--force']));
      const renewed = await readLeaf(workspace);
      assert.notEqual(renewed.fingerprint256, before.fingerprint256);

      // What certbot has renewed for somebody else is taken, and no other one is ordered.
      const config = join(workspace.env['CHROMA_TLS_DATA_DIR'] ?? '', 'certbot');
      wellDone(
        await program(
          join(path, 'certbot'),
          [
            ...['renew', '-n', '--force-renewal', '--no-random-sleep-on-renew'],
            ...['--no-directory-hooks', '--config-dir', config],
            ...['--work-dir', join(config, 'work'), '--logs-dir', join(config, 'logs')],
          ],
          { env: { ...workspace.env, REQUESTS_CA_BUNDLE: pebble.rootsFile } },
        ),
      );
      await workspace.giveToNobody();
      const orders = await pebble.requestsFor('finalize');
      wellDone(await workspace.runAsNobody(['renew', '--force']));
      assert.notEqual((await readLeaf(workspace)).fingerprint256, renewed.fingerprint256);
      assert.equal(await pebble.requestsFor('finalize'), orders);
    });
  });

  /** certbot's folder for one workspace: the machine's own is left alone. */
  function configOf(workspace: Workspace): string {
    return join(dirname(workspace.folder), 'letsencrypt');
  }

  function requestOf(workspace: Workspace): readonly string[] {
    return [
      ...['certbot', '--directory', pebble.directory, '--directory-root', pebble.rootsFile],
      ...['--config-dir', configOf(workspace)],
    ];
  }

  function adopt(workspace: Workspace, name: string): Promise<CliOutcome> {
    return workspace.run([
      ...['certbot', '--adopt', name, '--config-dir', configOf(workspace), '--yes'],
      ...['--directory-root', pebble.rootsFile],
    ]);
  }
});

function wellDone(outcome: CliOutcome): CliOutcome {
  assert.equal(outcome.code, 0, `${outcome.stdout}\n${outcome.stderr}`);
  return outcome;
}

/** The names in a folder; none where there is no folder. */
async function listed(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(() => [])).toSorted();
}

async function readLeaf(workspace: Workspace): Promise<X509Certificate> {
  return new X509Certificate(await readFile(join(workspace.folder, 'certs/servercert.pem')));
}

async function fingerprintOf(file: string): Promise<string> {
  return new X509Certificate(await readFile(file)).fingerprint256;
}

/** The pair belongs together, its key is its owner's alone, and it verifies against `ca.pem`. */
async function assertInstalled(workspace: Workspace): Promise<void> {
  const certs = join(workspace.folder, 'certs');
  const names = ['servercert.pem', 'serverkey.pem', 'ca.pem'];
  const [certificate = '', key = '', ca = ''] = names.map((name) => join(certs, name));
  assert.equal((await stat(key)).mode & 0o777, 0o600);
  wellDone(
    await program('openssl', ['verify', '-CAfile', ca, '-untrusted', certificate, certificate]),
  );
  const [fromCertificate, fromKey] = await Promise.all([
    program('openssl', ['x509', '-in', certificate, '-noout', '-pubkey']),
    program('openssl', ['pkey', '-in', key, '-pubout']),
  ]);
  assert.equal(fromCertificate.stdout, fromKey.stdout);
}

/** The certificate that the server shows, verified. */
async function servedBy({ folder, port }: Workspace): Promise<string> {
  const ca = await readFile(join(folder, 'certs/ca.pem'));
  return new Promise((done, fail) => {
    const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ca }, () => {
      done(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.once('error', fail);
  });
}

/** A program that sets records as certbot's manual hooks do, in a folder with a space and a quote. */
async function writeHook(workspace: Workspace, { dns }: Pebble): Promise<string> {
  const folder = join(dirname(workspace.folder), `it's a "hook" $(false)`);
  await mkdir(folder);
  const hook = join(folder, 'set-record');
  const url = `'${dns.managementUrl}'`;
  await writeFile(
    hook,
    `#!/bin/sh
echo "$1" >> "$0.log"
name="_acme-challenge.$CERTBOT_DOMAIN."
case "$1" in
  auth) curl -sf ${url}/set-txt -d "{\\"host\\":\\"$name\\",\\"value\\":\\"$CERTBOT_VALIDATION\\"}" ;;
  cleanup) curl -sf ${url}/clear-txt -d "{\\"host\\":\\"$name\\"}" ;;
esac
`,
  );
  await chmod(hook, 0o755);
  return hook;
}

/** A copy of Pebble's roots that any user may read. */
async function readableRoots(workspace: Workspace, { rootsFile }: Pebble): Promise<string> {
  const copy = join(dirname(workspace.folder), 'roots.pem');
  await writeFile(copy, await readFile(rootsFile), { mode: 0o644 });
  return copy;
}

/** A key of nothing. */
const OTHER_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
});
