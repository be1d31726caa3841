import { describeVersion } from '../chroma/version.ts';
import type { Connection } from './connection.ts';
import { COMPOSE_SERVICE, lacksName, nameOfHost } from './container-names.ts';

/** How a client comes to verify the server with an authority of our own. */
export type Verification =
  /** By an option in the code. */
  | 'option'
  /** By an environment variable or an option of the program that runs it. */
  | 'environment'
  /** By the trust store of this machine only: Trust Certificate comes first. */
  | 'machine';

/** A line of code; one with `when` stands only where that is so. */
export type Line = string | { readonly when: Condition; readonly line: string };
type Condition = keyof typeof CONDITIONS;

/** How text becomes a literal, and what begins a comment. */
export type Syntax =
  'python' | 'script' | 'go' | 'rust' | 'java' | 'ruby' | 'csharp' | 'shell' | 'yaml' | 'json';

/**
 * A client as data. In its texts «host», «port», «url», «ca», «token» and others (see `render-snippet.ts`) stand for what the
 * connection says, each as a literal of the language.
 */
export interface Client {
  /** Such as `python-async`: what `--language` takes. */
  readonly id: string;
  /** As a user knows it. */
  readonly name: string;
  readonly syntax: Syntax;
  /** VS Code's identifiers of the languages whose files it belongs in. */
  readonly languages: readonly string[];
  readonly verification: Verification;
  /** What to do before it runs, each a comment above the code. */
  readonly before: readonly Line[];
  /** Connects, and calls the result `client`. */
  readonly code: readonly Line[];
  /** Adds a document and finds it again; after `code`. */
  readonly example: readonly Line[];
  /** The name by which it finds the server from within a container. */
  readonly reach?: (connection: Connection) => string;
  /** Why it cannot talk to a server, as a sentence. */
  readonly refuse?: (connection: Connection) => string | undefined;
}

/** What a line may depend on. */
export const CONDITIONS = {
  ca: ({ ca }) => ca !== undefined,
  'no-ca': ({ ca }) => ca === undefined,
  token: ({ tokenVariable }) => tokenVariable !== undefined,
  environment: ({ ca, tokenVariable }) => ca !== undefined || tokenVariable !== undefined,
  rust: ({ generation }) => generation === 'rust',
  python: ({ generation }) => generation === 'python',
  'lacks-host': (connection) => lacksName(connection, nameOfHost(connection)),
  'lacks-service': (connection) => lacksName(connection, COMPOSE_SERVICE),
} as const satisfies Readonly<Record<string, (connection: Connection) => boolean>>;

/** Lines that stand only where something is so. */
export function when(condition: Condition, ...lines: readonly string[]): readonly Line[] {
  return lines.map((line) => ({ when: condition, line }));
}

/** For clients that speak only the second version of Chroma's API. */
export function refuseFirstApi({ generation, version }: Connection): string | undefined {
  if (generation === 'rust') return undefined;
  const hasSecond =
    version !== undefined && describeVersion(version).heartbeatPath === '/api/v2/heartbeat';
  return hasSecond ? undefined : 'It needs the API v2, which Chroma has since 0.5.16.';
}
