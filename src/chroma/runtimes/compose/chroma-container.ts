import { array, boolean, object, string, type GenericSchema } from 'valibot';
import type { ContainerQuestion } from '../../../containers/container-queries.ts';
import type { InspectedContainer } from '../../../containers/inspected-container.ts';
import { DATA_VARIABLES } from '../../data-path.ts';
import { UVICORN_CERTIFICATE } from '../docker/container-arguments.ts';

/** A container with the signs of Chroma in its command and its environment. */
export interface ChromaContainer extends InspectedContainer, ChromaSigns {
  /** The data path in a configuration that is mounted; none where that could not be read. */
  readonly ConfiguredPath?: string;
}

interface ChromaSigns {
  /** Whether its environment or its command gives uvicorn a certificate. */
  readonly UvicornTls: boolean;
  /** Whether it runs Chroma up to 0.6, under any image name. */
  readonly RunsPython: boolean;
  /** Signs of the data path: `PERSIST_DIRECTORY=/data`, `--path=/data`, `run=/a.yaml`. */
  readonly DataSigns: readonly string[];
}

const FORM: GenericSchema<unknown, ChromaSigns> = object({
  UvicornTls: boolean(),
  RunsPython: boolean(),
  DataSigns: array(string()),
});

/** Whether uvicorn has a certificate, as a template. */
const UVICORN_TLS = anyHolds([
  ['.Config.Env', `${UVICORN_CERTIFICATE}=`],
  ['.Config.Cmd', '--ssl-certfile'],
  ['.Config.Entrypoint', '--ssl-certfile'],
]);

/** Whether it runs a Chroma of the generation `python`, as a template; see `tellGeneration` of an image. */
const RUNS_PYTHON = anyHolds(
  ['uvicorn', 'docker_entrypoint.sh'].flatMap((word) => [
    ['.Config.Cmd', word],
    ['.Config.Entrypoint', word],
  ]),
);

/** What one word of a command tells of the data path, by the word before it; as a template. */
const DATA_WORD = [
  '{{if eq $before "run"}}{{json (printf "run=%s" .)}},{{end}}',
  '{{if eq $before "--path"}}{{json (printf "--path=%s" .)}},{{end}}',
  '{{if eq (printf "%.7s" .) "--path="}}{{json (print .)}},{{end}}',
  '{{$before = .}}',
].join('');

/**
 * The signs of the data path, as a template: two variables of the environment and two words of the
 * entry point and the command, each with its value. An entry point is a list in Docker, and one text
 * in Podman 4.
 */
const DATA_SIGNS = [
  '[{{range .Config.Env}}',
  ...Object.values(DATA_VARIABLES).map(
    (name) => `{{if eq (printf "%.${name.length + 1}s" .) "${name}="}}{{json (print .)}},{{end}}`,
  ),
  '{{end}}{{$before := ""}}',
  String.raw`{{range split (json .Config.Entrypoint) "\""}}{{range split . " "}}`,
  `{{if not (eq . "," "[" "]" "")}}${DATA_WORD}{{end}}{{end}}{{end}}`,
  `{{range .Config.Cmd}}${DATA_WORD}{{end}}`,
  '{{if eq $before "run"}}"run=",{{end}}""]',
].join('');

/**
 * A template for whether one of these fields has one of these words: it counts the parts that the
 * word cuts. The engine tells nothing else, because an environment and a command hold secrets.
 */
function anyHolds(words: readonly (readonly string[])[]): string {
  const tests = words.map(([field, word]) => `(gt (len (split (json ${field}) "${word}")) 1)`);
  return `{{json (or ${tests.join(' ')})}}`;
}

/** Asks an engine for the signs of Chroma in a container. */
export const CHROMA_QUESTION: ContainerQuestion<ChromaSigns> = {
  templates: { UvicornTls: UVICORN_TLS, RunsPython: RUNS_PYTHON, DataSigns: DATA_SIGNS },
  form: FORM,
};
