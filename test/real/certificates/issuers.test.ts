import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import {
  generateFiles,
  type GenerateRequest,
  type GenerateResult,
} from '../../../src/certificates/generate-files.ts';
import { ExplainedError } from '../../../src/system/errors.ts';
import { workspaceId } from '../../../src/project/data-folder.ts';
import {
  certificateSettings,
  DEFAULT_SETTINGS,
  ENGINES,
  KEY_TYPES,
} from '../../../src/project/settings.ts';
import { skipBecause } from '../../harness/skip-reasons.ts';
import { until } from '../../harness/until.ts';
import { requirePart } from '../../parts.ts';
import { program, Workspace } from '../fixtures/cli.ts';
import { readProfile, type Profile } from './profile.ts';
import { PAGE_COMMAND, PAGE_CONFIG } from './cookbook-page.ts';

/** Every kind of name, with what OpenSSL's configuration would read as something else. */
const NAMES = [
  ...['localhost', '*.a.test', '127.0.0.1', '2001:db8::1'],
  ...[`https://a.test/x,y?z=$HOME;#'q`, 'spiffe://a.test/chroma', "o'neil+x@a.test"],
];
const IMAGE = 'openquantumsafe/openssl3';

/**
 * OpenSSL, with a note after each run of the modes of its folder and keys, and of every key in
 * the workspace. As LibreSSL does, it gives a new key the mode that the umask says.
 */
const SPY = `
if [ "$1" = genpkey ]; then
  for key; do :; done
  /usr/bin/openssl "$@" -out /dev/stdout | cat > "$key"
else
  /usr/bin/openssl "$@"
fi
code=$?
{ stat -c '%a %n' . $(grep -l 'PRIVATE KEY' *)
  grep -rl 'PRIVATE KEY' "$SPIED_WORKSPACE"
} >> "$SPIED_LOG"
exit $code`;

describe('certificate engines', () => {
  const path = process.env['PATH'] ?? '';

  before(async function () {
    if ((await program('openssl', ['version'])).code !== 0) skipBecause(this, 'needs openssl');
    requirePart(this, 'docker');
    requirePart(this, `image ${IMAGE}`);
  });
  afterEach(() => {
    process.env['PATH'] = path;
    delete process.env['DOCKER_HOST'];
  });

  type Made = GenerateResult & { readonly workspace: string; readonly folder: string };

  /** Generates in a workspace of its own, or again in one. */
  async function generate(
    how: Partial<GenerateRequest> & { readonly in?: string } = {},
  ): Promise<Made> {
    const workspace = how.in ?? (await makeFolder());
    const folder = join(workspace, 'certs');
    const settings = { ...certificateSettings(DEFAULT_SETTINGS), ...how };
    const result = await generateFiles({
      domain: 'localhost',
      ...settings,
      workspace,
      folder,
    });
    return { ...result, workspace, folder };
  }

  async function makeFolder(): Promise<string> {
    const root = await mkdtemp(join(tmpdir(), 'chroma-tls-engines-'));
    process.env['CHROMA_TLS_DATA_DIR'] = join(root, 'data');
    const workspace = join(root, `it's $HOME "a", #1=\\ü`);
    await mkdir(workspace);
    return workspace;
  }

  async function profilesOf({ files }: GenerateResult): Promise<{ leaf: Profile; ca: Profile }> {
    const [leaf, ca] = await Promise.all([readFile(files.certificate), readFile(files.ca)]);
    return { leaf: readProfile(leaf, ca), ca: readProfile(ca, ca) };
  }

  async function modeOf(file: string): Promise<string> {
    return ((await stat(file)).mode & 0o777).toString(8);
  }

  function openssl(cwd: string, ...args: readonly string[]): Promise<{ stdout: string }> {
    return program('openssl', args, { cwd });
  }

  /** Puts a program called openssl in front of the real one. */
  async function wrapOpenssl(script: string): Promise<void> {
    const bin = await mkdtemp(join(tmpdir(), 'chroma-tls-bin-'));
    await writeFile(join(bin, 'openssl'), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, 'openssl'), 0o755);
    process.env['PATH'] = [bin, path].join(delimiter);
  }

  async function containersOf(workspace: string): Promise<string> {
    const label = `label=chroma-tls.issuing=${workspaceId(workspace)}`;
    const args = ['ps', '--all', '--quiet', '--filter', label];
    return (await program('docker', args)).stdout;
  }

  for (const kind of ['local-ca', 'self-signed'] as const) {
    // The larger keys take their time, and only the one number is another.
    const keyTypes = kind === 'local-ca' ? (['ecdsa-p256', 'rsa-2048'] as const) : KEY_TYPES;
    for (const keyType of keyTypes) {
      it(`give the same ${kind} certificate of ${keyType}, field by field`, async () => {
        const how = { kind, keyType, domain: 'bücher.test', additionalNames: NAMES };
        const now = new Date();
        const builtin = await generate({ ...how, now, engine: 'builtin' });
        const expected = await profilesOf(builtin);
        assert.equal(Object.keys(expected.leaf.extensions).length, 6);
        for (const [engine, made] of [
          ['builtin', builtin],
          ['openssl', await generate({ ...how, now, engine: 'openssl' })],
          ['docker', await generate({ ...how, now, engine: 'docker' })],
        ] as const) {
          assert.deepEqual(await profilesOf(made), expected, engine);
          assert.deepEqual(made.facts.problems, [], engine);
          const hasSecond = made.facts.namesFingerprint256 !== undefined;
          assert.equal(hasSecond, kind === 'local-ca', `${engine}: one for host names alone`);
          assert.deepEqual(made.facts.names, ['xn--bcher-kva.test', ...NAMES], engine);
          const strict = ['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', 'ca.pem'];
          const { stdout } = await openssl(made.folder, ...strict, 'servercert.pem');
          assert.match(stdout, /: OK/, engine);
        }
        assert.deepEqual(await readdir(builtin.workspace), ['certs']);
      });
    }
  }

  for (const domain of ['127.0.0.1', '*.a.test', 'localhost']) {
    it(`give the same certificate for ${domain} alone`, async () => {
      const how = { domain, additionalNames: [], now: new Date() };
      const expected = await profilesOf(await generate(how));
      for (const engine of ['openssl', 'docker'] as const) {
        assert.deepEqual(await profilesOf(await generate({ ...how, engine })), expected, engine);
      }
    });
  }

  it('make what the page makes, of the kind "seed"', async () => {
    const page = await makeFolder();
    await mkdir(join(page, 'certs'));
    await writeFile(join(page, 'openssl.cnf'), PAGE_CONFIG);
    const env = { ...process.env, CHROMA_DOMAIN: 'localhost' };
    assert.equal((await program('openssl', PAGE_COMMAND, { cwd: page, env })).code, 0);
    const pem = await readFile(join(page, 'certs', 'servercert.pem'));
    const withoutDates = ({ notBefore, notAfter, ...others }: Profile): object => ({
      ...others,
      days: (notAfter - notBefore) / 86_400_000,
    });
    const expected = withoutDates(readProfile(pem, pem));
    for (const engine of ENGINES) {
      const made = await generate({ kind: 'seed', engine, keyType: 'rsa-4096', validityDays: 9 });
      const { leaf } = await profilesOf(made);
      assert.deepEqual(withoutDates(leaf), expected, engine);
      assert.ok(Math.abs(leaf.notBefore - Date.now()) < 60_000, engine);
      assert.equal(await modeOf(made.files.key), '600');
    }
  });

  it('sign by the authority that another engine made', async () => {
    const { workspace, files } = await generate({ engine: 'openssl' });
    const ca = await readFile(files.ca, 'utf8');
    for (const engine of ENGINES) {
      const { authority, facts, folder } = await generate({ in: workspace, engine });
      assert.equal(authority, 'reused', engine);
      assert.deepEqual(facts.problems, [], engine);
      assert.equal(await readFile(files.ca, 'utf8'), ca);
      assert.match(
        (await openssl(folder, 'verify', '-CAfile', 'ca.pem', 'servercert.pem')).stdout,
        /OK/,
      );
    }
  });

  it('never bring the authority’s key into the workspace, and show no key to anybody', async () => {
    const workspace = await makeFolder();
    const log = join(await mkdtemp(join(tmpdir(), 'chroma-tls-log-')), 'log');
    Object.assign(process.env, { SPIED_WORKSPACE: workspace, SPIED_LOG: log });
    await wrapOpenssl(SPY);
    await generate({ in: workspace, engine: 'openssl', keepAuthorityKey: false });
    const lines = (await readFile(log, 'utf8')).trim().split('\n');
    assert.deepEqual([...new Set(lines)].sort(), [
      '600 authority.pem',
      '600 authoritykey.pem',
      '600 serverkey.pem',
      '700 .',
    ]);
    const data = process.env['CHROMA_TLS_DATA_DIR'] ?? '';
    assert.doesNotMatch((await program('grep', ['-rl', 'PRIVATE', data])).stdout, /./);
  });

  for (const engine of ['openssl', 'docker'] as const) {
    it(`leave with ${engine} files that are the user's own, the key 0600`, async () => {
      const { files, workspace } = await generate({ engine });
      const { uid, mode } = await stat(files.key);
      assert.deepEqual([uid, (mode & 0o777).toString(8)], [process.getuid?.(), '600']);
      const left = await readdir(workspace, { recursive: true });
      assert.deepEqual(left.sort(), [
        'certs',
        'certs/.gitignore',
        'certs/ca.pem',
        'certs/servercert-names.pem',
        'certs/servercert.pem',
        'certs/serverkey.pem',
        'openssl.cnf',
      ]);
      assert.equal(await containersOf(workspace), '');
    });
  }

  it('keep an openssl.cnf that was there, once', async () => {
    const workspace = await makeFolder();
    const file = join(workspace, 'openssl.cnf');
    await writeFile(file, PAGE_CONFIG);
    const { backup = '' } = await generate({ in: workspace, engine: 'openssl' });
    assert.equal(await readFile(join(backup, 'openssl.cnf'), 'utf8'), PAGE_CONFIG);
    assert.match(await readFile(file, 'utf8'), /Written by Chroma TLS/);
    const { backup: next = '' } = await generate({ in: workspace, engine: 'openssl' });
    assert.equal((await readdir(next)).includes('openssl.cnf'), false, 'it had not changed');
    const { backup: last = '' } = await generate({ in: workspace, engine: 'builtin' });
    assert.ok((await readdir(last)).includes('openssl.cnf'), 'the built-in engine needs none');
    await assert.rejects(stat(file));
  });

  it('write an openssl.cnf that works by hand', async () => {
    const { workspace } = await generate({
      engine: 'openssl',
      kind: 'self-signed',
      additionalNames: NAMES,
    });
    const keyAndOut = ['-keyout', 'by-hand.key', '-out', 'by-hand.pem'];
    const make = [
      'req',
      '-new',
      '-x509',
      '-nodes',
      '-newkey',
      'rsa:2048',
      '-config',
      'openssl.cnf',
    ];
    await openssl(workspace, ...make, ...keyAndOut);
    const pem = await readFile(join(workspace, 'by-hand.pem'));
    const { leaf } = await profilesOf(
      await generate({ kind: 'self-signed', keyType: 'rsa-2048', additionalNames: NAMES }),
    );
    const byHand = readProfile(pem, pem);
    assert.deepEqual(byHand.subject, leaf.subject);
    // The key's kind is in the file too, and by hand another was asked for.
    assert.deepEqual(
      { ...byHand.extensions, '2.5.29.15': undefined },
      { ...leaf.extensions, '2.5.29.15': undefined },
    );
  });

  describe('when something is wrong', () => {
    async function problemOf(work: Promise<unknown>): Promise<ExplainedError['problem']> {
      const thrown: unknown = await work.then(
        () => undefined,
        (error: unknown) => error,
      );
      assert.ok(thrown instanceof ExplainedError, String(thrown));
      return thrown.problem;
    }

    it('say that openssl is missing, and offer the built-in engine', async function () {
      if (process.getuid?.() !== 0) skipBecause(this, 'needs root to hide /usr/bin/openssl');
      const workspace = await Workspace.create();
      // It is looked for in the usual places too, so it has to be gone from there.
      const hide = 'mount --bind /dev/null /usr/bin/openssl && exec "$@"';
      const cli = [process.execPath, join(process.cwd(), 'dist/cli.js')];
      const args = ['--mount', 'sh', '-c', hide, 'sh', ...cli, 'generate', '--engine', 'openssl'];
      const { code, stderr } = await program('unshare', args, {
        cwd: workspace.folder,
        env: workspace.env,
      });
      assert.equal(code, 1);
      assert.match(stderr, /openssl is not installed.*built-in engine, which needs no program/);
      assert.deepEqual(await readdir(workspace.folder), []);
    });

    it('refuse an openssl that is too old', async () => {
      await wrapOpenssl('echo "OpenSSL 1.0.2u  20 Dec 2019"');
      const { code, action } = await problemOf(generate({ engine: 'openssl' }));
      assert.deepEqual([code, action], ['openssl-too-old', 'useBuiltinEngine']);
    });

    it("keep openssl's last words, and what was there", async () => {
      const { workspace, files } = await generate({ engine: 'openssl' });
      const before = await readFile(files.certificate, 'utf8');
      await wrapOpenssl(
        'case $1 in ca) echo "the book is closed" >&2; exit 1;; *) exec /usr/bin/openssl "$@";; esac',
      );
      const problem = await problemOf(generate({ in: workspace, engine: 'openssl' }));
      assert.equal(problem.code, 'openssl-failed');
      assert.match(problem.why ?? '', /the book is closed\./);
      assert.match(problem.details ?? '', /the book is closed/);
      assert.equal(problem.action, 'useBuiltinEngine');
      assert.equal(await readFile(files.certificate, 'utf8'), before);
    });

    it('say that the container program is missing, or its engine', async () => {
      const missing = await problemOf(
        generate({ engine: 'docker', containerCommand: '/nowhere/docker' }),
      );
      assert.deepEqual(
        [missing.code, missing.action],
        ['docker-not-installed', 'useBuiltinEngine'],
      );
      process.env['DOCKER_HOST'] = 'tcp://127.0.0.1:1';
      const stopped = await problemOf(generate({ engine: 'docker' }));
      assert.deepEqual([stopped.code, stopped.action], ['docker-not-running', 'useBuiltinEngine']);
    });

    it('hand no key to an engine on another machine', async () => {
      const { workspace } = await generate();
      process.env['DOCKER_HOST'] = 'tcp://elsewhere.invalid:2375';
      const problem = await problemOf(generate({ in: workspace, engine: 'docker' }));
      assert.deepEqual([problem.code, problem.action], ['engine-elsewhere', 'useBuiltinEngine']);
      assert.match(problem.why ?? '', /key/);
    });

    it('leave nothing of a generation that is called off', async () => {
      const controller = new AbortController();
      const workspace = await makeFolder();
      const report = (step: string): void => {
        if (!step.startsWith('with')) return;
        void until('its container runs', () => containersOf(workspace)).then(() => {
          controller.abort();
        });
      };
      const { signal } = controller;
      const work = generate({
        in: workspace,
        engine: 'docker',
        keyType: 'rsa-4096',
        signal,
        report,
      });
      await assert.rejects(work, { name: 'AbortError' });
      assert.deepEqual(await readdir(workspace), []);
      assert.equal(await containersOf(workspace), '');
    });
  });
});

describe("the page's recipe and ours", () => {
  before(async function () {
    if ((await program('openssl', ['version'])).code !== 0) skipBecause(this, 'needs openssl');
  });

  /** A way to make a certificate in a folder where nothing is yet; undefined where it fails. */
  type Recipe = (domain: string) => Promise<string | undefined>;

  const page =
    (how: { readonly makeFolder: boolean }): Recipe =>
    async (domain) => {
      const cwd = await mkdtemp(join(tmpdir(), 'chroma-tls-page-'));
      await writeFile(join(cwd, 'openssl.cnf'), PAGE_CONFIG);
      if (how.makeFolder) await mkdir(join(cwd, 'certs'));
      const env = { ...process.env, CHROMA_DOMAIN: domain };
      const { code } = await program('openssl', PAGE_COMMAND, { cwd, env });
      return code === 0 ? join(cwd, 'certs') : undefined;
    };
  const ours =
    (engine: GenerateRequest['engine'], kind: GenerateRequest['kind']): Recipe =>
    async (domain) => {
      const workspace = await Workspace.create();
      const args = ['generate', '--domain', domain, '--engine', engine, '--kind', kind];
      const { code } = await workspace.run(args);
      return code === 0 ? join(workspace.folder, 'certs') : undefined;
    };
  const toText = async (folder: string | undefined): Promise<string> => {
    const args = ['x509', '-in', 'servercert.pem', '-noout', '-text', '-nameopt', 'RFC2253'];
    return folder === undefined ? '' : (await program('openssl', args, { cwd: folder })).stdout;
  };

  const defects: readonly {
    readonly name: string;
    readonly page: Recipe;
    readonly isRight: (recipe: Recipe) => Promise<boolean>;
    /** The page's own kind keeps this one, being exactly the page's. */
    readonly inCookbookKind?: true;
  }[] = [
    {
      name: 'works where there is no certs folder yet',
      page: page({ makeFolder: false }),
      isRight: async (recipe) => (await recipe('localhost')) !== undefined,
    },
    {
      name: 'keeps the common name',
      page: page({ makeFolder: true }),
      isRight: async (recipe) =>
        /Subject: .*CN=localhost/.test(await toText(await recipe('localhost'))),
      inCookbookKind: true,
    },
    {
      name: 'makes an address out of an address',
      page: page({ makeFolder: true }),
      isRight: async (recipe) => {
        const cwd = await recipe('127.0.0.1');
        const trusted = cwd === undefined ? '' : join(cwd, 'servercert.pem');
        const args = ['verify', '-partial_chain', '-trusted', trusted, '-verify_ip', '127.0.0.1'];
        return (await program('openssl', [...args, trusted])).code === 0;
      },
    },
    {
      name: 'lets no domain bring a second name along',
      page: page({ makeFolder: true }),
      isRight: async (recipe) =>
        !(await toText(await recipe('a,IP:10.0.0.1'))).includes('10.0.0.1'),
    },
  ];

  for (const { name, page: recipe, isRight, inCookbookKind } of defects) {
    it(`ours ${name}; the page's does not`, async () => {
      assert.equal(
        await isRight(recipe),
        false,
        'the page has been mended: this test has had its day',
      );
      for (const engine of ENGINES.filter((each) => each !== 'docker')) {
        for (const kind of ['local-ca', 'self-signed', 'seed'] as const) {
          const expected = !(kind === 'seed' && inCookbookKind);
          assert.equal(await isRight(ours(engine, kind)), expected, `${engine}, ${kind}`);
        }
      }
    });
  }
});
