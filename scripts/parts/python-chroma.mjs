// Chroma without Docker: one virtual environment for each version the tests want.
import { join } from 'node:path';
import { execa } from 'execa';
import { asPart, exists, keptFolder, progress } from './bench.mjs';
import { uv } from './uv.mjs';

/**
 * The newest packages break old servers: take those of the time the server came out. No date: the
 * newest of today, as a user's own `pip install` would.
 * @type {Record<string, { python: string, before?: string }>}
 */
export const chromaReleases = {
  '0.4.22': { python: '3.11', before: '2024-02-01' },
  '0.4.24': { python: '3.11', before: '2024-03-15' },
  '0.5.0': { python: '3.11', before: '2024-05-15' },
  '0.5.13': { python: '3.11', before: '2024-11-01' },
  '0.6.3': { python: '3.11', before: '2025-02-01' },
  '1.5.9': { python: '3.11' },
};

/** Arguments for `uv pip install` of one Chroma version.
 * @param {string} version
 */
export function chromaRequirement(version) {
  const before = chromaReleases[version]?.before;
  return [...(before ? ['--exclude-newer', before] : []), `chromadb==${version}`];
}

/** @param {string} version */
export function pythonChroma(version) {
  return asPart(`chroma ${version}`, async () => {
    const folder = await keptFolder(`chroma-${version}`, async (target) => {
      progress(`chroma ${version}`)('installing into a virtual environment');
      await uv(['venv', '--clear', target]);
      const python = interpreterIn(target);
      await uv([
        'pip',
        'install',
        '--compile-bytecode',
        '--python',
        python,
        ...chromaRequirement(version),
      ]);
    });
    const python = interpreterIn(folder);
    // The interpreter it was made with may be gone since.
    await execa(python, ['--version']);
    const command = scriptIn(folder, 'chroma');
    if (!(await exists(command))) throw new Error(`${command} is missing`);
    progress(`chroma ${version}`)(command);
    return { available: true, version, folder, python, command };
  });
}

/** @param {string} folder */
const interpreterIn = (folder) => scriptIn(folder, 'python');

/**
 * @param {string} folder
 * @param {string} name
 */
function scriptIn(folder, name) {
  return process.platform === 'win32'
    ? join(folder, 'Scripts', `${name}.exe`)
    : join(folder, 'bin', name);
}
