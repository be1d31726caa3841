import { isAbsolute, relative, resolve, sep } from 'node:path';
import {
  CHROMA_SERVICE,
  findChroma,
  listCandidates,
} from '../chroma/runtimes/compose/chroma-services.ts';
import {
  DATA_PATHS,
  findData,
  nameVolume,
  tellServiceGeneration,
  type DataPaths,
} from '../chroma/runtimes/compose/service-data.ts';
import { DATA_VARIABLES } from '../chroma/data-path.ts';
import { LABELS } from '../chroma/runtimes/container-labels.ts';
import { chooseTermination } from '../chroma/termination.ts';
import { describeImage, type Generation } from '../chroma/version.ts';
import { SEPARATE_COMPOSE_FILE } from '../containers/compose/project-files.ts';
import { readLabels, readVariables } from '../containers/compose/service-fields.ts';
import { withDefaults } from '../containers/compose/variables.ts';
import { DEFAULT_DOMAIN } from '../project/domain.ts';
import { endpointUrl } from '../project/endpoint.ts';
import type { Settings } from '../project/settings.ts';
import { ExplainedError } from '../system/errors.ts';
import { mapOf, type YamlMap, type YamlValue } from '../system/yaml/yaml-value.ts';
import { chooseCheckedName } from './checked-name.ts';
import { isOurProxy, nameServices, type ComposePlan, type ServiceNames } from './compose-plan.ts';
import { findPublishedPort } from './published-port.ts';

/** What the choices are made from. */
interface ComposeCircumstances {
  readonly settings: Settings;
  /** The settings that a user has made; every other one leaves the file as it is. */
  readonly chosen: ReadonlySet<keyof Settings>;
  /** Absolute. */
  readonly certificatesFolder: string;
  /** CHROMA_DOMAIN as it is now. */
  readonly domain: string;
  /** Whether Compose reads CHROMA_DOMAIN from the same file as we do. */
  readonly sharesEnvFile: boolean;
  readonly certificateNames: readonly string[];
  readonly keyEncrypted: boolean;
  /** None: as the file has it. */
  readonly bearerToken?: boolean;
  /** Absolute: the paths in the file begin here. */
  readonly projectFolder: string;
  /** What the file to write to says now. */
  readonly project: YamlMap;
  /** The whole project, resolved. */
  readonly resolved: YamlMap;
  readonly names: ServiceNames;
  /** Where each server generation keeps its data; undefined where the service does not tell. */
  readonly dataPaths: Readonly<Record<Generation, string | undefined>>;
}

/**
 * Makes every choice: by the settings a user has made, else by what the file has already. So no
 * server with data gets another version, and none loses its token, without being asked for. Pure.
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
  const corsOrigins = chosen.has('corsOrigins') ? settings.corsOrigins : readOrigins(proxy);
  const tls = chooseTls(settings.tlsTermination, capabilities, proxy, corsOrigins.length > 0);
  const sameProxy = readProxyTls(proxy) === tls ? proxy : undefined;
  const published = choosePublication(mapOf(chroma), known, circumstances);
  const bearerToken =
    circumstances.bearerToken ??
    (chosen.has('token') ? settings.token === 'generated' : asksForToken([chroma, proxy]));
  if (bearerToken && tls === 'uvicorn' && !capabilities.ownAuthentication) {
    throw new ExplainedError({
      code: 'token-impossible',
      what: `${image} cannot ask for a bearer token.`,
      why: 'Chroma does so from 0.5.0 to 0.6.3; for any other version a proxy can.',
      next: 'Set chromaTls.tlsTermination to nginx or envoy, or choose another version.',
      action: 'openSettings',
    });
  }
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
    proxyImage: keep(mapOf(sameProxy)['image'], tls === 'envoy' ? 'envoyImage' : 'nginxImage'),
    ...published,
    certificatesFolder: relativeFolder(circumstances),
    keyEncrypted: circumstances.keyEncrypted,
    domain: circumstances.sharesEnvFile ? DEFAULT_DOMAIN : domain,
    url: endpointUrl(domain, published.port),
    checkedName: chooseCheckedName(domain, circumstances.certificateNames, tls),
    bearerToken,
    corsOrigins,
  };
}

/** Where it is published. A port without an address is open to the network: that is not kept. */
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

/** For the server generation that runs, as the service says; for the other one, as its image has it. */
function settleDataPaths(
  { dataPaths }: ComposeCircumstances,
  service: YamlMap,
  generation: Generation,
): DataPaths {
  const present = tellServiceGeneration(service) ?? generation;
  const path = dataPaths[present];
  if (path !== undefined) return { ...DATA_PATHS, [present]: path };
  throw new ExplainedError({
    code: 'compose-data-unknown',
    what: 'The Compose file does not say where Chroma keeps its data.',
    why: 'Its command or configuration sets the folder in a way that cannot be read here.',
    next: `Set ${DATA_VARIABLES[present]} in the service, or write a separate server to ${SEPARATE_COMPOSE_FILE}.`,
    action: 'createSeparateComposeFile',
  });
}

/**
 * The names of our services: those that are there already, or free ones. Pure.
 *
 * @param services of the whole project
 * @param taken other names that are not free
 */
export function chooseNames(services: YamlMap, taken: readonly string[]): ServiceNames {
  const usual = taken.includes(CHROMA_SERVICE) ? `${CHROMA_SERVICE}-local` : CHROMA_SERVICE;
  const names = nameServices(findChroma(listCandidates(services))?.name ?? usual);
  // A service of the user's own may have the name.
  const proxy = [names.proxy, `${names.proxy}-proxy`].find(
    (name) => !taken.includes(name) && (services[name] === undefined || isOurProxy(services[name])),
  );
  return { ...names, proxy: proxy ?? `${names.proxy}-2` };
}

function chooseTls(
  setting: Settings['tlsTermination'],
  capabilities: ComposePlan['capabilities'],
  proxy: YamlValue | undefined,
  looksInside: boolean,
): ComposePlan['tls'] {
  if (setting === 'auto' && !capabilities.ownTls && readProxyTls(proxy) === 'envoy') return 'envoy';
  const tls = chooseTermination(setting, capabilities, 'container', looksInside);
  if (tls !== 'embedded') return tls;
  throw new ExplainedError({
    code: 'termination-impossible',
    what: 'embedded cannot end TLS here.',
    why: 'A Compose file cannot start this program of Chroma TLS.',
    next: 'Set chromaTls.tlsTermination to auto, nginx or envoy.',
    action: 'openSettings',
  });
}

function asksForToken(services: readonly (YamlValue | undefined)[]): boolean {
  return services
    .flatMap((service) => Object.values(readVariables(mapOf(service))))
    .some((value) => value?.includes('${CHROMA_TOKEN'));
}

/** The origins in the configuration of a proxy of ours: nothing else in it is a URL in quotes. */
function readOrigins(service: YamlValue | undefined): readonly string[] {
  if (!isOurProxy(service)) return [];
  const configurations = Object.values(readVariables(mapOf(service)));
  return configurations
    .flatMap((text) => [...(text ?? '').matchAll(/"(https?:\/\/[^"\s]+)"/g)])
    .flatMap(([, origin]) => origin ?? [])
    .filter((origin, index, all) => all.indexOf(origin) === index);
}

/** What ends TLS in a proxy of ours; undefined for another service. */
function readProxyTls(service: YamlValue | undefined): string | undefined {
  return isOurProxy(service) ? readLabels(mapOf(service))[LABELS.tls] : undefined;
}

function relativeFolder({ projectFolder, certificatesFolder }: ComposeCircumstances): string {
  const path = relative(resolve(projectFolder), certificatesFolder).split(sep).join('/');
  if (!isAbsolute(path) && !path.includes(':')) return path.startsWith('../') ? path : `./${path}`;
  throw new ExplainedError({
    code: 'invalid-setting',
    what: `A Compose file cannot name the folder ${certificatesFolder}.`,
    why: 'In a Compose file a colon ends a path.',
    next: 'Choose another in the setting chromaTls.certificatesFolder.',
    action: 'openSettings',
  });
}
