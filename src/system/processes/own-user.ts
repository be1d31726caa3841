import { homedir, userInfo } from 'node:os';
import { quietly } from '../quietly.ts';

/** The user whom this process runs as. */
export interface OwnUser {
  /** Empty where the system does not tell. */
  readonly name: string;
  /** -1 on Windows. */
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** Reads them. The system knows no name for a mere number, such as a container's `--user 1234`. */
export function readOwnUser(): OwnUser {
  const known = quietly(() => userInfo());
  return {
    name: known?.username ?? process.env['USER'] ?? '',
    uid: known?.uid ?? process.geteuid?.() ?? -1,
    gid: known?.gid ?? process.getegid?.() ?? -1,
    home: known?.homedir ?? homedir(),
  };
}
