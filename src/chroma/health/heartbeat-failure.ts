import { isIP } from 'node:net';
import type { CertificateProblem } from '../../certificates/inspect/certificate-state.ts';
import { systemCode, type Problem } from '../../system/errors.ts';
import type { ServerFacts } from '../server-facts.ts';

export interface HeartbeatFailure extends Problem<
  | 'refused'
  | 'unknown-host'
  | 'no-route'
  | 'starting'
  | 'timeout'
  | 'closed'
  | 'name-mismatch'
  | 'unknown-ca'
  | 'other-certificate'
  | 'expired'
  | 'not-yet-valid'
  | 'plain-http'
  | 'wrong-api'
  | 'bad-answer'
  | 'no-trust-anchor'
  | 'unsupported-constraint'
  | 'other'
> {
  /** Whether waiting may help. */
  readonly transient: boolean;
}

/** What a heartbeat asked, and whom. */
export interface Asked {
  readonly address: string;
  readonly port: number;
  readonly name: string;
  readonly path: string;
  /** Only the very certificate on disk was trusted. */
  readonly pinned?: boolean;
}

/** Says which failure it was, by Node's error codes (OpenSSL's and BoringSSL's). */
export function classifyFailure(error: unknown, asked: Asked): HeartbeatFailure {
  const { address, port } = asked;
  const where = isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
  if (hasStatus(error)) return classifyStatus(error.status, asked);
  const code = systemCode(error) ?? '';
  const text = error instanceof Error ? error.message : String(error);
  if (text.startsWith('No answer in')) return timeout(asked, where);
  const named = BY_CODE[code];
  if (named) return named(asked, where);
  if (/wrong version number|packet length too long|http request|WRONG_VERSION/i.test(text + code)) {
    return {
      code: 'plain-http',
      what: `${where} does not speak TLS: it is plain HTTP, or another program.`,
      transient: false,
      action: 'restartServer',
    };
  }
  if (/unsupported name constraint/i.test(text)) return unsupportedConstraint(asked, where);
  if (/permitted subtree|excluded subtree|name constraint/i.test(text)) {
    return nameMismatch(asked, where);
  }
  return { code: 'other', what: `The heartbeat failed: ${text}`, transient: true };
}

/**
 * Whether a request failed because of what the other side said: another certificate, no TLS, or a
 * TLS alert. A broken connection or a timeout does not tell who answers. Pure.
 */
export function isOtherProgram(error: unknown): boolean {
  const { code } = classifyFailure(error, { address: '', port: 0, name: '', path: '' });
  if (FOREIGN.has(code)) return true;
  return code === 'other' && /^(EPROTO|ERR_SSL_)/.test(systemCode(error) ?? '');
}

const FOREIGN: ReadonlySet<HeartbeatFailure['code']> = new Set<HeartbeatFailure['code']>([
  'name-mismatch',
  'unknown-ca',
  'other-certificate',
  'expired',
  'not-yet-valid',
  'plain-http',
]);

type Namer = (asked: Asked, where: string) => HeartbeatFailure;

const nameMismatch: Namer = ({ name }) => ({
  code: 'name-mismatch',
  what: `The certificate that is served is not good for ${name}.`,
  transient: false,
  action: 'regenerateCertificate',
});
const unknownAuthority: Namer = ({ pinned }) =>
  pinned
    ? {
        code: 'other-certificate',
        what: 'The certificate that is served is not the one in servercert.pem.',
        transient: false,
        action: 'restartServer',
      }
    : {
        code: 'unknown-ca',
        what: "The certificate that is served was not signed by this workspace's authority (ca.pem).",
        transient: false,
        action: 'restartServer',
      };
const closed: Namer = (_, where) => ({
  code: 'closed',
  what: `${where} closed the connection: nothing behind it is ready.`,
  transient: true,
});

const timeout: Namer = (_, where) => ({
  code: 'timeout',
  what: `${where} gave no answer in time.`,
  transient: true,
});
const unknownHost: Namer = ({ address }) => ({
  code: 'unknown-host',
  what: `${address} cannot be found from here.`,
  transient: true,
  action: 'setDomain',
});
const noRoute: Namer = ({ address }) => ({
  code: 'no-route',
  what: `${address} cannot be reached from here: no network leads there.`,
  transient: true,
});
const unsupportedConstraint: Namer = () => ({
  code: 'unsupported-constraint',
  what: "VS Code's TLS library cannot check an authority that is limited to IP addresses.",
  transient: false,
});

const BY_CODE: Readonly<Partial<Record<string, Namer>>> = {
  ECONNREFUSED: (_, where) => ({
    code: 'refused',
    what: `Nothing listens on ${where}.`,
    transient: true,
  }),
  ENOTFOUND: unknownHost,
  EAI_AGAIN: unknownHost,
  EHOSTUNREACH: noRoute,
  ENETUNREACH: noRoute,
  ETIMEDOUT: timeout,
  ECONNRESET: closed,
  EPIPE: closed,
  ERR_TLS_CERT_ALTNAME_INVALID: nameMismatch,
  PERMITTED_VIOLATION: nameMismatch,
  EXCLUDED_VIOLATION: nameMismatch,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  CERT_SIGNATURE_FAILURE: unknownAuthority,
  CERT_HAS_EXPIRED: () => ({
    code: 'expired',
    what: 'The certificate that is served has expired.',
    transient: false,
    action: 'regenerateCertificate',
  }),
  CERT_NOT_YET_VALID: () => ({
    code: 'not-yet-valid',
    what: "The certificate that is served is not valid yet: is this machine's clock right?",
    transient: false,
  }),
};

/**
 * The failure that the next heartbeat will have, because a certificate has expired, or is not valid
 * yet, since the last one. Pure.
 *
 * @param problem what is wrong with the dates of the served certificate
 * @param server one that someone else runs gets no button: we cannot renew its certificate
 */
export function datedFailure(
  { code, what }: CertificateProblem,
  { runtime }: Pick<ServerFacts, 'runtime'>,
): HeartbeatFailure {
  const isEarly = code === 'not-yet-valid' || code === 'authority-not-yet-valid';
  return {
    code: isEarly ? 'not-yet-valid' : 'expired',
    what: `No client accepts the served certificate: ${what.charAt(0).toLowerCase()}${what.slice(1)}`,
    transient: false,
    ...(isEarly || runtime === 'external' ? {} : { action: 'regenerateCertificate' }),
  };
}

function classifyStatus(status: number, { path }: Asked): HeartbeatFailure {
  if (status >= 502 && status <= 504) {
    return {
      code: 'starting',
      what: `The proxy answers, but Chroma behind it does not yet (status ${status}).`,
      transient: true,
    };
  }
  if (status === 404 || status === 410) {
    // 1.x says of what only older clients ask for that it is gone.
    const who = status === 410 ? 'the client is older than the server' : 'they are of two versions';
    return {
      code: 'wrong-api',
      what: `The server has no ${path} (status ${status}): ${who}.`,
      why: 'The tag of its image says another version than it is.',
      transient: false,
    };
  }
  return {
    code: 'bad-answer',
    what:
      status === 200
        ? 'The server answered, but not with a heartbeat of Chroma.'
        : `The server answered the heartbeat with status ${status}.`,
    transient: status >= 500,
  };
}

function hasStatus(error: unknown): error is { status: number } {
  return (
    typeof error === 'object' &&
    error !== null &&
    'status' in error &&
    typeof error.status === 'number'
  );
}
