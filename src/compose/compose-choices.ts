import { isAbsolute, relative, resolve, sep } from 'node:path';
import { LABELS } from '../chroma/runtimes/docker-commands.ts';
import { chooseTermination } from '../chroma/termination.ts';
import { describeImage } from '../chroma/version.ts';
import { ExplainedError } from '../errors.ts';
import { DEFAULT_DOMAIN } from '../project/domain.ts';
import { endpointUrl } from '../project/endpoint.ts';
import { DEFAULT_SETTINGS, type Settings } from '../project/settings.ts';
import { chooseCheckedName } from './checked-name.ts';
import { CHROMA_SERVICE, findChroma } from './chroma-finder.ts';
import { nameServices, type ComposePlan, type ServiceNames } from './compose-plan.ts';
import { isFront, mapOf, readLabel } from './merge-project.ts';
import { isYamlMap, isYamlSequence, type YamlMap, type YamlValue } from './yaml-text.ts';

/** What the choices are made from. */
export interface ComposeCircumstances {
  readonly workspace: string;
  readonly settings: Settings;
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
 * Makes every choice: the settings decide, and where a setting is at its default, what the file has
 * already. So a server with data is not moved to another version, nor a token dropped, unasked. Pure.
 *
 * @throws ExplainedError `termination-impossible`, `token-impossible`, `invalid-setting`
 */
export function planCompose(circumstances: ComposeCircumstances): ComposePlan {
  const { settings, project, domain } = circumstances;
  const services = mapOf(project['services']);
  const names = chooseNames(services, circumstances.takenNames);
  const chroma = services[names.chroma];
  const front = services[names.front];
  const image = keep(mapOf(chroma)['image'], settings.image, DEFAULT_SETTINGS.image);
  const traits = describeImage(withDefaults(image));
  const tls = chooseTls(settings.tlsTermination, traits, front);
  const { nginxImage, envoyImage } = DEFAULT_SETTINGS;
  const sameFront = isFront(front) && readLabel(front, LABELS.tls) === tls ? front : undefined;
  const known = mapOf(sameFront)['image'];
  const bearerToken = circumstances.bearerToken ?? asksForToken([chroma, front]);
  if (bearerToken && tls === 'uvicorn' && !traits.ownAuthentication) throw tokenImpossible(image);
  return {
    names,
    image,
    traits,
    tls,
    frontImage:
      tls === 'envoy'
        ? keep(known, settings.envoyImage, envoyImage)
        : keep(known, settings.nginxImage, nginxImage),
    bindAddress: settings.bindAddress,
    port: settings.port,
    certificatesFolder: relativeFolder(circumstances),
    keyEncrypted: circumstances.keyEncrypted,
    domain: circumstances.sharesEnvFile ? DEFAULT_DOMAIN : domain,
    url: endpointUrl(domain, settings.port),
    checkedName: chooseCheckedName(domain, circumstances.certificateNames, tls),
    bearerToken,
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

/** What stands there, unless the setting was changed from its default. */
function keep(present: YamlValue | undefined, setting: string, standard: string): string {
  return setting === standard && typeof present === 'string' && present !== '' ? present : setting;
}

/** An image with Compose's variables in it, as it is where none of them is set. */
function withDefaults(image: string): string {
  return image.replaceAll(/\$\{\w+:?-([^}]*)\}/g, '$1');
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
