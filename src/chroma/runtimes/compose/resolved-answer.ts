import * as v from 'valibot';
import type { YamlMap } from '../../../system/yaml/yaml-text.ts';
import { ExplainedError, type ProblemText } from '../../../system/errors.ts';
import type { ResolvedService } from './services.ts';

/** A project as Compose resolves it. */
export interface ResolvedProject {
  /** Everything that Compose says of it. */
  readonly whole: YamlMap;
  readonly services: Readonly<Record<string, ResolvedService>>;
}

const NUMBER = v.union([v.string(), v.number()]);
const SCALAR = v.nullable(v.union([v.string(), v.number(), v.boolean()]));
const LIST = v.array(v.string());
/** A list passes for an object with numbers for keys. */
const MAP = v.custom<object>((value) => typeof value === 'object' && !Array.isArray(value));
const mapOf = <Value extends v.GenericSchema>(value: Value) =>
  v.pipe(MAP, v.record(v.string(), value));
const WORDS = v.nullish(v.union([v.string(), v.array(SCALAR)]));
const VARIABLES = v.nullish(v.union([mapOf(SCALAR), LIST]));

/** As either Compose and podman-compose write it; what is not read here may be anything. */
const SERVICE = v.pipe(
  MAP,
  v.object({
    image: v.exactOptional(v.nullable(v.string())),
    labels: v.exactOptional(v.nullable(v.union([mapOf(SCALAR), LIST]))),
    network_mode: v.exactOptional(v.nullable(v.string())),
    depends_on: v.exactOptional(v.nullable(v.union([mapOf(v.unknown()), LIST]))),
    ports: v.exactOptional(
      v.nullable(
        v.array(
          v.union([
            NUMBER,
            v.object({
              host_ip: v.exactOptional(v.string()),
              published: v.exactOptional(NUMBER),
              target: v.exactOptional(NUMBER),
              protocol: v.exactOptional(v.string()),
            }),
          ]),
        ),
      ),
    ),
    // A wrong one of these would be taken for none, and the data for lost or safe.
    command: WORDS,
    entrypoint: WORDS,
    environment: VARIABLES,
    volumes: v.nullish(
      v.array(
        v.union([
          v.string(),
          v.object({ source: v.nullish(v.string()), target: v.nullish(v.string()) }),
        ]),
      ),
    ),
  }),
);

const PROJECT = v.pipe(MAP, v.object({ services: v.nullish(mapOf(v.nullable(SERVICE))) }));

/**
 * What `config` printed, in JSON or YAML.
 *
 * @param command Compose's program, for a user
 * @throws ExplainedError `compose-not-understood`
 */
export async function parseProject(command: string, answer: string): Promise<ResolvedProject> {
  const { parseYaml, readYaml } = await import('../../../system/yaml/yaml-patch.ts');
  // JSON is YAML too; the old program knows only that.
  const document = parseYaml(answer);
  const whole = document.errors.length === 0 ? readYaml(document) : undefined;
  const parsed = v.safeParse(PROJECT, whole);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new ExplainedError(notUnderstood(command, v.getDotPath(issue)));
  }
  const services = Object.entries(parsed.output.services ?? {});
  return {
    whole: whole as YamlMap,
    services: Object.fromEntries(services.map(([name, service]) => [name, service ?? {}])),
  };
}

/** The answer is no part of it: what it says of an environment may be secret. */
function notUnderstood(command: string, location: string | null): ProblemText {
  return {
    code: 'compose-not-understood',
    what: `${command} gives an answer that makes no sense.`,
    why:
      location === null
        ? 'It is not in the form that Compose has for a project.'
        : `What it says at ${location} is not in the form that Compose has for it.`,
    next: 'Update Compose, then try again.',
    action: { open: 'https://docs.docker.com/compose/install/', label: 'Get Compose' },
  };
}
