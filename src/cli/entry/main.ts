import { readArguments, UsageError, type Verb } from '../arguments.ts';
import { guardOutput } from '../output.ts';
import { readPassphrases } from '../terminal-passphrases.ts';
import { cancelOnSignals } from '../signals.ts';
import type { CliContext } from '../verbs.ts';
import { createServer } from '../../chroma/server/create-server.ts';
import { explainInTerminal, isCancellation, toProblem } from '../../system/errors.ts';
import { removeLeftovers } from '../../project/leftovers.ts';
import { listChosen, readSettings } from '../../project/settings.ts';
import { resolveInWorkspace } from '../../project/workspace-path.ts';

type RunVerb = (context: CliContext) => Promise<number>;

/** What loads the code of each verb, when it is called: a user waits for it. */
export type Verbs = Readonly<Partial<Record<Verb, () => Promise<RunVerb>>>>;

/** What heeds a cancellation; whatever else runs ends by the signal itself. */
const CANCELLABLE: ReadonlySet<Verb> = new Set([
  'generate',
  'start',
  'stop',
  'doctor',
  'compose',
  'trust',
  'untrust',
  'certbot',
  'renew',
  'request',
  'aws',
  'clean',
]);

/**
 * Carries out one command line, and ends this process when all is written.
 *
 * @param argv what was typed after the program's name
 * @param distFolder where our bundles lie
 */
export async function main(
  verbs: Verbs,
  argv: readonly string[],
  distFolder: string,
): Promise<void> {
  guardOutput();
  const code = await obey(verbs, argv, distFolder);
  // What could not be written has made it a failure already.
  if (code !== 0) process.exitCode = code;
  await leave();
}

/** Exit 0: well. 1: a failure that was explained. 2: wrong usage. */
async function obey(verbs: Verbs, argv: readonly string[], distFolder: string): Promise<number> {
  try {
    const parsed = readArguments(argv);
    if (parsed.help) {
      process.stdout.write(await usage());
      return 0;
    }
    const settings = readSettings(parsed.settings);
    const workspace = process.cwd();
    const controller = new AbortController();
    if (CANCELLABLE.has(parsed.verb)) cancelOnSignals(controller);
    await refuseFolderOutside(workspace, parsed.settings.certificatesFolder);
    await removeLeftovers(workspace, settings);
    const passphrases = readPassphrases(parsed.verb);
    const context: CliContext = {
      workspace,
      settings,
      chosen: listChosen(parsed.settings),
      options: parsed.options,
      signal: controller.signal,
      passphrases,
      server: createServer({
        workspace,
        distFolder,
        readSettings: () => settings,
        log: (line) => {
          process.stderr.write(`${line}\n`);
        },
        keyPassphrase: passphrases.read,
        held: false,
      }),
    };
    return await carryOut(verbs, parsed.verb, context);
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(
        argv.length === 0
          ? `${error.message}\n\n${await usage()}`
          : `${error.message}\nchroma-tls --help says what there is.\n`,
      );
      return 2;
    }
    process.stderr.write(`chroma-tls: ${explainInTerminal(toProblem(error))}\n`);
    return 1;
  }
}

/** @throws UsageError */
async function refuseFolderOutside(workspace: string, folder: unknown): Promise<void> {
  if (typeof folder !== 'string') return;
  await resolveInWorkspace(workspace, folder).catch((error: unknown) => {
    const { code, what, why } = toProblem(error);
    if (code !== 'outside-workspace') throw error;
    throw new UsageError(`--folder: ${[what, why].filter(Boolean).join(' ')}`);
  });
}

async function usage(): Promise<string> {
  return (await import('../usage.ts')).USAGE;
}

async function carryOut(verbs: Verbs, verb: Verb, context: CliContext): Promise<number> {
  try {
    const run = await verbs[verb]?.();
    if (!run) throw new Error(`The verb ${verb} is not in this bundle.`);
    return await run(context);
  } catch (error) {
    if (!isCancellation(error)) throw error;
    const { describeCancellation } = await import('../ending.ts');
    process.stderr.write(`${describeCancellation(verb, context.server.snapshot)}\n`);
    return 1;
  }
}

/** Ends at once when all is written: what the system still looks up, nothing else stops. */
async function leave(): Promise<void> {
  const flushed = [process.stdout, process.stderr].map(
    (stream) =>
      new Promise<void>((resolve) => {
        stream.write('', () => {
          resolve();
        });
      }),
  );
  await Promise.all(flushed);
  // After the errors of output that could not be written, which come a turn later.
  setImmediate(() => process.exit());
}
