import { ExplainedError } from '../../system/errors.ts';
import type { Command } from '../../system/processes/program.ts';
import { findProgram } from '../../system/processes/program-path.ts';
import { toShellLine } from '../../system/processes/shell-line.ts';
import type { Run, TrustStore } from './stores/store.ts';

/** How a command gets an administrator's rights; `by-hand` where only the user can run it. */
export type Elevation = 'none' | 'sudo' | 'pkexec' | 'by-hand';

export interface ElevationFacts {
  readonly isRoot: boolean;
  readonly sudo: 'missing' | 'asks' | 'asks-nothing';
  /** Whether sudo can ask its question: there is a terminal the user sits at. */
  readonly hasTerminal: boolean;
  readonly hasPkexec: boolean;
  /** Whether a desktop is there to show pkexec's dialog. */
  readonly hasDesktop: boolean;
}

/** The first way that asks no question where nobody can see it. Pure. */
export function chooseElevation(facts: ElevationFacts): Elevation {
  if (facts.isRoot) return 'none';
  if (facts.sudo === 'asks-nothing') return 'sudo';
  if (facts.sudo === 'asks' && facts.hasTerminal) return 'sudo';
  return facts.hasPkexec && facts.hasDesktop ? 'pkexec' : 'by-hand';
}

/** A command as an administrator. Pure; both programs drop the environment, so it is set again. */
export function elevate(command: Command, elevation: Exclude<Elevation, 'by-hand'>): Command {
  if (elevation === 'none') return command;
  const variables = Object.entries(command.env ?? {}).map(([name, value]) => `${name}=${value}`);
  const prefix = variables.length > 0 ? ['env', ...variables] : [];
  return {
    program: elevation,
    args: [...(elevation === 'sudo' ? ['--'] : []), ...prefix, command.program, ...command.args],
  };
}

/** What this process can do. */
export async function readElevationFacts(run: Run, hasTerminal: boolean): Promise<ElevationFacts> {
  const isRoot = process.getuid?.() === 0;
  const [sudo, pkexec] = await Promise.all([findProgram('sudo'), findProgram('pkexec')]);
  const asksNothing =
    !isRoot &&
    sudo !== undefined &&
    (await run({ program: sudo, args: ['-n', 'true'] })).exitCode === 0;
  return {
    isRoot,
    sudo: sudo === undefined ? 'missing' : asksNothing ? 'asks-nothing' : 'asks',
    hasTerminal,
    hasPkexec: pkexec !== undefined,
    hasDesktop: Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']),
  };
}

/** The problem of a store that only an administrator can change, with the line that does it. */
export function explainByHand(
  store: TrustStore,
  commands: readonly Command[],
  platform: NodeJS.Platform = process.platform,
): ExplainedError {
  if (platform === 'win32') {
    return new ExplainedError({
      code: 'needs-administrator',
      what: `${nameStore(store)} can only be changed by an administrator.`,
      next: 'Start this program as an administrator, then try again.',
    });
  }
  const line = commands.map((command) => toShellLine(elevate(command, 'sudo'))).join(' && ');
  return new ExplainedError({
    code: 'needs-administrator',
    what: `${nameStore(store)} can only be changed by an administrator.`,
    why: 'A password can be typed only in a terminal.',
    next: `Run this in a terminal: ${line}`,
    action: { terminal: line, label: 'Open Terminal' },
  });
}

/** A store as the subject of a sentence. */
export function nameStore({ name, location }: TrustStore): string {
  return name === 'system' ? "The system's store" : `${name}'s store (${location})`;
}
