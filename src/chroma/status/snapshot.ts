import type { CertificateState } from '../../certificates/inspect/certificate-state.ts';
import type { RenewalRecord } from '../../certificates/public/renewal-record.ts';
import type { RenewalSource } from '../../certificates/public/renewal-source.ts';
import type { TrustState } from '../../certificates/trust/trust-state.ts';
import type { Problem } from '../../system/errors.ts';
import type { UsableSettings } from '../../project/settings.ts';
import type { Probe } from '../health/probe.ts';
import type { StartStep } from '../runtimes/runtime.ts';
import type { Observation } from '../server-facts.ts';
import type { Doing } from '../start-lock.ts';

/** What is known, each fact from its own source. Nothing in here is a conclusion. */
export interface Snapshot {
  /** What has not been looked at yet; nothing is to be said of it. */
  readonly awaited?: readonly Source[];
  /** The settings in use, and which one cannot be what is written; none before they were read. */
  readonly settings?: UsableSettings;
  /** `CHROMA_DOMAIN`, as the workspace's env file has it. */
  readonly domain: string;
  readonly certificate: CertificateState;
  /** Who renews the certificate, and what is known of that; none where there is no whole one. */
  readonly renewal?: KnownRenewal;
  /** What the trust stores said of this certificate's authority; none before they were asked. */
  readonly trust?: TrustState;
  /** The runtime's own word about this workspace's server. */
  readonly observation: Observation;
  /** The last heartbeat of the server that now runs; none before the first. */
  readonly probe?: Probe;
  /** What this process is doing to the server at the moment. */
  readonly operation?: Operation;
  /** What another window or terminal is doing to it. */
  readonly elsewhere?: Doing;
  /** The certificate was replaced, and the running server is about to serve the new one. */
  readonly reloading?: true;
  /** Why the project could not be read the last time, where it could not. */
  readonly unreadable?: Problem;
  /** Why the last start from here did not work, until something newer is known, or what it was
   * tried with is another: the domain, the certificate, the settings. */
  readonly failure?: Failure;
}

/** Where facts come from: the files of the folder, and the runtimes. */
export type Source = 'project' | 'observation';

type Operation =
  { readonly kind: 'starting'; readonly step: StartStep } | { readonly kind: 'stopping' };

export interface KnownRenewal {
  readonly source: RenewalSource;
  readonly record: RenewalRecord;
}

export interface Failure {
  readonly problem: Problem;
  /** The server's own last log lines, oldest first. */
  readonly lastLog: readonly string[];
}

export type SnapshotEvent =
  | {
      readonly kind: 'project';
      readonly settings: UsableSettings;
      readonly domain: string;
      readonly certificate: CertificateState;
      readonly renewal?: KnownRenewal;
      /** The server that runs is to be told of it. */
      readonly reloading?: true;
    }
  | { readonly kind: 'unreadable'; readonly problem: Problem }
  | { readonly kind: 'reloaded' }
  | {
      readonly kind: 'trust';
      /** Fingerprint of the certificate that was there when the stores were asked. */
      readonly certificate: string | undefined;
      readonly trust: TrustState;
    }
  | {
      readonly kind: 'observed';
      readonly observation: Observation;
      /** What another window or terminal was doing meanwhile. */
      readonly elsewhere?: Doing | undefined;
    }
  | { readonly kind: 'elsewhere'; readonly doing: Doing }
  | { readonly kind: 'probed'; readonly serverId: string; readonly probe: Probe }
  | { readonly kind: 'operation'; readonly operation: Operation | undefined }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** Whether someone else runs the server this is about. */
export function isExternal({ observation }: Snapshot): boolean {
  return observation.kind !== 'none' && observation.server.runtime === 'external';
}
