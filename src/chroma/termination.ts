import { ExplainedError } from '../system/errors.ts';
import type { Settings } from '../project/settings.ts';
import type { TlsTermination } from './server-facts.ts';
import type { Capabilities } from './version.ts';

/** Who can end TLS for a Chroma that we start ourselves. */
export type OwnTermination = Exclude<TlsTermination, 'other'>;

/**
 * Who ends TLS: what the setting asks for, or with `auto` what suits the version and the place best.
 *
 * @param looksInside whether requests are looked into, for a token or an origin: only a TLS proxy does
 * @param location `container`: Chroma runs in one. `process`: it is a program of this machine.
 * @throws ExplainedError `termination-impossible`, saying why that combination cannot exist
 */
export function chooseTermination(
  setting: Settings['tlsTermination'],
  { ownTls, version }: Pick<Capabilities, 'ownTls' | 'version'>,
  location: 'container' | 'process',
  looksInside: boolean,
): OwnTermination {
  if (setting === 'auto') {
    if (ownTls && !looksInside) return 'uvicorn';
    return location === 'container' ? 'nginx' : 'embedded';
  }
  if (setting === 'uvicorn' && !ownTls) {
    throw impossible(
      setting,
      `Chroma ${version ?? 'since 1.0'} is no longer served by uvicorn and has no TLS of its own, so something must end TLS in front of it.`,
    );
  }
  if (setting === 'uvicorn' && looksInside) {
    throw impossible(
      setting,
      'The settings chromaTls.token and chromaTls.corsOrigins need a TLS proxy, which looks at each request.',
    );
  }
  if (location === 'process' && (setting === 'nginx' || setting === 'envoy')) {
    throw impossible(
      setting,
      'It runs as a container beside Chroma; a Chroma without a container has the embedded proxy.',
    );
  }
  return setting;
}

/** Whether these settings have requests looked into. Pure. */
export function looksIntoRequests({
  token,
  corsOrigins,
}: Pick<Settings, 'token' | 'corsOrigins'>): boolean {
  return token === 'generated' || corsOrigins.length > 0;
}

/** Whether it serves a new certificate without a restart. Pure. */
export function canReload(tls: TlsTermination): boolean {
  return tls === 'nginx' || tls === 'envoy' || tls === 'embedded';
}

function impossible(setting: Settings['tlsTermination'], why: string): ExplainedError {
  return new ExplainedError({
    code: 'termination-impossible',
    what: `${setting} cannot end TLS here.`,
    why,
    next: 'Set chromaTls.tlsTermination to auto.',
    action: 'openSettings',
  });
}
