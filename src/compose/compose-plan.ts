import { PASSPHRASE_VARIABLE } from '../certificates/encoding/passphrase.ts';
import { readLabels } from '../containers/compose/service-fields.ts';
import { LOG_LIMITS } from '../chroma/runtimes/docker/container-arguments.ts';
import { LABELS } from '../chroma/runtimes/container-labels.ts';
import type { OwnTermination } from '../chroma/termination.ts';
import type { Capabilities } from '../chroma/version.ts';
import type { DataPaths } from '../chroma/runtimes/compose/service-data.ts';
import { mapOf, type YamlMap, type YamlValue } from '../system/yaml/yaml-value.ts';

/** What our services are made from; every choice is made. */
export interface ComposePlan {
  readonly names: ServiceNames;
  readonly image: string;
  readonly capabilities: Capabilities;
  /** Where each server generation keeps its data in this service. */
  readonly dataPaths: DataPaths;
  /** Whether the project mounts a volume or folder for the data already. */
  readonly hasData: boolean;
  /** The embedded proxy is a program of Chroma TLS, which no Compose file can start. */
  readonly tls: Exclude<OwnTermination, 'embedded'>;
  /** Of nginx or Envoy; unused where uvicorn ends TLS. */
  readonly proxyImage: string;
  /** Of this machine; a variable where the user's file has one. */
  readonly bindAddress: string;
  readonly port: number;
  /** The variable for the port in a user's file; none: our own. */
  readonly portVariable?: string;
  /** Relative to the Compose file, such as `./certs`. */
  readonly certificatesFolder: string;
  /** Whether the key has a passphrase, which a user has to know to start it. */
  readonly keyEncrypted: boolean;
  /** The name where `.env` has no CHROMA_DOMAIN. */
  readonly domain: string;
  /** For clients, now, such as `https://localhost:8000`. */
  readonly url: string;
  readonly checkedName: CheckedName;
  /** Whether clients have to present CHROMA_TOKEN. */
  readonly bearerToken: boolean;
  /** The origins whose pages the TLS proxy lets ask. */
  readonly corsOrigins: readonly string[];
}

/** The name by which a health check verifies the certificate. */
export type CheckedName =
  /** CHROMA_DOMAIN, as it is at each start. */
  | { readonly kind: 'domain' }
  /** A name of the certificate: a proxy cannot ask for CHROMA_DOMAIN. */
  | { readonly kind: 'fixed'; readonly name: string }
  | { readonly kind: 'none' };

/** The names of our services and of the volume. */
export interface ServiceNames {
  readonly chroma: string;
  readonly proxy: string;
  readonly volume: string;
}

/** A service, and the comments above its keys, by the path in it. */
export interface ExplainedService {
  readonly service: YamlMap;
  readonly comments: Readonly<Record<string, string>>;
}

/** The usual names beside a Chroma service of that name. Pure. */
export function nameServices(chroma: string): ServiceNames {
  return { chroma, proxy: `${chroma}-tls`, volume: `${chroma}-data` };
}

/** Whether a service is a TLS proxy of ours. Pure. */
export function isOurProxy(service: YamlValue | undefined): boolean {
  return readLabels(mapOf(service))[LABELS.role] === 'proxy';
}

/** A text as a Compose file needs it, where `$` begins a variable. */
export function escapeForCompose(text: string): string {
  return text.replaceAll('$', '$$$$');
}

/** The server's name for clients; Compose takes it from the environment or `.env`. */
export function domainVariable({ domain }: Pick<ComposePlan, 'domain'>): string {
  return `\${CHROMA_DOMAIN:-${domain}}`;
}

/** Docker and Podman both have this driver; without a limit its files fill the disk. */
export const BOUNDED_LOGGING: YamlMap = { driver: 'json-file', options: LOG_LIMITS };

/** Empty where it is not set: with `:?` Compose could not even stop what runs. */
export const PASSPHRASE_REFERENCE = `\${${PASSPHRASE_VARIABLE}:-}`;

export const PASSPHRASE_COMMENT = `The passphrase of the key, from the environment in which you start this. Do not keep it
in .env: there it lies beside the key.`;

/** Compose starts nothing while the variable is empty. */
export const TOKEN_VARIABLE = '${CHROMA_TOKEN:?is empty: set it in .env}';
