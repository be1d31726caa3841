import { DATA_VARIABLES } from '../../data-path.ts';
import { LABELS, UVICORN_CERTIFICATE } from './commands.ts';

/** Finds every container of a workspace, running or not. */
export function listArgs(workspaceId: string): readonly string[] {
  // 20.10 prints nothing for `--format json`, so the template spells it out.
  return [
    'ps',
    '--all',
    '--no-trunc',
    '--filter',
    `label=${LABELS.workspace}=${workspaceId}`,
    '--format',
    '{{.ID}}',
  ];
}

/** Whether uvicorn is told of a certificate, as a template. */
const UVICORN_TLS = anyHolds([
  ['.Config.Env', `${UVICORN_CERTIFICATE}=`],
  ['.Config.Cmd', '--ssl-certfile'],
  ['.Config.Entrypoint', '--ssl-certfile'],
]);

/** Whether it is the Python line by what it runs, as a template; see `tellGeneration` of an image. */
const RUNS_PYTHON = anyHolds(
  ['uvicorn', 'docker_entrypoint.sh'].flatMap((word) => [
    ['.Config.Cmd', word],
    ['.Config.Entrypoint', word],
  ]),
);

/** What one word of a command says of where the data lies, by the one before it; as a template. */
const DATA_WORD = [
  '{{if eq $before "run"}}{{json (printf "run=%s" .)}},{{end}}',
  '{{if eq $before "--path"}}{{json (printf "--path=%s" .)}},{{end}}',
  '{{if eq (printf "%.7s" .) "--path="}}{{json (print .)}},{{end}}',
  '{{$before = .}}',
].join('');

/**
 * What says where Chroma keeps its data, as a template: two variables of its environment and two
 * words of its entry point and its command, each with what it is set to. An entry point is a list to
 * Docker, and one text to Podman 4.
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
 * A template for whether one of these fields has one of these words: in how many parts the word cuts
 * it. The engine says no more than that, for an environment and a command hold secrets.
 */
function anyHolds(words: readonly (readonly string[])[]): string {
  const tests = words.map(([field, word]) => `(gt (len (split (json ${field}) "${word}")) 1)`);
  return `(or ${tests.join(' ')})`;
}

/**
 * Everything that is read of a container, as JSON on a line. Spelt out, because Podman spreads
 * `{{json .}}` over many lines.
 */
export function inspectArgs(ids: readonly string[]): readonly string[] {
  const fields: Readonly<Record<string, string>> = {
    // Of the two names Docker has for it, the one Podman has too.
    Id: '.ID',
    Name: '.Name',
    State: '.State',
    Image: '.Config.Image',
    Labels: '.Config.Labels',
    Ports: '.NetworkSettings.Ports',
    Bindings: '.HostConfig.PortBindings',
    NetworkMode: '.HostConfig.NetworkMode',
    Mounts: '.Mounts',
    UvicornTls: UVICORN_TLS,
    RunsPython: RUNS_PYTHON,
  };
  const format = Object.entries(fields).map(([name, path]) => `"${name}":{{json ${path}}}`);
  const all = [...format, `"DataSigns":${DATA_SIGNS}`];
  return ['inspect', '--type', 'container', '--format', `{${all.join(',')}}`, ...ids];
}

/**
 * Whether a container was stopped when it ended: the engine's events of that moment, as far as it
 * remembers them. It answers at once, for it is asked for nothing that is to come.
 *
 * @param end milliseconds since 1970
 * @param now the same
 */
export function stopEventsArgs(id: string, end: number, now: number): readonly string[] {
  const until = Math.min(now, end + 10_000);
  return [
    'events',
    '--filter',
    `container=${id}`,
    '--filter',
    'event=stop',
    '--since',
    (end / 1000 - 1).toFixed(3),
    '--until',
    (until / 1000).toFixed(3),
    '--format',
    '{{json .}}',
  ];
}
