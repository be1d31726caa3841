import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import type { Workspace } from './cli.ts';

/** The parts of a local server, each a process of its own. */
export type Role = 'supervisor' | 'watchdog' | 'chroma';

export interface RunningProcess {
  readonly pid: number;
  readonly role: Role;
}

/**
 * What still runs for a workspace's local server. Each of its processes has inherited the
 * workspace's own data folder in its environment, whatever its arguments are.
 */
export function processesOf(workspace: Workspace): readonly RunningProcess[] {
  const commands = list(['axww']);
  const ours = [...list(['axeww'])].filter(([, text]) => text.includes(dirname(workspace.folder)));
  return ours.flatMap(([pid]) => {
    const command = commands.get(pid);
    return command === undefined ? [] : [{ pid, role: nameRole(command) }];
  });
}

export function pidOf(workspace: Workspace, role: Role): number {
  const found = processesOf(workspace).find((process) => process.role === role);
  if (!found) throw new Error(`There is no ${role}.`);
  return found.pid;
}

function nameRole(command: string): Role {
  if (command.includes('supervisor.js')) return 'supervisor';
  return command.includes('watchdog.js') ? 'watchdog' : 'chroma';
}

function list(options: readonly string[]): ReadonlyMap<number, string> {
  const text = execFileSync('ps', [...options, '-o', 'pid=,args='], {
    encoding: 'utf8',
    // It lists itself too, and must not look like one of ours.
    env: { PATH: process.env['PATH'] },
    maxBuffer: 64 * 1024 * 1024,
  });
  return new Map(
    text.split('\n').map((line) => {
      const [, pid = '0', command = ''] = /^ *(\d+) (.*)$/.exec(line) ?? [];
      return [Number(pid), command];
    }),
  );
}
