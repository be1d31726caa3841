import { dirname } from 'node:path';
import { systemCode } from '../errors.ts';
import type { Disposable } from '../events.ts';
import { findProgram, withFolder } from './program-path.ts';
import { LineParts } from '../line-parts.ts';

/** A program and its arguments, as data: built and tested apart from being run. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** Added to this process's own environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds; a program that hangs is ended then. */
  readonly timeout?: number;
  readonly cwd?: string;
  /** What the program reads on its standard input; nothing where it is not set. */
  readonly input?: string | undefined;
  /** Both output streams, line by line, as they come; a very long line comes in parts. */
  readonly onLine?: (line: string) => void;
}

/** A program that was not found. */
export class ProgramNotFoundError extends Error {
  readonly program: string;

  constructor(program: string) {
    super(`${program} was not found on this machine.`);
    this.name = 'ProgramNotFoundError';
    this.program = program;
  }
}

/**
 * Runs a program to its end, without a shell. A non-zero exit is an outcome, not an exception.
 *
 * @throws ProgramNotFoundError where there is no such program; AbortError when the signal fires
 */
export async function run(command: Command, options: RunOptions = {}): Promise<Outcome> {
  options.signal?.throwIfAborted();
  const program = await resolveProgram(command.program);
  // Loaded when the first program runs, not when the extension is activated.
  const { execa } = await import('execa');
  const child = execa(program, command.args, {
    ...commonOptions(program, command, options.signal),
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
  });
  if (options.onLine) void forwardLines(child, options.onLine);
  const result = await child;
  options.signal?.throwIfAborted();
  if (result.exitCode === undefined && systemCode(result.cause) === 'ENOENT') {
    throw new ProgramNotFoundError(command.program);
  }
  return {
    exitCode: result.exitCode ?? 1,
    stdout: result.stdout,
    stderr: result.timedOut
      ? `${result.stderr}\n${command.program} gave no answer in ${String(options.timeout)} ms`
      : result.stderr,
  };
}

/** Runs a program that goes on until disposed, handing over each line of its output. */
export function follow(
  command: Command,
  onLine: (line: string) => void,
  onEnd: () => void = () => undefined,
): Disposable {
  const controller = new AbortController();
  runUnkept(command, onLine, controller.signal)
    .catch(() => undefined)
    .finally(() => {
      if (!controller.signal.aborted) onEnd();
    });
  return {
    dispose: () => {
      controller.abort();
    },
  };
}

/**
 * A log is followed for days, so its output is not kept: it would fill the memory and end at
 * execa's `maxBuffer`.
 */
async function runUnkept(
  command: Command,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const program = await resolveProgram(command.program);
  signal.throwIfAborted();
  const { execa } = await import('execa');
  const child = execa(program, command.args, {
    ...commonOptions(program, command, signal),
    stdin: 'ignore',
    buffer: false,
  });
  await Promise.all([child, forwardLines(child, onLine)]);
}

/** @param program its absolute path */
function commonOptions(program: string, { env }: Command, signal: AbortSignal | undefined) {
  return {
    reject: false,
    windowsHide: true,
    // A program that a workspace brings must never be found.
    preferLocal: false,
    // A program that was found elsewhere may call others beside it, such as Docker's credential
    // helpers.
    env: { ...withFolder(dirname(program)), ...env },
    ...(signal ? { cancelSignal: signal, forceKillAfterDelay: 3000 } : {}),
  } as const;
}

async function forwardLines(child: Forwarded, onLine: (line: string) => void): Promise<void> {
  const forward = async (from: 'stdout' | 'stderr'): Promise<void> => {
    const lines = new LineParts(onLine);
    try {
      for await (const bytes of child.iterable({ from, binary: true })) lines.take(bytes);
    } catch {
      // The caller sees in the outcome how the program ended.
    }
    lines.end();
  };
  await Promise.all([forward('stdout'), forward('stderr')]);
}

/** The part of execa's child process that is used to forward its output. */
interface Forwarded {
  iterable(options: { from: 'stdout' | 'stderr'; binary: true }): AsyncIterable<Uint8Array>;
}

/** The last line that a program printed; the ones before mostly lead up to it. Pure. */
export function lastLineOf(output: string): string {
  return output.trim().split('\n').at(-1)?.trim() ?? '';
}

async function resolveProgram(program: string): Promise<string> {
  const found = await findProgram(program);
  if (found === undefined) throw new ProgramNotFoundError(program);
  return found;
}
