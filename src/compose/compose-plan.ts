import { PASSPHRASE_VARIABLE } from '../certificates/encoding/passphrase.ts';
import { LOG_LIMITS } from '../chroma/runtimes/docker/commands.ts';
import type { OwnTermination } from '../chroma/termination.ts';
import type { Capabilities } from '../chroma/version.ts';
import type { DataPaths } from '../chroma/runtimes/compose/data-mounts.ts';
import type { YamlMap } from '../system/yaml/yaml-text.ts';

/** What our part of a Compose file is made from; every choice is made already. */
export interface ComposePlan {
  readonly names: ServiceNames;
  readonly image: string;
  readonly capabilities: Capabilities;
  /** Where each line keeps its data in this service. */
  readonly dataPaths: DataPaths;
  /** The project mounts something there already. */
  readonly hasData: boolean;
  /** The embedded proxy is a program of Chroma TLS, which no Compose file can start. */
  readonly tls: Exclude<OwnTermination, 'embedded'>;
  /** nginx's or Envoy's; unused where uvicorn ends TLS. */
  readonly proxyImage: string;
  /** Of this machine; where a user's file has a variable for it, that one. */
  readonly bindAddress: string;
  readonly port: number;
  /** A variable of Compose that stands for the port in a user's file; none: our own. */
  readonly portVariable?: string;
  /** Relative to the Compose file, such as `./certs`. */
  readonly certificatesFolder: string;
  /** Whether whoever starts it has to know the passphrase of the key. */
  readonly keyEncrypted: boolean;
  /** What holds where `.env` has no CHROMA_DOMAIN. */
  readonly domain: string;
  /** Where clients find it now, such as `https://localhost:8000`. */
  readonly url: string;
  readonly checkedName: CheckedName;
  /** Whether clients have to present CHROMA_TOKEN. */
  readonly bearerToken: boolean;
}

/** Under which name a health check verifies the certificate. */
export type CheckedName =
  /** CHROMA_DOMAIN, whatever it will be. */
  | { readonly kind: 'domain' }
  /** One name of the certificate, because CHROMA_DOMAIN is none that a proxy can call. */
  | { readonly kind: 'fixed'; readonly name: string }
  | { readonly kind: 'none' };

/** What our services and the volume are called. */
export interface ServiceNames {
  readonly chroma: string;
  readonly proxy: string;
  readonly volume: string;
}

/** A service, and what is said above its keys, by their path in it. */
export interface ExplainedService {
  readonly service: YamlMap;
  readonly comments: Readonly<Record<string, string>>;
}

export function nameServices(chroma: string): ServiceNames {
  return { chroma, proxy: `${chroma}-tls`, volume: `${chroma}-data` };
}

/** A text as it has to stand in a Compose file, where `$` begins a variable. */
export function escapeForCompose(text: string): string {
  return text.replaceAll('$', '$$$$');
}

/** What clients call the server by; from the environment or `.env`, when Compose reads the file. */
export function domainVariable({ domain }: Pick<ComposePlan, 'domain'>): string {
  return `\${CHROMA_DOMAIN:-${domain}}`;
}

/** A driver that Docker and Podman both have; without a limit its files grow until the disk is full. */
export const BOUNDED_LOGGING: YamlMap = { driver: 'json-file', options: LOG_LIMITS };

/** Left empty where nobody set it: with `:?` Compose could not even stop what runs. */
export const PASSPHRASE_REFERENCE = `\${${PASSPHRASE_VARIABLE}:-}`;

/** Why it is not kept in `.env`. */
export const PASSPHRASE_COMMENT = `Opens the key. From the environment of whoever starts it, and best not in .env:
there it would lie beside the key.`;

/** Compose starts nothing while it is empty. */
export const TOKEN_VARIABLE = '${CHROMA_TOKEN:?is empty: set it in .env}';
