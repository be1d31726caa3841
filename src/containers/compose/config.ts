import * as v from 'valibot';
import { ExplainedError } from '../../system/errors.ts';
import { lastLineOf, run } from '../../system/processes/program.ts';
import type { YamlMap } from '../../system/yaml/yaml-value.ts';
import {
  ANSWER_TIMEOUT,
  composeCommand,
  isOld,
  nameCompose,
  type ComposeInvocation,
} from './compose-program.ts';

/**
 * What `docker compose config` says of a workspace's project, with every profile on.
 *
 * @param target.whole Compose's own options for the whole project
 * @param input the text of the file `-`
 * @throws ExplainedError `compose-broken`, `compose-not-understood`
 */
export async function resolveProject(
  { whole = [], ...target }: ComposeInvocation & { readonly whole?: readonly string[] },
  workspace: string,
  signal: AbortSignal | undefined,
  input?: string,
): Promise<YamlMap> {
  // A Chroma whose profile is off is Chroma all the same.
  const args = isOld(target.compose)
    ? ['config']
    : ['--profile', '*', 'config', '--format', 'json'];
  const options = { signal, timeout: ANSWER_TIMEOUT, cwd: workspace, input };
  const command = composeCommand(target, [...whole, ...args]);
  const { exitCode, stdout, stderr } = await run(command, options);
  if (exitCode === 0) return parseProject(nameCompose(target.compose), stdout);
  throw new ExplainedError({
    code: 'compose-broken',
    what: 'Compose cannot read the Compose file.',
    // The old docker-compose prints advice below the reason.
    why: /is invalid because:\n(.+)/.exec(stderr)?.[1] ?? lastLineOf(stderr),
    next: 'Correct it, then try again.',
    action: 'showLogs',
    details: stderr,
  });
}

const NUMBER = v.union([v.string(), v.number()]);
const SCALAR = v.nullable(v.union([v.string(), v.number(), v.boolean()]));
const LIST = v.array(v.string());
/** Without this check a list passes for an object with numbers as keys. */
const MAP = v.custom<object>((value) => typeof value === 'object' && !Array.isArray(value));
const record = <Value extends v.GenericSchema>(value: Value) =>
  v.pipe(MAP, v.record(v.string(), value));
const WORDS = v.nullish(v.union([v.string(), v.array(SCALAR)]));
const NAMED = v.nullish(v.union([record(SCALAR), LIST]));
const PORT = v.object({
  host_ip: v.exactOptional(v.string()),
  published: v.exactOptional(NUMBER),
  target: v.exactOptional(NUMBER),
  protocol: v.exactOptional(v.string()),
});
const MOUNT = v.object({ source: v.nullish(v.string()), target: v.nullish(v.string()) });

/** As every Compose writes it. A field that is wrong must not count as absent: data may be at risk. */
const SERVICE = v.pipe(
  MAP,
  v.object({
    image: v.nullish(v.string()),
    labels: NAMED,
    network_mode: v.nullish(v.string()),
    depends_on: v.nullish(v.union([record(v.unknown()), LIST])),
    ports: v.nullish(v.array(v.union([NUMBER, PORT]))),
    command: WORDS,
    entrypoint: WORDS,
    environment: NAMED,
    volumes: v.nullish(v.array(v.union([v.string(), MOUNT]))),
  }),
);
const PROJECT = v.pipe(MAP, v.object({ services: v.nullish(record(v.nullable(SERVICE))) }));

/**
 * Reads what `config` printed, in JSON or YAML.
 *
 * @param command what a user types to call this Compose
 * @throws ExplainedError `compose-not-understood`
 */
export async function parseProject(command: string, answer: string): Promise<YamlMap> {
  // Loaded only when it is needed.
  const { parseYaml, readYaml } = await import('../../system/yaml/yaml-document.ts');
  // JSON is YAML too; the old docker-compose prints only YAML.
  const document = parseYaml(answer);
  const project = document.errors.length === 0 ? readYaml(document) : undefined;
  const parsed = v.safeParse(PROJECT, project);
  if (parsed.success) return project as YamlMap;
  const path = v.getDotPath(parsed.issues[0]);
  // The answer itself is not shown: its environment may hold secrets.
  throw new ExplainedError({
    code: 'compose-not-understood',
    what: `${command} does not answer as Compose.`,
    why: `${path === null ? 'Its answer' : `What it says at ${path}`} has another form.`,
    next: 'Update Compose, then try again.',
    action: { open: 'https://docs.docker.com/compose/install/', label: 'Get Compose' },
  });
}
