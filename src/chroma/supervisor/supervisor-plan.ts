import { array, boolean, exactOptional, object, record, string, type GenericSchema } from 'valibot';
import type { ServerFacts } from '../server-facts.ts';
import { PLANNED_SERVER, PORT } from '../server-facts-schema.ts';
import type { ProgramPlan } from './supervised-program.ts';

/**
 * Everything a supervisor needs. It reads this from its standard input, which no other user can
 * read; a command line they can.
 */
export interface SupervisorPlan extends ProgramPlan {
  /** Where it listens for windows and the CLI. */
  readonly control: string;
  readonly certificatesFolder: string;
  /** What opens the key; none where it has no passphrase. */
  readonly keyPassphrase?: string;
  /** The file that says how the program ended. */
  readonly exitFile: string;
  /** The plain port behind our TLS proxy; none where the program ends TLS itself. */
  readonly upstreamPort?: number;
  /** What tells the bearer token that clients have to present; the origins are in `server`. */
  readonly tokenHash?: string;
  readonly server: Omit<ServerFacts, 'id' | 'startedAt'>;
  /** True: end soon after the last window that holds it. False: live until told to stop. */
  readonly held: boolean;
}

export const SUPERVISOR_PLAN: GenericSchema<unknown, SupervisorPlan> = object({
  program: string(),
  args: array(string()),
  env: exactOptional(record(string(), string())),
  withoutEnv: exactOptional(array(string())),
  folder: string(),
  logFile: string(),
  control: string(),
  certificatesFolder: string(),
  keyPassphrase: exactOptional(string()),
  exitFile: string(),
  upstreamPort: exactOptional(PORT),
  tokenHash: exactOptional(string()),
  server: PLANNED_SERVER,
  held: boolean(),
});

/** The exit codes of a supervisor that ended before it served. */
export const REFUSALS = {
  portTaken: 3,
  alreadyThere: 4,
  unusableCertificate: 5,
  unreadablePlan: 6,
} as const;
