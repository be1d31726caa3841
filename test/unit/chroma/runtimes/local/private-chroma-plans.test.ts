import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import {
  packagesOf,
  planEnvironment,
  supportsPython,
} from '../../../../../src/chroma/runtimes/local/python-environment.ts';
import { formatSize, readGrowth } from '../../../../../src/chroma/runtimes/local/install-plan.ts';
import {
  chooseBindings,
  planBindings,
} from '../../../../../src/chroma/runtimes/local/node-bindings.ts';
import {
  askFor,
  explainFailure,
  readProgress,
} from '../../../../../src/chroma/runtimes/local/private-chroma-install.ts';
import { planWheel, takesWheel } from '../../../../../src/chroma/runtimes/local/wheel.ts';

const FOLDER = join('/data', 'python', 'chroma');
const PYTHON = {
  program: '/bin/python3',
  version: '3.11',
  hasPip: true,
  makesEnvironments: true,
  libc: 'glibc',
} as const;

describe('the plan of a private Chroma 1.x', () => {
  const plan = (version = '1.5.9', python: Partial<typeof PYTHON> | { hasPip: false } = {}) =>
    planWheel({ kind: 'wheel', python: { ...PYTHON, ...python } }, version, FOLDER, 'linux-x64');

  it('is the wheel alone, which pip compares with our hash, and nothing outside of its folder', () => {
    const { commands, files, size, growth } = plan();
    const [pip, ...more] = commands;
    assert.deepEqual(more, []);
    assert.equal(pip?.program, '/bin/python3');
    for (const option of ['-I', '--no-deps', '--no-cache-dir', '--no-compile', '--target']) {
      assert.ok(pip.args.includes(option), option);
    }
    assert.equal(pip.env?.['TMPDIR'], join(FOLDER, 'partial'));
    const [requirement = ''] = Object.values(files);
    assert.match(requirement, /^chromadb==1\.5\.9 --hash=sha256:[\da-f]{64}( --hash=\S+){4}\n$/);
    assert.ok(pip.args.includes(join(FOLDER, Object.keys(files)[0] ?? '')));
    assert.deepEqual(size && [size.download, size.onDisk].map(formatSize), ['23 MB', '63 MB']);
    assert.deepEqual(growth, { folder: FOLDER, isStreamed: false });
  });

  it('is installed by uv where it is there, with a cache of its own', () => {
    const installer = { kind: 'wheel', python: PYTHON, uv: '/bin/uv' } as const;
    const { commands } = planWheel(installer, '1.5.9', FOLDER, 'linux-x64');
    assert.deepEqual(
      commands.map(({ program }) => program),
      ['/bin/uv'],
    );
    const args = commands[0]?.args.join(' ') ?? '';
    assert.match(args, /--python \/bin\/python3/);
    assert.ok(args.includes(`--cache-dir ${join(FOLDER, 'partial', 'cache')}`));
    const alone = planWheel({ kind: 'uv wheel', uv: '/bin/uv' }, '1.5.9', FOLDER);
    assert.equal(alone.commands[0]?.args[0], 'venv');
  });

  it('names no size and no hash of a version that nobody measured', () => {
    const { size, files } = plan('1.4.0');
    assert.equal(size, undefined);
    assert.deepEqual(Object.values(files), ['chromadb==1.4.0\n']);
  });

  it('takes the pip of an environment where a Python has none', () => {
    const { commands, growth } = plan('1.5.9', { hasPip: false });
    assert.deepEqual(commands[0]?.args.slice(0, 3), ['-I', '-m', 'venv']);
    assert.ok(commands[1]?.program.startsWith(join(FOLDER, 'partial')));
    assert.equal(growth, undefined);
  });

  it('goes with a Python that has wheels', () => {
    assert.ok(takesWheel(PYTHON, 'linux-x64'));
    assert.ok(takesWheel({ version: '3.13', libc: '' }, 'darwin-arm64'));
    assert.ok(!takesWheel({ version: '3.8', libc: 'glibc' }, 'linux-x64'));
    assert.ok(!takesWheel({ version: '3.12', libc: '' }, 'linux-x64'), 'on musl');
    assert.ok(!takesWheel(PYTHON, 'freebsd-x64'));
  });

  it('is npm’s package of the system, locked by its hash and without scripts', () => {
    const npm = { program: '/bin/npm', args: [] };
    const system = 'linux-x64-gnu';
    const installer = { kind: 'bindings', npm, node: '/bin/node', system } as const;
    const { commands, files } = planBindings(installer, FOLDER);
    assert.deepEqual(commands[0]?.args.slice(0, 4), ['ci', '--prefix', FOLDER, '--ignore-scripts']);
    assert.match(files['package-lock.json'] ?? '', /linux-x64-gnu.*"integrity":"sha512-/);
  });

  it('is npm’s only where Node.js can load it', () => {
    const linux = { platform: 'linux', arch: 'x64' };
    assert.equal(chooseBindings({ ...linux, glibc: '2.38' }), 'linux-x64-gnu');
    assert.equal(chooseBindings({ ...linux, glibc: '3.0' }), 'linux-x64-gnu');
    assert.equal(chooseBindings({ platform: 'darwin', arch: 'arm64' }), 'darwin-arm64');
    assert.equal(chooseBindings({ platform: 'win32', arch: 'x64' }), 'win32-x64-msvc');
    const why = (node: Parameters<typeof chooseBindings>[0]): string => {
      const chosen = chooseBindings(node);
      return typeof chosen === 'string' ? chosen : chosen.why;
    };
    assert.match(why({ ...linux, glibc: '2.36' }), /needs glibc 2\.38, and here is 2\.36/);
    assert.match(why(linux), /here is none/);
    assert.match(why({ platform: 'win32', arch: 'arm64' }), /no Chroma for win32 arm64/);
  });
});

describe('the plan of a private Chroma 0.x', () => {
  it('takes the packages and a Python of its time', () => {
    const { commands } = planEnvironment(
      { kind: 'environment', uv: '/bin/uv' },
      '0.5.13',
      FOLDER,
      'linux',
    );
    const [venv, install] = commands;
    assert.deepEqual(venv?.args, ['venv', '--python', '>=3.9,<3.13', FOLDER]);
    assert.deepEqual(install?.args.slice(-3), [
      '--exclude-newer',
      '2024-10-15',
      'chromadb==0.5.13',
    ]);
  });

  it('brings uv where there is only pip, which cannot go back in time', () => {
    const maker = { kind: 'environment', python: PYTHON } as const;
    const { commands } = planEnvironment(maker, '0.6.3', FOLDER, 'win32');
    const [venv, bring, install] = commands;
    assert.deepEqual(venv, { program: '/bin/python3', args: ['-I', '-m', 'venv', FOLDER] });
    const python = join(FOLDER, 'Scripts', 'python.exe');
    assert.deepEqual(bring, { program: python, args: ['-I', '-m', 'pip', 'install', 'uv'] });
    assert.equal(install?.program, join(FOLDER, 'Scripts', 'uv.exe'));
    assert.ok(install.args.includes('--exclude-newer'));
  });

  it('knows a day for every version, none before it came out', () => {
    for (const [version, released] of [
      ['0.4.0', '2023-07-17'],
      ['0.4.14', '2023-10-09'],
      ['0.4.24', '2024-02-28'],
      ['0.5.0', '2024-04-23'],
      ['0.5.3', '2024-06-18'],
      ['0.5.13', '2024-10-10'],
      ['0.5.23', '2024-12-05'],
      ['0.6.0', '2024-12-30'],
      ['0.6.3', '2025-01-14'],
    ] as const) {
      assert.ok((packagesOf(version) ?? '') > released, version);
    }
  });

  it('needs a Python that has packages', () => {
    assert.ok(supportsPython('3.12'));
    assert.ok(!supportsPython('3.13'));
    assert.ok(!supportsPython('3.8'));
  });
});

describe('what is said of an install', () => {
  const size = { download: 23_316_203, onDisk: 63_039_485 };

  it('is how much there is to download and to keep, where that is known', () => {
    const ask = (kind: 'wheel' | 'environment', what: string, known?: typeof size): string =>
      askFor(kind === 'wheel' ? '1.5.9' : '0.5.13', { kind }, { what, size: known });
    assert.equal(
      ask('wheel', 'chromadb 1.5.9', size),
      'No Chroma 1.x was found on this machine. Install chromadb 1.5.9 privately (23 MB to download, 63 MB on disk)?',
    );
    assert.match(ask('wheel', 'chromadb 1.4.0'), /Install chromadb 1\.4\.0 privately\?$/);
    assert.match(ask('environment', 'chromadb 0.5.13'), /privately \(about 300 MB on disk\)\?$/);
  });

  it('is how far it is, by what is written', () => {
    const whole = { isStreamed: false };
    assert.equal(readGrowth(11_700_000, whole, size).progress, '12 of 23 MB');
    const unpacking = readGrowth(43_000_000, whole, size);
    assert.equal(unpacking.progress, 'unpacking');
    assert.equal(unpacking.fraction?.toFixed(2), '0.50');
    assert.equal(readGrowth(200e6, whole, size).fraction, 1);
    assert.equal(readGrowth(31_500_000, { isStreamed: true }, size).progress, '32 of 63 MB');
    assert.deepEqual(readGrowth(5e6, whole, undefined), { progress: '5 MB so far' });
    assert.equal(readProgress('Collecting numpy<2'), 'Collecting numpy<2');
    assert.equal(
      readProgress('  Downloading onnxruntime-1.2-cp311.whl (5 MB)'),
      'Downloading onnxruntime-1.2-cp311.whl',
    );
    assert.equal(readProgress('Requirement already satisfied'), undefined);
  });

  it('is why it failed, in the installer’s own words', () => {
    const explain = (output: string): string => explainFailure('chromadb 1.5.9', output).message;
    const debian =
      'The virtual environment was not created successfully because ensurepip is not\navailable.';
    assert.match(explain(debian), /apt install python3-venv/);
    assert.match(explain('a\nerror: no route\n'), /no route/);
    assert.match(explain('a\nno route\n'), /no route/);
    const npm =
      'npm error code EINTEGRITY\nnpm error Integrity checksum failed\nnpm error A complete log';
    assert.match(explain(npm), /Integrity checksum failed/);
    const pip = 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES.\n    Got cc09b3';
    assert.match(explain(pip), /DO NOT MATCH/);
  });
});
