import { dirname, join } from 'node:path';
import { ExplainedError } from '../../../system/errors.ts';
import { readOwnUser } from '../../../system/processes/own-user.ts';
import { toShellLine } from '../../../system/processes/shell-line.ts';

/**
 * Why a user cannot read a lineage, with the line that lets them: certbot keeps a key's group and
 * mode when it renews, so it is needed once.
 *
 * @param live absolute path of the folder of its links
 * @param path of the file that is refused
 */
export function explainUnreadable(name: string, live: string, path: string): ExplainedError {
  const line = grantLine(live, readOwnUser().gid);
  return new ExplainedError({
    code: 'lineage-not-readable',
    what: `You may not read certbot’s certificate ${name}.`,
    why: `${path} belongs to root, as certbot makes it.`,
    next: `Run this in a terminal: ${line}`,
    action: { terminal: line, label: 'Open Terminal' },
  });
}

/**
 * Opens the two folders to be passed through, not to be listed, and the lineage's key to a group.
 *
 * @param live absolute path of the folder of its links
 * @param group the number of a group. Pure.
 */
function grantLine(live: string, group: number): string {
  const config = dirname(dirname(live));
  const archive = join(config, 'archive', live.slice(dirname(live).length + 1));
  const keys = ['-name', 'privkey*.pem'];
  const commands = [
    ['chmod', 'o+x', dirname(live), dirname(archive)],
    ['chmod', 'o+rx', live, archive],
    ['find', archive, ...keys, '-exec', 'chgrp', String(group), '{}', '+'],
    ['find', archive, ...keys, '-exec', 'chmod', 'g+r', '{}', '+'],
  ];
  return commands.map((words) => toShellLine({ program: 'sudo', args: words })).join(' && ');
}
