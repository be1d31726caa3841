// `npm run pictures`: records the first minute in VS Code by the test that walks through it, for the
// README: `docs/images/first-minute.webp` and, for those who want nothing to move, `healthy.png`.
import { copyFile, mkdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDependencies, repository } from './dependencies.mjs';

/** How long (ms) it takes at most, and how long the end is seen of that: a busy machine is slower. */
const WHOLE = 12_000;
const LAST = 2000;

ensureDependencies();
const { ensureNewNode } = await import('./newer-node.mjs');
await ensureNewNode();
const { execa } = await import('execa');
const { part } = await import('./parts/install-parts.mjs');
const { runSuites } = await import('./suites/run-suites.mjs');

const images = join(repository, 'docs', 'images');
// Its path is in the picture, so it has no random name.
const folder = join(tmpdir(), 'film');
await mkdir(folder);
process.env['CHROMA_TLS_FRAMES'] = folder;
try {
  const isWell = await runSuites(['browser'], { grep: '^the first minute' });
  if (!isWell) throw new Error('The walk did not work, so there are no new pictures.');
  await copyFile(join(folder, 'healthy.png'), join(images, 'healthy.png'));
  await joinFrames(join(images, 'first-minute.webp'));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
// An installation that no test waits for must not hold the run.
process.exit();

/** @param {string} file */
async function joinFrames(file) {
  const found = await part('img2webp');
  if (!found.available) throw new Error(`img2webp (package webp) is missing: ${found.reason}.`);
  const frames = /** @type {{ file: string, milliseconds: number }[]} */ (
    JSON.parse(await readFile(join(folder, 'frames.json'), 'utf8'))
  );
  const walk = frames.slice(0, -1).reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const pace = Math.min(1, (WHOLE - LAST) / walk);
  const shown = frames.map((frame, index) => ({
    ...frame,
    milliseconds: index === frames.length - 1 ? LAST : Math.round(frame.milliseconds * pace),
  }));
  const args = shown.flatMap((frame) => ['-d', String(frame.milliseconds), frame.file]);
  await execa('img2webp', ['-loop', '0', '-lossy', '-q', '75', '-m', '6', ...args, '-o', file]);
  const seconds = shown.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000;
  const { size } = await stat(file);
  console.log(
    `${file}: ${seconds.toFixed(1)} s, ${shown.length} frames, ${Math.round(size / 1000)} kB`,
  );
}
