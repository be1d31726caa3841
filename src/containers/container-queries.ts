import { intersect, object, type GenericSchema } from 'valibot';
import { ExplainedError } from '../system/errors.ts';
import { readJson } from '../system/json.ts';
import { explainAnswer } from './engine-problems.ts';
import { CHECK_TIMEOUT, type Engine } from './engine.ts';
import { INSPECTED, INSPECTED_TEMPLATES, type InspectedContainer } from './inspected-container.ts';

/** What more is asked of a container than `InspectedContainer` has. */
export interface ContainerQuestion<More extends object> {
  /** A template for each further field. */
  readonly templates: Readonly<Record<string, string>>;
  readonly form: GenericSchema<unknown, More>;
}

const NOTHING_MORE: ContainerQuestion<object> = { templates: {}, form: object({}) };

/**
 * The containers with these ids, as far as they are still there.
 *
 * @throws ExplainedError where the engine does not answer, `engine-not-understood`
 */
export async function inspectContainers(
  engine: Engine,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<readonly InspectedContainer[]> {
  return inspectFurther(engine, ids, NOTHING_MORE, signal);
}

/**
 * The same, with answers to a question of the caller's own.
 *
 * @throws ExplainedError where the engine does not answer, `engine-not-understood`
 */
export async function inspectFurther<More extends object>(
  engine: Engine,
  ids: readonly string[],
  question: ContainerQuestion<More>,
  signal?: AbortSignal,
): Promise<readonly (InspectedContainer & More)[]> {
  if (ids.length === 0) return [];
  const inspected = await engine.run(inspectArgs(ids, question), signal);
  // One may be gone by now; the others are still shown.
  if (inspected.exitCode !== 0 && !/no such (?:object|container)/i.test(inspected.stderr)) {
    throw new ExplainedError(engine.explain(inspected));
  }
  return parseInspected(engine.program, inspected.stdout, question);
}

/**
 * The ids of containers, running or not, that carry a label.
 *
 * @param label such as `name=value`
 * @throws ExplainedError where the engine does not answer
 */
export async function listContainers(
  engine: Engine,
  label: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  // Docker 20.10 prints nothing for `--format json`, so the template names the field.
  const args = ['ps', '--all', '--no-trunc', '--filter', `label=${label}`, '--format', '{{.ID}}'];
  const listed = await engine.must(args, signal, {}, CHECK_TIMEOUT);
  return listed.stdout.split('\n').filter(Boolean);
}

/** The ids of all containers that run; none where the engine does not answer. */
export async function listRunning(
  engine: Engine,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const { stdout } = await engine.run(['ps', '--quiet', '--no-trunc'], signal);
  return stdout.split('\n').filter(Boolean);
}

/**
 * Removes containers at once, running or not: they have nothing to finish.
 *
 * @throws ExplainedError where the engine cannot
 */
export async function removeForced(
  engine: Engine,
  containers: readonly InspectedContainer[],
  signal: AbortSignal | undefined,
): Promise<void> {
  if (containers.length === 0) return;
  const removed = await engine.run(['rm', '--force', ...containers.map(({ Id }) => Id)], signal);
  // Another window may be faster.
  if (removed.exitCode !== 0 && !/no such container|already in progress/i.test(removed.stderr)) {
    throw new ExplainedError(engine.explain(removed));
  }
}

/** `inspect`, with JSON on one line: Podman spreads `{{json .}}` over many. */
export function inspectArgs(
  ids: readonly string[],
  { templates }: ContainerQuestion<object> = NOTHING_MORE,
): readonly string[] {
  const fields = Object.entries({ ...INSPECTED_TEMPLATES, ...templates });
  const format = fields.map(([name, template]) => `"${name}":${template}`).join(',');
  return ['inspect', '--type', 'container', '--format', `{${format}}`, ...ids];
}

/**
 * Reads what `inspect` printed: one object a line.
 *
 * @param command the engine's program, for a user
 * @throws ExplainedError `engine-not-understood`
 */
export function parseInspected<More extends object>(
  command: string,
  stdout: string,
  { form }: ContainerQuestion<More>,
): readonly (InspectedContainer & More)[] {
  const lines = stdout.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const container = readJson(intersect([INSPECTED, form]), line);
    if (!container) throw new ExplainedError(explainAnswer(command, line));
    return container;
  });
}
