import { CONTAINER_PORTS } from '../proxy/tls-proxy.ts';
import { quoteForShell } from '../system/processes/shell-line.ts';
import { CONDITIONS, type Client, type Line, type Syntax } from './client.ts';
import type { Connection } from './connection.ts';
import { COMPOSE_SERVICE, nameOfHost } from './container-names.ts';

/** A client's code for one server, with what to do before as comments. Pure. */
export function renderSnippet(client: Client, connection: Connection): string {
  const { before, code, syntax } = client;
  return [
    ...renderLines(before, syntax, connection).map((line) => `${COMMENTS[syntax]} ${line}`),
    ...renderLines(code, syntax, connection),
    '',
  ].join('\n');
}

/** The same, and what adds a document and finds it again: a program that can be run. Pure. */
export function renderExample(client: Client, connection: Connection): string {
  const example = renderLines(client.example, client.syntax, connection);
  return [renderSnippet(client, connection), ...example.map((line) => `${line}\n`)].join('');
}

function renderLines(
  lines: readonly Line[],
  syntax: Syntax,
  connection: Connection,
): readonly string[] {
  return lines
    .filter((line) => typeof line === 'string' || CONDITIONS[line.when](connection))
    .map((line) => fill(typeof line === 'string' ? line : line.line, syntax, connection));
}

function fill(line: string, syntax: Syntax, connection: Connection): string {
  const { host, port, ca, tokenVariable, version, generation, engine = 'docker' } = connection;
  const values: Readonly<Record<string, string | undefined>> = {
    host: QUOTES[syntax](host),
    port: String(port),
    collections: QUOTES[syntax](`https://${host}:${port}${COLLECTIONS[generation]}`),
    url: QUOTES[syntax](`https://${host}:${port}`),
    ca: ca === undefined ? undefined : QUOTES[syntax](ca),
    caWord: ca === undefined ? undefined : toWord(ca),
    token: tokenVariable,
    engine,
    hostName: nameOfHost(connection),
    service: COMPOSE_SERVICE,
    servicePort: String(generation === 'python' ? CONTAINER_PORTS.chroma : CONTAINER_PORTS.tls),
    caInside: CA_INSIDE,
    caMount: ca === undefined ? undefined : QUOTES[syntax](`${ca}:${CA_INSIDE}:ro,z`),
    // A client of 1.x cannot talk to a server of 0.x, nor one of 0.x to another minor version.
    requirement: version === undefined ? '<1' : `==${version}`,
  };
  return line.replace(/«(\w+)»/g, (place, name: string) => values[name] ?? place);
}

const COMMENTS: Readonly<Record<Syntax, string>> = {
  python: '#',
  script: '//',
  go: '//',
  rust: '//',
  java: '//',
  ruby: '#',
  csharp: '//',
  shell: '#',
  yaml: '#',
  json: '//',
};

/** JSON's strings are strings of these languages too, but for a few characters. */
const QUOTES: Readonly<Record<Syntax, (text: string) => string>> = {
  python: JSON.stringify,
  script: JSON.stringify,
  go: JSON.stringify,
  java: JSON.stringify,
  // Ruby fills in what follows a #.
  ruby: (text) => JSON.stringify(text).replaceAll('#', '\\#'),
  // These end a line of C#.
  csharp: (text) =>
    JSON.stringify(text).replace(
      /[\u0085\u2028\u2029]/g,
      (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  rust: (text) =>
    JSON.stringify(text)
      .replace(/\\u([\da-f]{4})/gi, '\\u{$1}')
      .replace(/\\[bf]/g, (escape) => (escape === '\\b' ? '\\u{8}' : '\\u{c}')),
  shell: quoteForShell,
  json: JSON.stringify,
  // Compose fills in what follows a dollar.
  yaml: (text) => JSON.stringify(text).replaceAll('$', '$$$$'),
};

/** Where a container finds the authority. */
const CA_INSIDE = '/etc/chroma/ca.pem';

/**
 * A path as a word of a shell's line within a comment. A line break in it would end the comment and
 * begin a line of code.
 */
function toWord(path: string): string {
  // eslint-disable-next-line no-control-regex -- they are what must not get through
  return /[\u0000-\u001f\u007f\u0085\u2028\u2029]/.test(path)
    ? JSON.stringify(path)
    : quoteForShell(path);
}

/** Where each server generation lists its collections. */
const COLLECTIONS = {
  rust: '/api/v2/tenants/default_tenant/databases/default_database/collections',
  python: '/api/v1/collections',
} as const;
