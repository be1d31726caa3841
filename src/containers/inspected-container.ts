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
import { ExplainedError } from '../system/errors.ts';
import { readJson } from '../system/json.ts';
import { explainAnswer } from './engine-problems.ts';

/** What is read of a container (see `inspectArgs`). */
export interface InspectedContainer {
  readonly Id: string;
  readonly Name: string;
  readonly State: {
    readonly Status: string;
    readonly ExitCode: number;
    readonly StartedAt: string;
    readonly FinishedAt?: string;
    readonly OOMKilled?: boolean;
  };
  readonly Image: string;
  readonly Labels: Readonly<Partial<Record<string, string>>> | null;
  /** As they are while it runs. */
  readonly Ports: PortMap;
  /** As they were asked for, whether it runs or not. */
  readonly Bindings: PortMap;
  /** Such as `bridge` or `container:ID`. */
  readonly NetworkMode: string;
  readonly Mounts: readonly Mount[] | null;
  /** Whether its environment or its command tells uvicorn of a certificate. */
  readonly UvicornTls: boolean;
  /** Whether what it runs is Chroma up to 0.6, whatever its image is called. */
  readonly RunsPython: boolean;
  /** What says where Chroma keeps its data: `PERSIST_DIRECTORY=/data`, `--path=/data`, `run=/a.yaml`. */
  readonly DataSigns: readonly string[];
  /** Where a configuration that is mounted has the data; none where that could not be read. */
  readonly ConfiguredPath?: string;
}

/** A folder of this machine or a volume, as a container sees it. */
interface Mount {
  /** Of a volume; one without a name of its own has 64 hexadecimal digits. */
  readonly Name?: string;
  /** On the engine's machine. */
  readonly Source?: string;
  readonly Destination: string;
}

/** Ports of this machine by port of the container, such as `8443/tcp`. */
type PortMap = Readonly<
  Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[] | null>
> | null;

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
 * @param command the engine's program, for a user
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
