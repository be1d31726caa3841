import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { after, before, beforeEach, it } from 'mocha';
import { ANCHOR_SYSTEMS } from '../../../../src/certificates/trust/stores/linux-system.ts';
import { describeOnOwnMachine } from '../../../own-machine.ts';
import { requirePart } from '../../../parts.ts';
import { program, type CliOutcome, type Workspace } from '../../fixtures/cli.ts';
import { PairServer } from './pair-server.ts';
import { openTrustingWorkspace, withoutDetours } from './trusting-workspace.ts';

const SUDO_RULE = '/etc/sudoers.d/chroma-tls-test';
/** How OpenSSL says that it does not know who signed; the words depend on what it was sent. */
const UNKNOWN_AUTHORITY =
  /unable to get local issuer certificate|self-signed certificate in certificate chain/;
/** A user who may do nothing. */
const NOBODY = '65534';

const PYTHON = `
import sys, urllib.request
print(urllib.request.urlopen(sys.argv[1]).read().decode())
`;

// What they put into the machine's store can sign for localhost only.
describeOnOwnMachine("trust in the system's own store", () => {
  let workspace: Workspace;
  let home = '';
  let server: PairServer;
  let untouched: Awaited<ReturnType<typeof readSystem>>;

  before(async function () {
    for (const part of ['nss tools', 'java', 'sudo', 'chromium'] as const) requirePart(this, part);
    ({ workspace, home } = await openTrustingWorkspace());
    await workspace.run(['generate']);
    server = await PairServer.listen(workspace);
    untouched = await readSystem();
  });
  beforeEach(async () => {
    assert.deepEqual(await readSystem(), untouched);
  });
  after(async () => {
    server.close();
    await rm(SUDO_RULE, { force: true });
    await workspace.run(['untrust']);
    assert.deepEqual(await readSystem(), untouched);
  });

  /** What a change could leave behind: anchors, links, the bundle, Java's entries of ours. */
  async function readSystem() {
    const [debian] = ANCHOR_SYSTEMS;
    assert.ok(debian);
    const { stdout } = await program('keytool', ['-list', '-cacerts', '-storepass', 'changeit']);
    return {
      anchors: await readdir(debian.anchors),
      links: await readdir(dirname(debian.bundle)),
      bundle: await readFile(debian.bundle, 'utf8'),
      java: stdout.match(/^.*chroma-tls.*$/gm),
    };
  }

  /** What clients that know nothing of us say, each going by the system's store. */
  async function askClients(): Promise<readonly string[]> {
    const env = withoutDetours(process.env);
    const leaf = join(workspace.folder, 'certs', 'servercert.pem');
    const said = await Promise.all([
      program('curl', ['-sS', workspace.url], { env }),
      program('/usr/bin/python3', ['-c', PYTHON, workspace.url], { env }),
      program('openssl', ['verify', '-verify_hostname', 'localhost', leaf], { env }),
    ]);
    return said.map(({ code, stdout, stderr }) =>
      code === 0 ? 'accepts' : UNKNOWN_AUTHORITY.test(stdout + stderr) ? 'refuses' : stderr,
    );
  }
  const ACCEPTED = ['accepts', 'accepts', 'accepts'];
  const REFUSED = ['refuses', 'refuses', 'refuses'];

  /** Runs the CLI on a terminal of its own, where a user types an answer. */
  function runOnTerminal(args: string, typed: string): Promise<CliOutcome> {
    return new Promise((done) => {
      const command = `'${process.execPath}' '${resolve('dist/cli.js')}' ${args}`;
      const child = spawn('script', ['-qefc', command, '/dev/null'], {
        cwd: workspace.folder,
        env: workspace.env,
      });
      let stdout = '';
      let answered = false;
      child.stdout.on('data', (chunk: Buffer) => {
        stdout += chunk.toString();
        if (answered || !/\[y\/N\]|to go on:/.test(stdout)) return;
        answered = true;
        child.stdin.write(`${typed}\n`);
      });
      child.once('exit', (code) => {
        done({ code: code ?? 1, stdout, stderr: '' });
      });
    });
  }

  it('is not given without a yes', async () => {
    const unavailable = await workspace.run(['trust']);
    assert.equal(unavailable.code, 1);
    assert.match(
      unavailable.stderr,
      /can only sign for localhost \(and names under it\), 127\.0\.0\.1/,
    );
    assert.match(
      unavailable.stderr,
      /• system \(.+\), for all users of this machine: will be added/,
    );
    assert.match(unavailable.stderr, /Agree with --yes/);
    const declined = await runOnTerminal('trust', 'n');
    assert.equal(declined.code, 1);
    assert.match(declined.stdout, /Go on\? \[y\/N\]/);
  });

  for (const { authority, constraints, warning } of [
    { authority: 'without limits', constraints: [], warning: /can pretend to be any site/ },
    {
      authority: 'for all of com and every address',
      constraints: ['permitted;DNS:com', 'permitted;IP:0.0.0.0/0.0.0.0'],
      warning: /Its limits are wide: .* any server of com \(and names under it\) and 0\.0\.0\.0\/0/,
    },
    {
      authority: 'for localhost that was made elsewhere',
      constraints: ['permitted;DNS:localhost', 'permitted;IP:127.0.0.1/255.255.255.255'],
      warning: /can only sign for localhost/,
    },
  ]) {
    it(`is not given to an authority ${authority} by an option`, async () => {
      const { workspace: other } = await openTrustingWorkspace();
      await other.run(['generate']);
      await program(
        'openssl',
        [
          ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', '/dev/null'],
          ...['-out', 'certs/ca.pem', '-subj', '/CN=Chroma TLS CA for it', '-days', '30'],
          ...(constraints.length === 0
            ? []
            : ['-addext', `nameConstraints=critical,${constraints.join(',')}`]),
        ],
        { cwd: other.folder },
      );
      const { code, stderr } = await other.run(['trust', '--yes']);
      assert.equal(code, 1);
      assert.match(stderr, warning);
      assert.match(stderr, /not made by Chroma TLS on this machine/);
      assert.match(stderr, /takes a word typed in a terminal/);
      await other.run(['untrust']);
    });
  }

  it('reaches curl, Python and OpenSSL, follows a new authority, and leaves nothing', async () => {
    assert.deepEqual(await askClients(), REFUSED);
    const given = await runOnTerminal('trust', 'y');
    assert.equal(given.code, 0, given.stdout);
    assert.match(given.stdout, /Trusted by system, Chromium, Java\./);
    assert.deepEqual(await askClients(), ACCEPTED);

    const again = await workspace.run(['trust']);
    assert.deepEqual([again.code, again.stderr], [0, ''], 'there is nothing to ask');

    const renewed = await workspace.run(['generate', '--key-type', 'rsa-2048']);
    assert.match(renewed.stdout, /The one before is trusted by system, Chromium, Java/);
    await server.reload(workspace);
    assert.ok(!(await askClients()).includes('accepts'));
    const replaced = await workspace.run(['trust', '--yes']);
    assert.equal(replaced.code, 0, replaced.stderr);
    assert.deepEqual(await askClients(), ACCEPTED);
    assert.equal((await readSystem()).anchors.length, untouched.anchors.length + 1);

    const removed = await workspace.run(['untrust']);
    assert.equal(removed.code, 0, removed.stderr);
    assert.deepEqual(await askClients(), REFUSED);
    assert.deepEqual(await readSystem(), untouched);
    assert.match(
      (await workspace.run(['untrust'])).stdout,
      /No store of this machine trusts this authority/,
    );
  });

  it('goes on, and is taken, after the folder was renamed', async () => {
    await workspace.run(['generate']);
    const given = await workspace.run(['trust', '--yes']);
    assert.equal(given.code, 0, given.stderr);
    const renamed = `${workspace.folder} renamed`;
    await rename(workspace.folder, renamed);
    try {
      const run = (...args: readonly string[]): Promise<CliOutcome> =>
        program(process.execPath, [resolve('dist/cli.js'), ...args], {
          cwd: renamed,
          env: workspace.env,
        });
      const generated = await run('generate');
      assert.equal(generated.code, 0, generated.stderr);
      assert.doesNotMatch(generated.stdout, /Trust ca\.pem again/);
      assert.match((await run('trust')).stdout, /Trusted by system, Chromium, Java\./);
      const removed = await run('untrust');
      assert.equal(removed.code, 0, removed.stderr);
      assert.match(removed.stdout, /Removed from system/);
      assert.deepEqual(await readSystem(), untouched);
    } finally {
      await rename(renamed, workspace.folder);
    }
    await server.reload(workspace);
  });

  it('takes no more rights than a user has: a line for who may, or sudo', async () => {
    const dist = join(dirname(workspace.folder), 'dist');
    await cp(resolve('dist'), dist, { recursive: true });
    await program('chown', ['-R', `${NOBODY}:${NOBODY}`, dirname(workspace.folder)]);
    const runAsNobody = (verb: string): Promise<CliOutcome> =>
      program(
        'setpriv',
        [
          ...['--reuid', NOBODY, '--regid', NOBODY, '--clear-groups', process.execPath],
          ...[join(dist, 'cli.js'), verb, '--yes'],
        ],
        { cwd: workspace.folder, env: workspace.env },
      );

    const refused = await runAsNobody('trust');
    assert.equal(refused.code, 1);
    assert.match(refused.stdout, /Trusted by Chromium; not by system, Java\./);
    assert.deepEqual(await readSystem(), untouched);
    const line = /The system's store .*? Run this in a terminal: (sudo .+)$/m.exec(refused.stderr);
    assert.ok(line?.[1], refused.stderr);
    const byHand = await program('sh', ['-c', line[1]], { cwd: home });
    assert.equal(byHand.code, 0, byHand.stderr);
    assert.deepEqual(await askClients(), ACCEPTED);

    await writeFile(SUDO_RULE, `#${NOBODY} ALL=(root) NOPASSWD: ALL\n`, { mode: 0o440 });
    const removed = await runAsNobody('clean');
    assert.equal(removed.code, 0, removed.stderr);
    assert.match(removed.stdout, /Removed: Trust in the authority, system \(/);
    assert.deepEqual(await askClients(), REFUSED);
  });
});
