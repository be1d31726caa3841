#!/usr/bin/env node
import { compose } from './cli/compose-verb.ts';
import { readArguments, UsageError, USAGE, type Verb } from './cli/arguments.ts';
import { describeCancellation } from './cli/ending.ts';
import { findPassPhrase } from './cli/pass-phrase.ts';
import { generate, logs, start, status, stop, type CliContext } from './cli/verbs.ts';
import { trust, untrust } from './cli/trust-verbs.ts';
import { createServer } from './chroma/create-server.ts';
import { explain, isCancellation, toProblem } from './errors.ts';
import { listChosen, readSettings } from './project/settings.ts';

const VERBS = { generate, start, stop, status, logs, compose, trust, untrust } as const;

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
    // Not `once`: while a program runs, execa ends this process where it finds no other listener.
    process.on('SIGINT', () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort();
    });
    const keyPassPhrase = findPassPhrase(parsed.verb);
    const context: CliContext = {
      workspace,
      settings,
      chosen: listChosen(parsed.settings),
      options: parsed.options,
      signal: controller.signal,
      keyPassPhrase,
      server: createServer({
        workspace,
        distFolder: __dirname,
        readSettings: () => settings,
        log: (line) => {
          process.stderr.write(`${line}\n`);
        },
        keyPassPhrase,
        held: false,
      }),
    };
    return await carryOut(parsed.verb, context);
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\n\n${USAGE}`);
      return 2;
    }
    process.stderr.write(`chroma-tls: ${explain(toProblem(error))}\n`);
    return 1;
  }
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

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
