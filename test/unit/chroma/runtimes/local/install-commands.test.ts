import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import {
  installCommands,
  packagesOf,
  supportsPython,
} from '../../../../../src/chroma/runtimes/local/install-commands.ts';
import {
  explainFailure,
  readProgress,
} from '../../../../../src/chroma/runtimes/local/private-environment.ts';

const UV = { kind: 'uv', program: '/bin/uv' } as const;
const PYTHON = { kind: 'python', program: '/bin/python3', args: [] } as const;
const FOLDER = join('/data', 'python', 'chroma');

describe('the commands that make a private environment', () => {
  it('take today’s packages for 1.x', () => {
    assert.deepEqual(installCommands(UV, '1.5.9', FOLDER, 'linux'), [
      { program: '/bin/uv', args: ['venv', FOLDER] },
      {
        program: '/bin/uv',
        args: ['pip', 'install', '--python', join(FOLDER, 'bin', 'python'), 'chromadb==1.5.9'],
      },
    ]);
    assert.deepEqual(installCommands(PYTHON, '1.5.9', FOLDER, 'linux'), [
      { program: '/bin/python3', args: ['-m', 'venv', FOLDER] },
      {
        program: join(FOLDER, 'bin', 'python'),
        args: ['-m', 'pip', 'install', 'chromadb==1.5.9'],
      },
    ]);
  });

  it('take the packages and a Python of its time for 0.x', () => {
    const [venv, install] = installCommands(UV, '0.5.13', FOLDER, 'linux');
    assert.deepEqual(venv?.args, ['venv', '--python', '>=3.9,<3.13', FOLDER]);
    assert.deepEqual(install?.args.slice(-3), [
      '--exclude-newer',
      '2024-10-15',
      'chromadb==0.5.13',
    ]);
  });

  it('bring uv where there is only pip, which cannot go back in time', () => {
    const py = { kind: 'python', program: 'py', args: ['-3.12'] } as const;
    const [venv, bring, install] = installCommands(py, '0.6.3', FOLDER, 'win32');
    assert.deepEqual(venv, { program: 'py', args: ['-3.12', '-m', 'venv', FOLDER] });
    const python = join(FOLDER, 'Scripts', 'python.exe');
    assert.deepEqual(bring, { program: python, args: ['-m', 'pip', 'install', 'uv'] });
    assert.equal(install?.program, join(FOLDER, 'Scripts', 'uv.exe'));
    assert.ok(install.args.includes('--exclude-newer'));
  });

  it('know a day for every version of 0.x, none before it came out', () => {
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
    assert.equal(packagesOf('1.0.0'), undefined);
    assert.equal(packagesOf('1.5.9'), undefined);
  });

  it('need a Python that has packages', () => {
    assert.ok(supportsPython('1.5.9', '3.13'));
    assert.ok(supportsPython('0.5.13', '3.12'));
    assert.ok(!supportsPython('0.5.13', '3.13'));
    assert.ok(!supportsPython('1.5.9', '3.8'));
  });

  it('tell their progress, and why they failed', () => {
    assert.equal(readProgress('Collecting numpy<2'), 'Collecting numpy<2');
    assert.equal(
      readProgress('  Downloading onnxruntime-1.2-cp311.whl (5 MB)'),
      'Downloading onnxruntime-1.2-cp311.whl',
    );
    assert.equal(readProgress('Requirement already satisfied'), undefined);
    const debian =
      'The virtual environment was not created successfully because ensurepip is not\navailable.';
    assert.match(explainFailure('1.5.9', debian).message, /apt install python3-venv/);
    assert.match(explainFailure('1.5.9', 'a\nerror: no route\n').message, /error: no route/);
  });
});
