import {
  array,
  boolean,
  exactOptional,
  nullable,
  number,
  object,
  pipe,
  readonly,
  record,
  string,
  type InferOutput,
} from 'valibot';

/** Ports of this machine by port of the container, such as `8443/tcp`. */
const PORTS = nullable(
  record(
    string(),
    nullable(pipe(array(object({ HostIp: string(), HostPort: string() })), readonly())),
  ),
);

/** A folder of this machine or a volume, as a container sees it. */
const MOUNT = object({
  /** Of a volume; one without a name of its own has 64 hexadecimal digits. */
  Name: exactOptional(string()),
  /** On the engine's machine. */
  Source: exactOptional(string()),
  Destination: string(),
});

export const INSPECTED = object({
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
  /** As they are while it runs. */
  Ports: PORTS,
  /** As they were asked for, whether it runs or not. */
  Bindings: PORTS,
  /** Such as `bridge` or `container:ID`. */
  NetworkMode: string(),
  Mounts: nullable(pipe(array(MOUNT), readonly())),
});

/** What `inspect` says of a container, in the names that Docker and Podman share. */
export type InspectedContainer = Readonly<InferOutput<typeof INSPECTED>>;

/** The template for each of these fields. */
export const INSPECTED_TEMPLATES: Readonly<Record<keyof InspectedContainer, string>> = {
  // Of the two names Docker has for it, the one Podman has too.
  Id: '{{json .ID}}',
  Name: '{{json .Name}}',
  State: '{{json .State}}',
  Image: '{{json .Config.Image}}',
  Labels: '{{json .Config.Labels}}',
  Ports: '{{json .NetworkSettings.Ports}}',
  Bindings: '{{json .HostConfig.PortBindings}}',
  NetworkMode: '{{json .HostConfig.NetworkMode}}',
  Mounts: '{{json .Mounts}}',
};

/** Whether a container was made and never started. Pure. */
export function isFresh({ State }: InspectedContainer): boolean {
  return ['created', 'configured', 'initialized'].includes(State.Status);
}

/** Whether a container has ended, or ends again and again. Pure. */
export function hasEnded({ State }: InspectedContainer): boolean {
  return ['exited', 'dead', 'stopped', 'restarting'].includes(State.Status);
}

/** When a container started, in milliseconds since the epoch. Pure. */
export function startOf({ State }: InspectedContainer): number {
  return Date.parse(State.StartedAt);
}

/** The port of this machine that leads to a port of a container; none where it is not published. */
export function readPublishedPort(
  { Ports }: InspectedContainer,
  containerPort: number,
): number | undefined {
  const port = Number(Ports?.[`${containerPort}/tcp`]?.[0]?.HostPort);
  return port > 0 ? port : undefined;
}

/** The container that publishes a port of this machine; it runs where all of these do. Pure. */
export function findPublisher(
  containers: readonly InspectedContainer[],
  port: number,
): InspectedContainer | undefined {
  return containers.find(({ Ports }) =>
    Object.values(Ports ?? {})
      .flat()
      .some((bound) => Number(bound?.HostPort) === port),
  );
}
