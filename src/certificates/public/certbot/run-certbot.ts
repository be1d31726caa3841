import { readIfThere } from '../../../system/files/replace-file.ts';
import { ProgramNotFoundError, run, type Command } from '../../../system/processes/program.ts';
import { explainFailure } from './certbot-problems.ts';
import { explainMissing } from './certbot-program.ts';

/** How a run is told of, and ended. */
export interface Watching {
  /** Hears each line that says what certbot is doing. */
  readonly report: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Runs certbot to its end, with nobody to answer it.
 *
 * @returns what it said
 * @throws ExplainedError what certbot or the authority refused; AbortError when the signal fires
 */
export async function runCertbot(command: Command, { report, signal }: Watching): Promise<string> {
  const { exitCode, stdout, stderr } = await run(command, {
    signal,
    onLine: (line) => {
      if (/^(Requesting|Renewing|Account|Waiting|Running|Hook)\b/.test(line)) report(line);
    },
  }).catch((error: unknown) => {
    throw error instanceof ProgramNotFoundError ? explainMissing() : error;
  });
  const said = `${stdout}\n${stderr}`;
  if (exitCode === 0) return said;
  throw explainFailure(said, await readOwnLog(said));
}

/** certbot hides some of what an authority says; its log has it. */
async function readOwnLog(said: string): Promise<string> {
  const [, file] = /See the logfile (.+) or re-run/.exec(said) ?? [];
  return (file && (await readIfThere(file).catch(() => undefined))) ?? '';
}
