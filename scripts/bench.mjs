// `npm run bench`: measures what we claim, against peers and in the same run, and writes the result
// into docs/comparison.md. Nothing here is a test: a figure depends on the machine and its load, and
// what cannot be measured is written down as that.
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { ensureDependencies, repository } from './dependencies.mjs';

ensureDependencies();
if (process.argv.includes('--no-install')) process.env['CHROMA_TLS_NO_INSTALL'] = 'true';
// On `exit` everything that was started is stopped.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));
const { format } = await import('prettier');
const { build } = await import('./build.mjs');
const { progress, reasonOf } = await import('./parts/bench.mjs');
const { boundedTimes } = await import('./bench/bounded-times.mjs');
const { issuingTime } = await import('./bench/issuing-time.mjs');
const { issuedProfile } = await import('./bench/issued-profile.mjs');
const { versions } = await import('./bench/versions.mjs');

const say = progress('bench');
say('building');
const metafile = await build({ production: true });

/**
 * The title and the text of each section of the document. The last one may compile something, so nothing
 * is measured after it.
 * @type {[string, () => Promise<string>][]}
 */
const measurements = [
  ['Where a person waits', () => boundedTimes(metafile)],
  ['Time to a key and a certificate', issuingTime],
  ['What is made', issuedProfile],
];

const sections = [];
for (const [title, measure] of measurements) {
  say(title);
  const text = await measure().catch((/** @type {unknown} */ error) => {
    say(`${title}: not measured: ${reasonOf(error)}`);
    return `Not measured: ${reasonOf(error)}`;
  });
  sections.push(`## ${title}\n\n${text}`);
}

const text = `# Compared with mkcert and openssl

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}, ${await versions()}, on
${String(cpus().length)} cores of ${process.platform} ${process.arch}. "The Cookbook" is the openssl command
of the Chroma Cookbook's page on TLS, word by word.

${sections.join('\n\n')}`;
const style = { parser: 'markdown', printWidth: 100, proseWrap: /** @type {const} */ ('preserve') };
const file = join(repository, 'docs', 'comparison.md');
await writeFile(file, await format(text, style));
say(`written to ${file}`);
// A program that is still being compiled ends with this process, and is compiled on by the next run.
process.exit();
