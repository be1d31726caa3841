import { chooseAction } from '../chroma/status/problem-cure.ts';
import type { Snapshot } from '../chroma/status/snapshot.ts';
import { isCancellation, toProblem, type Action, type Problem } from '../system/errors.ts';
import {
  CHECK_IDS,
  skipped,
  type Check,
  type CheckId,
  type Finding,
  type Subject,
} from './check.ts';

/** What one check came to. */
export interface CheckResult {
  readonly id: CheckId;
  readonly finding: Finding;
  /** What helps, where something does. */
  readonly cure?: Cure;
}

export interface Cure {
  /** What to do, as a sentence, where the problem says it. */
  readonly text?: string;
  /** The same for a terminal. */
  readonly inTerminal?: string;
  /** What a button would do. */
  readonly action?: Action;
}

/**
 * Runs all checks at once. A fault is named once, by the first check that has it: what only follows
 * from it is not looked at further.
 *
 * @param checks in the order in which their faults count
 * @throws AbortError when the subject's signal fires
 */
export async function runChecks(
  checks: readonly Check[],
  subject: Subject,
): Promise<readonly CheckResult[]> {
  const findings = await Promise.all(
    checks.map(async ({ id, look }) => [id, await lookAt(look, subject)] as const),
  );
  const snapshot = await subject.heard.catch(() => subject.server.snapshot);
  const known = new Map(findings);
  const isBroken = (id: CheckId): boolean => known.get(id)?.kind === 'broken';
  return checks.map(({ id, after }) => {
    const finding = known.get(id) ?? { kind: 'skipped', why: 'It was not looked at.' };
    if (finding.kind !== 'broken') return { id, finding };
    const cause = id === 'project' ? undefined : ['project' as const, ...after].find(isBroken);
    if (cause !== undefined) {
      return { id, finding: followsFrom(cause) };
    }
    return { id, finding, ...describeCure(finding.problems[0], snapshot) };
  });
}

/**
 * The results where the folder itself cannot be read, so that there is nothing else to look at. Pure.
 *
 * @param problem why not
 */
export function failWhole(problem: Problem): readonly CheckResult[] {
  const { next, inTerminal, action } = problem;
  return CHECK_IDS.map((id) =>
    id === 'project'
      ? {
          id,
          finding: { kind: 'broken', problems: [problem] },
          ...toCure(next, inTerminal, action),
        }
      : { id, finding: followsFrom('project') },
  );
}

function followsFrom(cause: CheckId): Finding {
  return skipped(`First the ${cause}: this depends on it.`);
}

async function lookAt(look: Check['look'], subject: Subject): Promise<Finding> {
  try {
    return await look(subject);
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { kind: 'broken', problems: [toProblem(error)] };
  }
}

function describeCure({ next, inTerminal, ...problem }: Problem, snapshot: Snapshot) {
  return toCure(next, inTerminal, chooseAction(problem, snapshot));
}

function toCure(
  text: string | undefined,
  inTerminal: string | undefined,
  action: Action | undefined,
): Pick<CheckResult, 'cure'> {
  if ((text ?? inTerminal ?? action) === undefined) return {};
  return {
    cure: {
      ...(text === undefined ? {} : { text }),
      ...(inTerminal === undefined ? {} : { inTerminal }),
      ...(action === undefined ? {} : { action }),
    },
  };
}
