/** A TCP port of this machine that leads to a service. */
export interface Publication {
  readonly address: string;
  /** 0 where the engine picks one with every start. */
  readonly port: number;
  /** Where it leads to in the container; 0 where nobody knows. */
  readonly target: number;
}

/** What is looked at to tell which service leads to Chroma: of a file or of a container. */
export interface ProxyCandidate {
  readonly image: string | undefined;
  /** The services without which it is not started. */
  readonly dependsOn: readonly string[];
  readonly ports: readonly Publication[];
}

/**
 * The service of a user's own through which this machine reaches a Chroma that publishes no port
 * itself: one that publishes some, and depends on Chroma or is a proxy by its image. Pure.
 *
 * @param chroma the name of Chroma's service
 * @param others every service but Chroma and what shares its network
 */
export function chooseProxy<Service extends ProxyCandidate>(
  chroma: string,
  others: readonly Service[],
): Service | undefined {
  // An application before Chroma publishes a port and depends on it too: a proxy goes first.
  const rate = ({ image, dependsOn, ports }: Service): number =>
    (ports.some(isTlsPort) ? 4 : 0) +
    (isProxy(image) ? 2 : 0) +
    (dependsOn.includes(chroma) ? 1 : 0);
  return others
    .filter(
      ({ image, dependsOn, ports }) =>
        ports.length > 0 && (isProxy(image) || dependsOn.includes(chroma)),
    )
    .toSorted((one, other) => rate(other) - rate(one))[0];
}

/** The port where TLS is most likely: who publishes 443 publishes 80 too. Pure. */
export function choosePublication(ports: readonly Publication[]): Publication | undefined {
  return ports.find(isTlsPort) ?? ports[0];
}

/** By custom: 443, 8443, 9443. */
function isTlsPort({ port, target }: Publication): boolean {
  return String(target).endsWith('443') || String(port).endsWith('443');
}

function isProxy(image: string | undefined): boolean {
  return /nginx|envoy|caddy|traefik|haproxy/.test(image ?? '');
}
