import { findChroma } from './chroma-finder.ts';
import { chooseProxy, choosePublication, type Publication } from './tls-proxy-service.ts';

/** The services of a Compose file that make up Chroma over TLS. */
export interface ChromaServices {
  /** Chroma first, then what ends TLS for it. */
  readonly services: readonly string[];
  /** The images of all services by their names, but for those that are built. */
  readonly images: Readonly<Record<string, string>>;
  /** A service of the user's own before a Chroma that publishes no port itself. */
  readonly proxyService?: string;
  readonly bindAddress: string;
  /** None where the file publishes none, or leaves it to the engine. */
  readonly port?: number;
}

/** What of a resolved Compose file is read here. */
export interface ResolvedService {
  readonly image?: string | null;
  readonly labels?:
    Readonly<Record<string, string | number | boolean | null>> | readonly string[] | null;
  readonly network_mode?: string | null;
  readonly depends_on?: Readonly<Record<string, unknown>> | readonly string[] | null;
  readonly ports?: readonly (string | number | PublishedPort)[] | null;
}

interface PublishedPort {
  readonly host_ip?: string;
  readonly published?: string | number;
  readonly target?: string | number;
  readonly protocol?: string;
}

/** Chroma's services in a resolved file; undefined where it has none. Pure. */
export function readTarget(
  resolved: Readonly<Record<string, ResolvedService>>,
): ChromaServices | undefined {
  // Compose would read such a name as an option of its own.
  const named = Object.entries(resolved).filter(([name]) => !name.startsWith('-'));
  const services = named.map(([name, service]) => ({
    name,
    image: service.image ?? undefined,
    labels: readLabels(service.labels),
    network: service.network_mode,
    dependsOn: readNames(service.depends_on),
    ports: (service.ports ?? []).flatMap(readPort),
  }));
  const chroma = findChroma(services);
  if (!chroma) return undefined;
  const own = [chroma, ...services.filter(({ network }) => network === `service:${chroma.name}`)];
  const ownPorts = own.flatMap(({ ports }) => ports);
  const others = services.filter((service) => !own.includes(service));
  const proxy = ownPorts.length > 0 ? undefined : chooseProxy(chroma.name, others);
  const published = choosePublication(proxy?.ports ?? ownPorts);
  return {
    services: own.map(({ name }) => name),
    images: Object.fromEntries(
      services.flatMap(({ name, image }) => (image === undefined ? [] : [[name, image]])),
    ),
    ...(proxy ? { proxyService: proxy.name } : {}),
    bindAddress: published?.address ?? '0.0.0.0',
    ...(published && published.port > 0 ? { port: published.port } : {}),
  };
}

function readLabels(labels: ResolvedService['labels']): Readonly<Record<string, string>> {
  if (!labels) return {};
  if (!isList(labels)) {
    return Object.fromEntries(
      Object.entries(labels).map(([name, value]) => [name, String(value ?? '')]),
    );
  }
  return Object.fromEntries(
    labels.map((label) => {
      const [name = '', ...value] = label.split('=');
      return [name, value.join('=')];
    }),
  );
}

function readNames(services: ResolvedService['depends_on']): readonly string[] {
  if (!services) return [];
  return isList(services) ? services : Object.keys(services);
}

function isList(value: object): value is readonly string[] {
  return Array.isArray(value);
}

/** Compose of old keeps what a user wrote: `127.0.0.1:8000:8443/tcp`. No client speaks UDP. */
function readPort(port: string | number | PublishedPort): readonly Publication[] {
  const { host_ip, published, target, protocol } =
    typeof port === 'object' ? port : splitPort(String(port));
  if (protocol === 'udp') return [];
  return [
    {
      address: host_ip ?? '0.0.0.0',
      // A range is one that the engine picks from.
      port: Number(published) || 0,
      target: Number(target) || 0,
    },
  ];
}

function splitPort(port: string): PublishedPort {
  const [, address, published, target, protocol] =
    /^(?:(?:(.+):)?(\d*):)?(\d+)(?:\/(\w+))?$/.exec(port) ?? [];
  return {
    ...(address === undefined ? {} : { host_ip: address.replace(/^\[|\]$/g, '') }),
    ...(published === undefined ? {} : { published }),
    target: Number(target) || 0,
    ...(protocol === undefined ? {} : { protocol }),
  };
}
