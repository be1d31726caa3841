import type { Client } from './client.ts';
import { GO, LANGCHAIN4J, RUST } from './compiled.ts';
import { BUN, DENO, JAVASCRIPT, JAVASCRIPT_OLD, LANGCHAIN_JAVASCRIPT } from './javascript.ts';
import { LANGCHAIN_PYTHON, LLAMAINDEX, PYTHON, PYTHON_ASYNC } from './python.ts';
import { CHROMA_BROWSE, CURL } from './tools.ts';

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
  CURL,
  CHROMA_BROWSE,
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
