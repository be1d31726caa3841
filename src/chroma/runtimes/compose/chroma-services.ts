import { readDependencies, readLabels } from '../../../containers/compose/service-fields.ts';
import { readPorts } from '../../../containers/compose/service-ports.ts';
import { mapOf, textOf, type YamlMap } from '../../../system/yaml/yaml-value.ts';
import { LABELS } from '../container-labels.ts';

/** A TCP port of this machine that leads to a service. */
export interface Publication {
  readonly address: string;
  /** 0 where the engine picks one with every start. */
  readonly port: number;
  /** The port in the container; 0 where it is not known. */
  readonly target: number;
}

/** What tells which service is Chroma and which leads to it: of a file or of a container. */
interface ServiceCandidate {
  readonly name: string;
  readonly image: string | undefined;
  readonly labels: Readonly<Partial<Record<string, string>>>;
  /** The services without which it is not started. */
  readonly dependsOn: readonly string[];
  readonly ports: readonly Publication[];
}

interface ChromaAmong<Service> {
  /** Chroma first, then what shares its network. */
  readonly own: readonly [chroma: Service, ...sharing: Service[]];
  /** A service of the user's own before a Chroma that publishes no port itself. */
  readonly userProxy: Service | undefined;
  readonly published: Publication | undefined;
}

/** The name of Chroma's service in our own files. */
export const CHROMA_SERVICE = 'chroma';

/**
 * Finds Chroma among services, and what leads to it. Pure.
 *
 * @param sharesNetwork whether a service is in Chroma's network
 * @param proxyService the user's own proxy, where it is known
 */
export function findChromaAmong<Service extends ServiceCandidate>(
  services: readonly Service[],
  sharesNetwork: (service: Service, chroma: Service) => boolean,
  proxyService?: string,
): ChromaAmong<Service> | undefined {
  const chroma = findChroma(services);
  if (!chroma) return undefined;
  const isSharing = (service: Service): boolean =>
    service !== chroma && sharesNetwork(service, chroma);
  const own = [chroma, ...services.filter(isSharing)] as const;
  const ownPorts = own.flatMap(({ ports }) => ports);
  const others = services.filter((service) => !own.includes(service));
  const userProxy =
    ownPorts.length > 0
      ? undefined
      : (others.find(({ name }) => name === proxyService) ?? chooseProxy(chroma.name, others));
  // A service that publishes 443 publishes 80 too.
  const ports = userProxy?.ports ?? ownPorts;
  return { own, userProxy, published: ports.find(isTlsPort) ?? ports[0] };
}

/**
 * The service that is the Chroma server: the one with our label, else the one called `chroma`, else
 * the first that runs Chroma's image. Pure.
 */
export function findChroma<Service extends ServiceCandidate>(
  services: readonly Service[],
): Service | undefined {
  return (
    services.find(({ labels }) => labels[LABELS.role] === 'server') ??
    services.find(({ name }) => name === CHROMA_SERVICE) ??
    // `chromadb/chroma`, or `chroma-core/chroma` from the project's own registry, or a mirror.
    services.find(({ image }) => /(^|\/)(chromadb|chroma-core)\/chroma(:|@|$)/.test(image ?? ''))
  );
}

/** The services of a Compose file as candidates. Pure. */
export function listCandidates(
  services: YamlMap,
): readonly (ServiceCandidate & { readonly network: string })[] {
  return Object.entries(services).map(([name, value]) => {
    const service = mapOf(value);
    return {
      name,
      image: textOf(service['image']) || undefined,
      labels: readLabels(service),
      network: textOf(service['network_mode']),
      dependsOn: readDependencies(service),
      // No client speaks UDP.
      ports: readPorts(service).flatMap(({ address = '0.0.0.0', published, target, protocol }) =>
        protocol === 'udp'
          ? []
          : // The engine picks a port from a range.
            [{ address, port: Number(published) || 0, target: Number(target) || 0 }],
      ),
    };
  });
}

/**
 * The user's own service through which this machine reaches a Chroma that publishes no port itself:
 * it publishes some, and depends on Chroma or is a proxy by its image.
 */
function chooseProxy<Service extends ServiceCandidate>(
  chroma: string,
  others: readonly Service[],
): Service | undefined {
  // An application before Chroma publishes a port and depends on it too: a proxy goes first.
  const rate = ({ image, dependsOn }: Service): number =>
    (isProxyImage(image) ? 2 : 0) + (dependsOn.includes(chroma) ? 1 : 0);
  const rank = (service: Service): number =>
    rate(service) + (service.ports.some(isTlsPort) ? 4 : 0);
  return others
    .filter((service) => service.ports.length > 0 && rate(service) > 0)
    .toSorted((one, other) => rank(other) - rank(one))[0];
}

/** By custom: 443, 8443, 9443. */
function isTlsPort({ port, target }: Publication): boolean {
  return String(target).endsWith('443') || String(port).endsWith('443');
}

function isProxyImage(image: string | undefined): boolean {
  return /nginx|envoy|caddy|traefik|haproxy/.test(image ?? '');
}
