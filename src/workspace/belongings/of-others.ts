import { homedir } from 'node:os';
import { join } from 'node:path';
import { readImportRecord } from '../../certificates/public/acm/acm-import-record.ts';
import { dataFolder, workspaceId } from '../../project/data-folder.ts';
import { isAccessible } from '../../system/files/replace-file.ts';
import { toShellLine } from '../../system/processes/shell-line.ts';
import type { Findings } from '../clean-plan.ts';
import type { WorkspaceContext } from '../context.ts';

/** What is not ours to remove, or not this folder's alone, with what removes it. */
export async function findWhatStays({
  workspace,
  settings,
}: Pick<WorkspaceContext, 'workspace' | 'settings'>): Promise<Findings> {
  const { certificatesFolder, envFile } = settings;
  const stays = [
    `${certificatesFolder}, ${envFile} and Compose files stay: they lie in the folder.`,
    ...(await findTimers(workspace)),
  ];
  const imported = await readImportRecord(workspace);
  if (imported) stays.push(`AWS keeps the certificate ${imported.arn}: delete it there.`);
  for (const [name, what] of [
    ['acme-accounts', 'Accounts at ACME authorities stay'],
    ['certbot', 'What certbot keeps for this user stays'],
  ] as const) {
    const path = join(dataFolder(), name);
    if (await isAccessible(path)) stays.push(`${what}, for all folders: ${path}`);
  }
  return { found: [], stays, unknown: [] };
}

/** Timers that a user has put in place: we only print their files. */
async function findTimers(workspace: string): Promise<readonly string[]> {
  const id = workspaceId(workspace);
  const unit = `chroma-tls-renew-${id}`;
  const systemd = join(homedir(), '.config/systemd/user');
  const agent = join(homedir(), 'Library/LaunchAgents', `chroma-tls.renew.${id}.plist`);
  const units = ['timer', 'service'].map((kind) => join(systemd, `${unit}.${kind}`));
  const lines = [
    [
      units[0] ?? '',
      [
        { program: 'systemctl', args: ['--user', 'disable', '--now', `${unit}.timer`] },
        { program: 'rm', args: ['-f', ...units] },
      ],
    ],
    [
      agent,
      [
        { program: 'launchctl', args: ['unload', agent] },
        { program: 'rm', args: [agent] },
      ],
    ],
  ] as const;
  const stays: string[] = [];
  for (const [path, commands] of lines) {
    if (!(await isAccessible(path))) continue;
    stays.push(`You put a timer in place. Remove it: ${commands.map(toShellLine).join(' && ')}`);
  }
  return stays;
}
