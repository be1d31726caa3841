import { resolve } from 'node:path';
import { resolveProject } from '../../../containers/compose/config.ts';
import {
  findCompose,
  type ComposeInvocation,
} from '../../../containers/compose/compose-program.ts';
import {
  findComposeFiles,
  SEPARATE_COMPOSE_FILE,
} from '../../../containers/compose/project-files.ts';
import type { Engine } from '../../../containers/engine.ts';
import { ExplainedError } from '../../../system/errors.ts';
import { readIfThere } from '../../../system/files/replace-file.ts';
import { mapOf, type YamlMap } from '../../../system/yaml/yaml-value.ts';
import { findChromaAmong, listCandidates } from './chroma-services.ts';

/** The services of a Compose file that make up Chroma over TLS. */
export interface ChromaServices {
  /** Chroma first, then its TLS proxy and what else shares its network. */
  readonly services: readonly string[];
  /** The images of all services by their names; a service that is built has none. */
  readonly images: Readonly<Record<string, string>>;
  /** A service of the user's own before a Chroma that publishes no port itself. */
  readonly proxyService?: string;
  readonly bindAddress: string;
  /** None where the file publishes no port, or lets the engine pick one. */
  readonly port?: number;
}

/** Chroma in a Compose file, and the Compose that starts it. */
export interface ComposeTarget extends ChromaServices, ComposeInvocation {
  /** The absolute path of the file. */
  readonly path: string;
}

/**
 * Which services of the workspace's Compose file are Chroma's, as Compose itself resolves the file.
 *
 * @throws ExplainedError `compose-no-file`, `compose-no-chroma`, `compose-broken`,
 *   `compose-not-understood`, `compose-not-installed`
 */
export async function findTarget(
  engine: Engine,
  workspace: string,
  signal?: AbortSignal,
): Promise<ComposeTarget> {
  const { files, separate } = await findComposeFiles(workspace);
  const [main] = files;
  if (main === undefined && !separate) {
    throw new ExplainedError({
      code: 'compose-no-file',
      what: 'There is no Compose file in this workspace.',
      next: 'Create one, or set chromaTls.runtime to auto.',
      action: 'createComposeFile',
    });
  }
  // Compose is asked only where a file may have a Chroma: without one it need not be installed, nor
  // able to read the file.
  if (separate || (await mayHoldChroma(workspace, files))) {
    const compose = await findCompose(engine, signal);
    for (const name of [main, separate ? SEPARATE_COMPOSE_FILE : undefined]) {
      if (name === undefined) continue;
      const file = name === main ? {} : { file: name };
      const project = await resolveProject({ compose, ...file }, workspace, signal);
      const target = readTarget(mapOf(project['services']));
      if (target) return { compose, ...file, path: resolve(workspace, name), ...target };
    }
  }
  throw new ExplainedError({
    code: 'compose-no-chroma',
    what: `No service in ${main ?? SEPARATE_COMPOSE_FILE} is a Chroma server.`,
    next: 'Create the Compose file: it adds Chroma, and the rest stays as it is.',
    action: 'createComposeFile',
  });
}

/** Chroma's services in a resolved file; undefined where it has none. Pure. */
export function readTarget(resolved: YamlMap): ChromaServices | undefined {
  // Compose takes a name that begins with a dash for one of its options.
  const services = listCandidates(resolved).filter(({ name }) => !name.startsWith('-'));
  const found = findChromaAmong(services, ({ network }, { name }) => network === `service:${name}`);
  if (!found) return undefined;
  const { own, userProxy, published } = found;
  return {
    services: own.map(({ name }) => name),
    images: Object.fromEntries(
      services.flatMap(({ name, image }) => (image === undefined ? [] : [[name, image]])),
    ),
    ...(userProxy ? { proxyService: userProxy.name } : {}),
    bindAddress: published?.address ?? '0.0.0.0',
    ...(published && published.port > 0 ? { port: published.port } : {}),
  };
}

/** Looks at the text of the files; another file that they include or extend may have a Chroma too. */
async function mayHoldChroma(workspace: string, files: readonly string[]): Promise<boolean> {
  const texts = files.map((file) => readIfThere(resolve(workspace, file)).catch(() => undefined));
  return (await Promise.all(texts)).some(
    (text) => text === undefined || /chroma|\binclude\b|\bextends\b/i.test(text),
  );
}
