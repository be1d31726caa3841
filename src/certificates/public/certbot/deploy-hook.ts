import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  dataFolder,
  explainUnusable,
  makePrivateFolder,
  workspaceDataFolder,
  workspaceId,
} from '../../../project/data-folder.ts';
import { ExplainedError, systemCode } from '../../../system/errors.ts';
import { isAccessible, replaceFile } from '../../../system/files/replace-file.ts';
import { quoteForShell, toShellLine } from '../../../system/processes/shell-line.ts';
import { foldersOf } from './certbot-folders.ts';
import type { Lineage } from './lineages.ts';

/** What a hook runs, and as whom. */
export interface HookTask {
  /** Absolute path of the workspace. */
  readonly workspace: string;
  readonly lineage: Lineage;
  /** What runs the terminal's shell: the absolute path of Node.js, or of the Electron that has it. */
  readonly node: string;
  /** Absolute path of our `cli.js`. */
  readonly cli: string;
  /** The options of `chroma-tls renew`, each a word of the form `--name=value`. */
  readonly options: readonly string[];
  /** Whose files the workspace has; undefined where the system has no such numbers. */
  readonly owner: { readonly uid: number; readonly gid: number; readonly home: string };
}

/** What became of a hook. */
export type HookPlacement =
  | { readonly kind: 'placed'; readonly path: string }
  /** Only an administrator may put it there. */
  | { readonly kind: 'by-hand'; readonly line: string };

/**
 * The script that certbot runs whenever it has renewed something. Every word that comes from outside
 * stands in quotes, so a shell reads it back as it is; certbot's timer runs as root, and nothing of a
 * user's is run as root, so it becomes that user first. What is gone by then is not a failure of
 * certbot's. Pure.
 *
 * @param data absolute path of the data folder that the user's programs share
 */
export function hookScript(task: HookTask, data: string): string {
  const { workspace, lineage, node, cli, options, owner } = task;
  const quote = quoteForShell;
  const command = [
    'env',
    quote(`HOME=${owner.home}`),
    quote(`CHROMA_TLS_DATA_DIR=${data}`),
    'ELECTRON_RUN_AS_NODE=1',
    quote(node),
    quote(cli),
    'renew',
    ...options.map(quote),
  ].join(' ');
  return `#!/bin/sh
# Made by Chroma TLS: has the Chroma of one folder serve what certbot has renewed.
# Delete this file to end that.
[ "\${RENEWED_LINEAGE:-}" = ${quote(lineage.live)} ] || exit 0
cd ${quote(workspace)} 2>/dev/null || exit 0
[ -x ${quote(node)} ] && [ -f ${quote(cli)} ] || exit 0
set -- ${command}
if [ "$(id -u)" != ${owner.uid} ]; then
  if command -v setpriv >/dev/null; then
    set -- setpriv --reuid=${owner.uid} --regid=${owner.gid} --init-groups -- "$@"
  else
    set -- sudo -n -u ${quote(`#${owner.uid}`)} -- "$@"
  fi
fi
exec "$@"
`;
}

/**
 * Puts a workspace's hook where certbot runs it, in the place of a former one.
 *
 * @throws ExplainedError `data-folder-not-usable`
 */
export async function placeHook(task: HookTask): Promise<HookPlacement> {
  const path = hookFile(task.workspace, foldersOf(task.lineage.live).config);
  const folder = dirname(path);
  const script = hookScript(task, dataFolder());
  try {
    await mkdir(folder, { recursive: true });
    await replaceFile(path, script, 0o755);
    return { kind: 'placed', path };
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(systemCode(error) ?? '')) throw error;
  }
  const draft = join(workspaceDataFolder(task.workspace), 'certbot-deploy-hook.sh');
  await explainUnusable(async () => {
    await makePrivateFolder(dirname(draft));
    await replaceFile(draft, script, 0o700);
  });
  const commands = [
    ['mkdir', '-p', folder],
    ['install', '-m', '0755', draft, path],
  ];
  const line = commands.map((args) => toShellLine({ program: 'sudo', args })).join(' && ');
  return { kind: 'by-hand', line };
}

/**
 * The hooks of a workspace that are in place.
 *
 * @param configs absolute paths of certbot's configuration folders to look in
 */
export async function findHooks(
  workspace: string,
  configs: readonly string[],
): Promise<readonly string[]> {
  const paths = [...new Set(configs)].map((config) => hookFile(workspace, config));
  const there = await Promise.all(paths.map((path) => isAccessible(path)));
  return paths.filter((_, index) => there[index]);
}

/**
 * Deletes a hook, if there is one.
 *
 * @throws ExplainedError `hook-not-removed` where only an administrator may, with the line that does it
 */
export async function removeHook(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(systemCode(error) ?? '')) throw error;
    const line = toShellLine({ program: 'sudo', args: ['rm', '--', path] });
    throw new ExplainedError(
      {
        code: 'hook-not-removed',
        what: `Only an administrator may delete ${path}.`,
        next: `Run this in a terminal: ${line}`,
        action: { terminal: line, label: 'Open Terminal' },
      },
      error,
    );
  }
}

/** Where certbot runs a workspace's hook. @param config absolute path of certbot's configuration */
function hookFile(workspace: string, config: string): string {
  return join(config, 'renewal-hooks', 'deploy', `chroma-tls-${workspaceId(workspace)}.sh`);
}
