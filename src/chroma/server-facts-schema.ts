import {
  array,
  exactOptional,
  integer,
  literal,
  maxValue,
  minValue,
  number,
  object,
  omit,
  picklist,
  pipe,
  string,
  type GenericSchema,
} from 'valibot';
import type { ServerFacts } from './server-facts.ts';

/** The number of a TCP port. */
export const PORT = pipe(number(), integer(), minValue(0), maxValue(65_535));

const FACTS = object({
  id: string(),
  runtime: picklist(['docker', 'compose', 'local', 'external']),
  image: exactOptional(string()),
  generation: exactOptional(picklist(['python', 'rust'])),
  tls: picklist(['uvicorn', 'nginx', 'envoy', 'embedded', 'other']),
  proxyService: exactOptional(string()),
  asksForToken: exactOptional(literal(true)),
  corsOrigins: exactOptional(array(string())),
  bindAddress: string(),
  port: PORT,
  startedAt: number(),
  assumed: exactOptional(literal(true)),
});

/** `ServerFacts`, as another process or a file tells them. */
export const SERVER_FACTS: GenericSchema<unknown, ServerFacts> = FACTS;

/** The same of a server that has not been started yet. */
export const PLANNED_SERVER: GenericSchema<unknown, Omit<ServerFacts, 'id' | 'startedAt'>> = omit(
  FACTS,
  ['id', 'startedAt'],
);
