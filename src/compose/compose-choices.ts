import { isAbsolute, relative, resolve, sep } from 'node:path';
import { LABELS } from '../chroma/runtimes/docker-commands.ts';
import { chooseTermination } from '../chroma/termination.ts';
import { describeImage } from '../chroma/version.ts';
import { ExplainedError } from '../errors.ts';
import { DEFAULT_DOMAIN } from '../project/domain.ts';
import { endpointUrl } from '../project/endpoint.ts';
import type { Settings } from '../project/settings.ts';
import { chooseCheckedName } from './checked-name.ts';
import { CHROMA_SERVICE, findChroma } from './chroma-finder.ts';
import { nameServices, withDefaults, type ComposePlan, type ServiceNames } from './compose-plan.ts';
import { nameVolume } from './data-mounts.ts';
import { isFront, mapOf, readLabel } from './merge-project.ts';
import { findPublishedPort } from './published-port.ts';
import { isYamlMap, isYamlSequence, type YamlMap, type YamlValue } from './yaml-text.ts';

/** What the choices are made from. */
export interface ComposeCircumstances {
  readonly workspace: string;
  readonly settings: Settings;
  /** Which of them a person has made: every other one leaves the file as it is. */
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
  /** What the file says by now. */
  readonly project: YamlMap;
  /** What other files of the workspace call their services. */
  readonly takenNames: readonly string[];
}

/**
 * Makes every choice: the settings a person has made decide, and where they made none, what the file
 * has already. So a server with data is not moved to another version, nor a token dropped, unasked;
 * and it can be moved to the version that is the default. Pure.
 *
 * @throws ExplainedError `termination-impossible`, `token-impossible`, `invalid-setting`
 */
export function planCompose(circumstances: ComposeCircumstances): ComposePlan {
  const { settings, chosen, project, domain } = circumstances;
  const services = mapOf(project['services']);
  const names = chooseNames(services, circumstances.takenNames);
  const chroma = services[names.chroma];
  const front = services[names.front];
  const keep = (present: YamlValue | undefined, name: 'image' | 'nginxImage' | 'envoyImage') =>
    typeof present === 'string' && present !== '' && !chosen.has(name) ? present : settings[name];
  const image = keep(mapOf(chroma)['image'], 'image');
  const traits = describeImage(withDefaults(image));
  const tls = chooseTls(settings.tlsTermination, traits, front);
  const sameFront = isFront(front) && readLabel(front, LABELS.tls) === tls ? front : undefined;
  const known = mapOf(sameFront)['image'];
  const published = choosePublication(mapOf(chroma), circumstances);
  const bearerToken = circumstances.bearerToken ?? asksForToken([chroma, front]);
  if (bearerToken && tls === 'uvicorn' && !traits.ownAuthentication) throw tokenImpossible(image);
  return {
    names: { ...names, volume: nameVolume(names.volume, mapOf(chroma), traits.line) },
    image,
    traits,
    tls,
    frontImage: keep(known, tls === 'envoy' ? 'envoyImage' : 'nginxImage'),
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
  { settings, chosen }: ComposeCircumstances,
): Pick<ComposePlan, 'bindAddress' | 'port' | 'portVariable'> {
  const { address, port } = findPublishedPort(chroma) ?? {};
  const bindAddress =
    address === undefined || chosen.has('bindAddress') ? settings.bindAddress : address;
  if (port === undefined || chosen.has('port')) return { bindAddress, port: settings.port };
  const known = Number(withDefaults(port));
  return {
    bindAddress,
    port: Number.isInteger(known) ? known : settings.port,
    ...(port.includes('$') ? { portVariable: port } : {}),
  };
}

/** The names of ours: those that are there already, or such as nobody has. */
function chooseNames(services: YamlMap, taken: readonly string[]): ServiceNames {
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
  const front = [names.front, `${names.front}-front`].find(
    (name) => services[name] === undefined || isFront(services[name]),
  );
  return { ...names, front: front ?? `${names.front}-proxy` };
}

function chooseTls(
  setting: Settings['tlsTermination'],
  traits: ComposePlan['traits'],
  front: YamlValue | undefined,
): ComposePlan['tls'] {
  const present = isFront(front) ? readLabel(front, LABELS.tls) : undefined;
  if (setting === 'auto' && !traits.ownTls && present === 'envoy') return 'envoy';
  const tls = chooseTermination(setting, traits, 'container');
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

function relativeFolder({ workspace, certificatesFolder }: ComposeCircumstances): string {
  const path = relative(resolve(workspace), certificatesFolder).split(sep).join('/');
  if (!isAbsolute(path) && !path.includes(':')) return `./${path}`;
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
