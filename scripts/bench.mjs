// `npm run bench`: measures what we claim, against peers and in the same run, and writes the result
// into docs/comparison.md. Nothing here is a test: a figure depends on the machine and its load.
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { ensureDependencies, repository } from './dependencies.mjs';

ensureDependencies();
const { format } = await import('prettier');
const { build } = await import('./build.mjs');
const { issuingTime } = await import('./bench/issuing-time.mjs');
const { issuedProfile } = await import('./bench/issued-profile.mjs');
const { versions } = await import('./bench/versions.mjs');
const { waitingTime } = await import('./bench/waiting.mjs');

/**
 * Each gives a section of the document.
 * @type {(() => Promise<string>)[]}
 */
const measurements = [issuingTime, issuedProfile, waitingTime];

await build({ production: true });
const sections = [];
for (const measure of measurements) sections.push(await measure());

const text = `# Compared with mkcert and openssl

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}, ${await versions()}, on
${String(cpus().length)} cores of ${process.platform} ${process.arch}. "The Cookbook" is the openssl command
of the Chroma Cookbook's page on TLS, word by word.

${sections.join('\n\n')}`;
const style = { parser: 'markdown', printWidth: 100, proseWrap: /** @type {const} */ ('preserve') };
const file = join(repository, 'docs', 'comparison.md');
await writeFile(file, await format(text, style));
console.log(`\nWritten to ${file}`);
