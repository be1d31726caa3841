#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { certbot } from './cli/public/certbot-verb.ts';
import { compose } from './cli/compose-verb.ts';
import { readArguments, UsageError, type Verb } from './cli/arguments.ts';
import { USAGE } from './cli/usage.ts';
import { describeCancellation } from './cli/ending.ts';
import { guardOutput } from './cli/output.ts';
import { readPassphrases } from './cli/passphrase.ts';
import { cancelOnSignals } from './cli/signals.ts';
import { exportFile } from './cli/export-verb.ts';
import { importFiles, protect } from './cli/import-verb.ts';
import { renew } from './cli/public/renew-verb.ts';
import { request } from './cli/public/request-verb.ts';
import { restore } from './cli/restore-verb.ts';
import { generate, logs, start, status, stop, type CliContext } from './cli/verbs.ts';
import { trust, untrust } from './cli/trust-verbs.ts';
import { createServer } from './chroma/server/create-server.ts';
import { explain, isCancellation, toProblem } from './system/errors.ts';
import { removeLeftovers } from './project/leftovers.ts';
import { listChosen, readSettings } from './project/settings.ts';
import { resolveInWorkspace } from './project/workspace-path.ts';

const VERBS = {
  generate,
  import: importFiles,
  export: exportFile,
  protect,
  restore,
  start,
  stop,
  status,
  logs,
  compose,
  // Loaded only then: nothing else needs what it prints.
  clients: async (context: CliContext) => (await import('./cli/clients-verb.ts')).clients(context),
  trust,
  untrust,
  certbot,
  renew,
  request,
  // Loaded only then: it is rarely called.
  aws: async (context: CliContext) => (await import('./cli/public/aws-verb.ts')).aws(context),
  clean: async (context: CliContext) => (await import('./cli/clean-verb.ts')).clean(context),
} as const;

/** What heeds a cancellation; whatever else runs ends by the signal itself. */
const CANCELLABLE: ReadonlySet<Verb> = new Set([
  'generate',
  'start',
  'stop',
  'compose',
  'trust',
  'untrust',
  'certbot',
  'renew',
  'request',
  'aws',
  'clean',
]);

/** Exit 0: well. 1: a failure that was explained. 2: wrong usage. */
async function main(argv: readonly string[]): Promise<number> {
  try {
    const parsed = readArguments(argv);
    if (parsed.help) {
      process.stdout.write(USAGE);
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
        distFolder: fileURLToPath(new URL('.', import.meta.url)),
        readSettings: () => settings,
        log: (line) => {
          process.stderr.write(`${line}\n`);
        },
        keyPassphrase: passphrases.read,
        held: false,
      }),
    };
    return await carryOut(parsed.verb, context);
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(
        argv.length === 0
          ? `${error.message}\n\n${USAGE}`
          : `${error.message}\nchroma-tls --help says what there is.\n`,
      );
      return 2;
    }
    process.stderr.write(`chroma-tls: ${explain(toProblem(error))}\n`);
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

async function carryOut(verb: Verb, context: CliContext): Promise<number> {
  try {
    return await VERBS[verb](context);
  } catch (error) {
    if (!isCancellation(error)) throw error;
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

guardOutput();
void main(process.argv.slice(2)).then((code) => {
  // What could not be written has made it a failure already.
  if (code !== 0) process.exitCode = code;
  return leave();
});
