// Runs inside VS Code's extension host (`extensionTestsPath`), once a window: what VS Code itself says
// about how long extensions took, and which files of ours were read.
import { Session } from 'node:inspector';
import { randomUUID } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { commands, extensions, workspace } from 'vscode';

const OURS = 'chroma-tls.chroma-tls';
const GIT = 'vscode.git';
/** Milliseconds. */
const PATIENCE = 60_000;

/** VS Code calls this. */
export async function run() {
  const folder = process.env['CHROMA_TLS_BENCH_RESULTS'] ?? '';
  const result = await look().catch((/** @type {unknown} */ error) => ({ error: String(error) }));
  const unfinished = join(folder, randomUUID());
  await writeFile(unfinished, JSON.stringify(result));
  await rename(unfinished, `${unfinished}.json`);
}

async function look() {
  const until = Date.now() + PATIENCE;
  const isReady = () => [OURS, GIT].every((id) => extensions.getExtension(id)?.isActive);
  while (!isReady()) {
    if (Date.now() > until) throw new Error('The extensions were not activated in a minute.');
    await pause(100);
  }
  for (;;) {
    const text = await readStartup();
    const [ours, git] = [OURS, GIT].map((id) => readRow(text, id));
    if (ours && git) return { ours, git, files: await readFiles() };
    if (Date.now() > until) throw new Error(`VS Code says no times: ${text.slice(0, 200)}`);
    await pause(500);
  }
}

/** What "Developer: Startup Performance" shows, as Markdown. */
async function readStartup() {
  await commands.executeCommand('perfview.show');
  await pause(1000);
  const shown = workspace.textDocuments.find(({ uri }) => uri.scheme === 'perf');
  const text = shown?.getText() ?? '';
  await commands.executeCommand('workbench.action.closeAllEditors');
  return text;
}

/**
 * A line of the table: | Extension | Eager | Load Code | Call Activate | Finish | Event | By |
 * @param {string} text
 * @param {string} id
 */
function readRow(text, id) {
  const line = text.split('\n').find((one) => one.split('|')[1]?.trim() === id);
  if (line === undefined) return undefined;
  const [load = 0, call = 0, finish = 0] = line.split('|').slice(3, 6).map(Number);
  return { load, call, finish };
}

/** The files of ours that were read by now, and how many bytes each has: V8 names all its scripts. */
async function readFiles() {
  const dist = `file://${extensions.getExtension(OURS)?.extensionUri.path ?? ''}/dist/`;
  /** @type {Record<string, number>} */
  const files = {};
  const session = new Session();
  session.connect();
  session.on('Debugger.scriptParsed', ({ params: { url, length = 0 } }) => {
    if (decodeURI(url).startsWith(dist)) files[decodeURI(url).slice(dist.length)] = length;
  });
  await new Promise((resolve) => session.post('Debugger.enable', resolve));
  session.disconnect();
  return files;
}
