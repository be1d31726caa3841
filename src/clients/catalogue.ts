import type { Client } from './client.ts';
import type { Connection } from './connection.ts';
import { lacksName } from './container-names.ts';
import { GO, LANGCHAIN4J, RUST } from './compiled.ts';
import { CONTAINER_COMPOSE, CONTAINER_RUN, DEV_CONTAINER } from './containers.ts';
import { BUN, DENO, JAVASCRIPT, JAVASCRIPT_OLD, LANGCHAIN_JAVASCRIPT } from './javascript.ts';
import { DOTNET, RUBY } from './plain-http.ts';
import { LANGCHAIN_PYTHON, LLAMAINDEX, PYTHON, PYTHON_ASYNC } from './python.ts';
import { CHROMA_BROWSE, CURL } from './terminal-tools.ts';

/** Every client there is code for, the commonest first. */
export const CLIENTS: readonly Client[] = [
  PYTHON,
  PYTHON_ASYNC,
  JAVASCRIPT,
  JAVASCRIPT_OLD,
  BUN,
  DENO,
  LANGCHAIN_PYTHON,
  LANGCHAIN_JAVASCRIPT,
  LLAMAINDEX,
  GO,
  RUST,
  LANGCHAIN4J,
  RUBY,
  DOTNET,
  CURL,
  CHROMA_BROWSE,
  CONTAINER_RUN,
  CONTAINER_COMPOSE,
  DEV_CONTAINER,
];

/**
 * The clients for a file, those of its language first. Pure.
 *
 * @param language VS Code's identifier of its language; none where no file is open
 */
export function orderFor(language: string | undefined): readonly Client[] {
  const fits = ({ languages }: Client): boolean =>
    language !== undefined && languages.includes(language);
  return [...CLIENTS.filter(fits), ...CLIENTS.filter((client) => !fits(client))];
}

/** The name by which a client finds the server, where the certificate does not have it. Pure. */
export function findMissingName({ reach }: Client, connection: Connection): string | undefined {
  const name = reach?.(connection);
  return name !== undefined && lacksName(connection, name) ? name : undefined;
}
