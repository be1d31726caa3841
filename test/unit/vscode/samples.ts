import type { CertificateFacts, Problem } from '../../../src/certificates/inspect.ts';
import type { StoreTrust, TrustState } from '../../../src/certificates/trust/trust-state.ts';
import type { HeartbeatOk, Probe } from '../../../src/chroma/heartbeat.ts';
import type { ServerFacts } from '../../../src/chroma/runtimes/runtime.ts';
import type { Snapshot, State } from '../../../src/chroma/status.ts';

export const NOW = Date.UTC(2026, 10, 24, 12);

const FINGERPRINT = Array.from({ length: 32 }, () => 'AB').join(':');

export const SERVER: ServerFacts = {
  id: 'one',
  runtime: 'docker',
  image: 'chromadb/chroma:1.5.9',
  tls: 'nginx',
  bindAddress: '127.0.0.1',
  port: 8000,
  startedAt: NOW - 3_600_000,
};

const BEAT: HeartbeatOk = { ok: true, at: NOW, latencyMs: 2.34, servedFingerprint256: FINGERPRINT };

export const MISS: Probe = {
  ok: false,
  at: NOW,
  failure: {
    code: 'name-mismatch',
    message: 'The certificate that is served is not good for chroma.test.',
    transient: false,
    action: 'regenerateCertificate',
  },
  answeredBefore: true,
};

export function certificate(...problems: readonly Problem[]): Snapshot['certificate'] {
  const facts: CertificateFacts = {
    names: ['localhost', '127.0.0.1', '::1'],
    subject: 'CN=localhost',
    issuer: 'O=Chroma, CN=Chroma TLS CA for demo',
    serial: '01',
    notBefore: new Date(NOW - 86_400_000),
    notAfter: new Date(NOW + 100 * 86_400_000),
    fingerprint256: FINGERPRINT,
    keyType: 'ECDSA P-256',
    keyEncrypted: false,
    selfSigned: false,
    problems,
  };
  return { kind: 'present', facts };
}

export const UNCOVERED: Problem = {
  code: 'name-mismatch',
  message: 'It does not cover chroma.test.',
};

const IDLE: Snapshot = {
  domain: 'localhost',
  certificate: certificate(),
  observation: { kind: 'none' },
};

const RUNNING: Snapshot = {
  ...IDLE,
  observation: { kind: 'running', server: SERVER },
  probe: BEAT,
};

/** What two stores say: the system's and Chromium's. */
export function trust(
  system: Partial<StoreTrust> & Pick<StoreTrust, 'state'>,
  chromium: Partial<StoreTrust> & Pick<StoreTrust, 'state'>,
): TrustState {
  const facts = { users: 'this', needsRoot: false, hasFormer: false } as const;
  return [
    { ...facts, id: 'system', name: 'system', place: '/anchors', ...system },
    { ...facts, id: 'chromium', name: 'Chromium', place: '/home/ada/.pki/nssdb', ...chromium },
  ];
}

const TRUSTED = { state: 'trusted' } as const;
const NOT_TRUSTED = { state: 'not-trusted' } as const;

/** One snapshot for every state there is, with trust in every extent. */
export const SAMPLES: Readonly<Record<State, Snapshot>> = {
  unconfigured: { ...IDLE, certificate: { kind: 'none' } },
  stopped: { ...IDLE, trust: trust(NOT_TRUSTED, NOT_TRUSTED) },
  starting: {
    ...IDLE,
    operation: {
      kind: 'starting',
      step: { kind: 'pulling', image: 'chromadb/chroma:1.5.9', progress: '3 of 7 layers' },
    },
  },
  healthy: RUNNING,
  degraded: {
    ...RUNNING,
    trust: trust(TRUSTED, TRUSTED),
    domain: 'chroma.test',
    certificate: certificate(UNCOVERED),
  },
  unreachable: { ...RUNNING, probe: MISS, trust: trust(TRUSTED, NOT_TRUSTED) },
  stopping: {
    ...RUNNING,
    trust: trust({ ...NOT_TRUSTED, hasFormer: true }, NOT_TRUSTED),
    operation: { kind: 'stopping' },
  },
  failed: {
    ...IDLE,
    failure: {
      problem: {
        code: 'port-taken',
        what: 'Port 8000 is taken.',
        why: 'It is held by python (process 7).',
        next: 'Port 8001 is free.',
        action: { usePort: 8001 },
      },
      lastLog: [],
    },
  },
};
