// `npm start`: VS Code with the extension, on a sample workspace. The desktop's if there is one,
// else a VS Code server of our own and a browser.
import { ensureDependencies, repository } from './dependencies.mjs';
import { parseArgs } from 'node:util';

const help = `npm start -- [options]
  --folder PATH  open this folder instead of a sample workspace
  --web          the VS Code server and a browser, even where desktop VS Code is installed
  --port PORT    for the VS Code server (default: the first free one from 3000)
  --no-open      open nothing, only say what to open
`;

const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    web: { type: 'boolean', default: false },
    port: { type: 'string', default: '3000-3099' },
    'no-open': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(help);
  process.exit();
}

ensureDependencies();
const { randomUUID } = await import('node:crypto');
const { resolve } = await import('node:path');
const { execa } = await import('execa');
const { build } = await import('./build.mjs');
const { sampleWorkspace } = await import('./sample-workspace.mjs');

console.log('Building the extension …');
await build();
const folder = values.folder ? resolve(values.folder) : await sampleWorkspace();
if (!values.web && (await hasDesktopVsCode())) await openDesktop();
else await serveInBrowser();

async function hasDesktopVsCode() {
  const { exitCode } = await execa('code', ['--version'], { reject: false, stdin: 'ignore' });
  return exitCode === 0;
}

async function openDesktop() {
  const { startOpener } = await import('./serve-vscode.mjs');
  const extensions = [repository, startOpener].map((path) => `--extensionDevelopmentPath=${path}`);
  const args = ['--new-window', ...extensions, folder];
  if (values['no-open']) {
    console.log(`Nothing opened. To open it: code ${args.join(' ')}`);
    return;
  }
  await execa('code', args, { stdio: 'inherit', env: { CHROMA_TLS_START: randomUUID() } });
  console.log(`VS Code opens ${folder} with Chroma TLS and its walkthrough.`);
}

async function serveInBrowser() {
  const { serveForPerson } = await import('./serve-for-person.mjs');
  console.log('No desktop VS Code (`code`) is used; serving VS Code for a browser.');
  process.exitCode = await serveForPerson({ folder, port: values.port, open: !values['no-open'] });
}
