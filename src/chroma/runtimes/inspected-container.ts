import {
  array,
  boolean,
  exactOptional,
  nullable,
  number,
  object,
  record,
  string,
  type GenericSchema,
} from 'valibot';
import { ExplainedError } from '../../errors.ts';
import { readJson } from '../../system/json.ts';
import { explainAnswer } from './docker-problems.ts';
import type { InspectedContainer, PortMap } from './docker-state.ts';

const PORTS: GenericSchema<unknown, PortMap> = nullable(
  record(string(), nullable(array(object({ HostIp: string(), HostPort: string() })))),
);

const INSPECTED: GenericSchema<unknown, InspectedContainer> = object({
  Id: string(),
  Name: string(),
  State: object({
    Status: string(),
    ExitCode: number(),
    StartedAt: string(),
    FinishedAt: exactOptional(string()),
    OOMKilled: exactOptional(boolean()),
  }),
  Image: string(),
  Labels: nullable(record(string(), string())),
  Ports: PORTS,
  Bindings: PORTS,
  NetworkMode: string(),
  Mounts: nullable(
    array(
      object({
        Name: exactOptional(string()),
        Source: exactOptional(string()),
        Destination: string(),
      }),
    ),
  ),
  UvicornTls: boolean(),
  RunsPython: boolean(),
  DataSigns: array(string()),
});

/**
 * What `inspect` printed: one object a line.
 *
 * @param command the engine's program, for a person
 * @throws ExplainedError `engine-not-understood`
 */
export function parseInspected(command: string, stdout: string): readonly InspectedContainer[] {
  return stdout
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const container = readJson(INSPECTED, line);
      if (!container) throw new ExplainedError(explainAnswer(command, line));
      return container;
    });
}
