import { isAbsolute, relative, resolve, sep } from 'node:path';
import { LABELS } from '../chroma/runtimes/docker/commands.ts';
import { chooseTermination } from '../chroma/termination.ts';
import { DATA_VARIABLES } from '../chroma/data-path.ts';
import { describeImage, type Generation } from '../chroma/version.ts';
import { ExplainedError } from '../system/errors.ts';
import { DEFAULT_DOMAIN } from '../project/domain.ts';
import { endpointUrl } from '../project/endpoint.ts';
import type { Settings } from '../project/settings.ts';
import { chooseCheckedName } from './checked-name.ts';
import { CHROMA_SERVICE, findChroma } from '../chroma/runtimes/compose/chroma-finder.ts';
import { nameServices, type ComposePlan, type ServiceNames } from './compose-plan.ts';
import { withDefaults } from '../chroma/runtimes/compose/default-values.ts';
import {
  DATA_PATHS,
  findData,
  nameVolume,
  tellGeneration,
  type DataPaths,
} from '../chroma/runtimes/compose/data-mounts.ts';
import { SEPARATE_COMPOSE_FILE } from '../chroma/runtimes/compose/project-files.ts';
import { isProxy, mapOf, readLabel } from './merge-project.ts';
import { findPublishedPort } from './published-port.ts';
import {
  isYamlMap,
  isYamlSequence,
  type YamlMap,
  type YamlValue,
} from '../system/yaml/yaml-text.ts';

/** What the choices are made from. */
export interface ComposeCircumstances {
  readonly workspace: string;
  readonly settings: Settings;
  /** Which of them a user has made: every other one leaves the file as it is. */
  readonly chosen: ReadonlySet<keyof Settings>;
  /** Absolute. */
  readonly certificatesFolder: string;
  /** CHROMA_DOMAIN as it is now. */
  readonly domain: string;
  /** Whether Compose reads CHROMA_DOMAIN from where we do. */
  readonly sharesEnvFile: boolean;
  readonly certificateNames: readonly string[];
  readonly keyEncrypted: boolean;
  /** None: as the file has it. */
  readonly bearerToken?: boolean;
  /** Absolute: where the paths in the file begin. */
  readonly projectFolder: string;
  /** What the file says by now that it is to be written in. */
  readonly project: YamlMap;
  /** What the whole project comes to. */
  readonly resolved: YamlMap;
  readonly names: ServiceNames;
  /** Where each line keeps its data by what the service says; undefined where that cannot be read. */
  readonly dataPaths: Readonly<Record<Generation, string | undefined>>;
}

/**
 * Makes every choice: the settings a user has made decide, and where they made none, what the file
 * has already. So a server with data is not moved to another version, nor a token dropped, unasked;
 * and it can be moved to the version that is the default. Pure.
 *
 * @throws ExplainedError `termination-impossible`, `token-impossible`, `invalid-setting`,
 *   `compose-data-unknown`
 */
export function planCompose(circumstances: ComposeCircumstances): ComposePlan {
  const { settings, chosen, project, resolved, names, domain } = circumstances;
  const services = mapOf(project['services']);
  const chroma = services[names.chroma];
  const known = mapOf(mapOf(resolved['services'])[names.chroma]);
  const proxy = services[names.proxy];
  const keep = (present: YamlValue | undefined, name: 'image' | 'nginxImage' | 'envoyImage') =>
    typeof present === 'string' && present !== '' && !chosen.has(name) ? present : settings[name];
  const image = keep(mapOf(chroma)['image'] ?? known['image'], 'image');
  const { image: running } = known;
  const isKept = image === mapOf(chroma)['image'] && typeof running === 'string';
  const capabilities = describeImage(isKept ? running : withDefaults(image));
  const dataPaths = settleDataPaths(circumstances, known, capabilities.generation);
  const tls = chooseTls(settings.tlsTermination, capabilities, proxy);
  const sameProxy = isProxy(proxy) && readLabel(proxy, LABELS.tls) === tls ? proxy : undefined;
  const proxyImage = mapOf(sameProxy)['image'];
  const published = choosePublication(mapOf(chroma), known, circumstances);
  const bearerToken = circumstances.bearerToken ?? asksForToken([chroma, proxy]);
  if (bearerToken && tls === 'uvicorn' && !capabilities.ownAuthentication)
    throw tokenImpossible(image);
  return {
    names: {
      ...names,
      volume: nameVolume(names.volume, known, capabilities.generation, dataPaths),
    },
    dataPaths,
    hasData: findData(known, capabilities.generation, dataPaths) !== undefined,
    image,
    capabilities,
    tls,
    proxyImage: keep(proxyImage, tls === 'envoy' ? 'envoyImage' : 'nginxImage'),
    ...published,
    certificatesFolder: relativeFolder(circumstances),
    keyEncrypted: circumstances.keyEncrypted,
    domain: circumstances.sharesEnvFile ? DEFAULT_DOMAIN : domain,
    url: endpointUrl(domain, published.port),
    checkedName: chooseCheckedName(domain, circumstances.certificateNames, tls),
    bearerToken,
  };
}

/**
 * Where it is published. An address that nobody wrote is none to keep: without one the port is open
 * to the network.
 */
function choosePublication(
  chroma: YamlMap,
  resolved: YamlMap,
  { settings, chosen }: ComposeCircumstances,
): Pick<ComposePlan, 'bindAddress' | 'port' | 'portVariable'> {
  const { address, port } = findPublishedPort(chroma) ?? findPublishedPort(resolved) ?? {};
  const bindAddress =
    address === undefined || chosen.has('bindAddress') ? settings.bindAddress : address;
  if (port === undefined || chosen.has('port')) return { bindAddress, port: settings.port };
  const known = Number(findPublishedPort(resolved)?.port ?? withDefaults(port));
  return {
    bindAddress,
    port: Number.isInteger(known) ? known : settings.port,
    ...(port.includes('$') ? { portVariable: port } : {}),
  };
}

/** Told by what runs; a line that does not run here keeps its data where its image does. */
function settleDataPaths(
  { dataPaths }: ComposeCircumstances,
  service: YamlMap,
  generation: Generation,
): DataPaths {
  const present = tellGeneration(service) ?? generation;
  const path = dataPaths[present];
  if (path !== undefined) return { ...DATA_PATHS, [present]: path };
  throw new ExplainedError({
    code: 'compose-data-unknown',
    what: 'Where Chroma keeps its data cannot be told from the Compose file.',
    why: 'Its command or its configuration says it, in a way that cannot be read here.',
    next: `Say it in the environment of the service (${DATA_VARIABLES[present]}), or have a server apart written to ${SEPARATE_COMPOSE_FILE}.`,
    action: 'createSeparateComposeFile',
  });
}

/**
 * The names of ours: those that are there already, or such as nobody has. Pure.
 *
 * @param services of the whole project
 * @param taken what else must not be used
 */
export function chooseNames(services: YamlMap, taken: readonly string[]): ServiceNames {
  const known = findChroma(
    Object.entries(services).map(([name, service]) => {
      const { image } = mapOf(service);
      const role = readLabel(service, LABELS.role);
      return {
        name,
        image: typeof image === 'string' ? image : undefined,
        labels: role === undefined ? {} : { [LABELS.role]: role },
      };
    }),
  );
  const usual = taken.includes(CHROMA_SERVICE) ? `${CHROMA_SERVICE}-local` : CHROMA_SERVICE;
  const names = nameServices(known?.name ?? usual);
  // A service of theirs may happen to have the name.
  const proxy = [names.proxy, `${names.proxy}-proxy`].find(
    (name) => !taken.includes(name) && (services[name] === undefined || isProxy(services[name])),
  );
  return { ...names, proxy: proxy ?? `${names.proxy}-2` };
}

function chooseTls(
  setting: Settings['tlsTermination'],
  capabilities: ComposePlan['capabilities'],
  proxy: YamlValue | undefined,
): ComposePlan['tls'] {
  const present = isProxy(proxy) ? readLabel(proxy, LABELS.tls) : undefined;
  if (setting === 'auto' && !capabilities.ownTls && present === 'envoy') return 'envoy';
  const tls = chooseTermination(setting, capabilities, 'container');
  if (tls !== 'embedded') return tls;
  throw new ExplainedError({
    code: 'termination-impossible',
    what: 'embedded cannot end TLS here.',
    why: 'It is a program of Chroma TLS on this machine, which a Compose file cannot start.',
    next: 'Set chromaTls.tlsTermination to auto, nginx or envoy.',
    action: 'openSettings',
  });
}

function asksForToken(services: readonly (YamlValue | undefined)[]): boolean {
  return services.some((service) => {
    const { environment } = mapOf(service);
    const values = isYamlMap(environment)
      ? Object.values(environment)
      : isYamlSequence(environment)
        ? environment
        : [];
    return values.some((value) => typeof value === 'string' && value.includes('${CHROMA_TOKEN'));
  });
}

function relativeFolder({ projectFolder, certificatesFolder }: ComposeCircumstances): string {
  const path = relative(resolve(projectFolder), certificatesFolder).split(sep).join('/');
  if (!isAbsolute(path) && !path.includes(':')) return path.startsWith('../') ? path : `./${path}`;
  throw new ExplainedError({
    code: 'invalid-setting',
    what: `The folder ${certificatesFolder} cannot stand in a Compose file.`,
    why: 'There a colon ends a path.',
    next: 'Choose another in the setting chromaTls.certificatesFolder.',
    action: 'openSettings',
  });
}

function tokenImpossible(image: string): ExplainedError {
  return new ExplainedError({
    code: 'token-impossible',
    what: `${image} cannot ask for a bearer token.`,
    why: 'Chroma does so from 0.5.0 to 0.6.3; for any other version a proxy can.',
    next: 'Set chromaTls.tlsTermination to nginx or envoy, or choose another version.',
    action: 'openSettings',
  });
}
