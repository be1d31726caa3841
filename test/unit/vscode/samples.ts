import type {
  CertificateFacts,
  CertificateProblem,
} from '../../../src/certificates/inspect/certificate-state.ts';
import type { HeartbeatFailure } from '../../../src/chroma/health/heartbeat-failure.ts';
import type { StoreTrust, TrustState } from '../../../src/certificates/trust/trust-state.ts';
import type { HeartbeatOk, Probe } from '../../../src/chroma/health/probe.ts';
import type { ServerFacts } from '../../../src/chroma/server-facts.ts';
import type { Snapshot } from '../../../src/chroma/status/snapshot.ts';
import { DEFAULT_SETTINGS } from '../../../src/project/settings.ts';
import type { State } from '../../../src/chroma/status/derive-status.ts';

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

const MISS: Probe = {
  ok: false,
  at: NOW,
  failure: {
    code: 'name-mismatch',
    what: 'The certificate that is served is not good for chroma.test.',
    transient: false,
    action: 'regenerateCertificate',
  },
  answeredBefore: true,
};

export function certificate(...problems: readonly CertificateProblem[]): Snapshot['certificate'] {
  const facts: CertificateFacts = {
    names: ['localhost', '127.0.0.1', '::1'],
    issuer: 'O=Chroma, CN=Chroma TLS CA for demo',
    issuerName: 'Chroma TLS CA for demo',
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

export const DOMAIN_MISMATCH: CertificateProblem = {
  code: 'name-mismatch',
  what: 'It does not cover chroma.test.',
};

export const TRACKED: CertificateProblem = {
  code: 'key-tracked',
  what: 'Git tracks the private key (serverkey.pem).',
};

const IDLE: Snapshot = {
  domain: 'localhost',
  certificate: certificate(),
  renewal: { source: { kind: 'own-authority' }, record: {} },
  observation: { kind: 'none' },
};

const RUNNING: Snapshot = {
  ...IDLE,
  observation: { kind: 'running', server: SERVER },
  probe: BEAT,
};

const THEIRS: ServerFacts = {
  id: 'https://chroma.example:443',
  runtime: 'external',
  tls: 'other',
  bindAddress: 'chroma.example',
  port: 443,
  startedAt: 0,
};

/** The certificate on disk is not the external server's. */
const EXTERNAL: Snapshot = {
  domain: 'chroma.example',
  certificate: certificate(DOMAIN_MISMATCH),
  observation: { kind: 'running', server: THEIRS },
};

export const SERVED: CertificateFacts = {
  names: ['chroma.example'],
  issuer: 'O=Their Authority, CN=Their CA',
  issuerName: 'Their CA',
  serial: '02',
  notBefore: new Date(NOW - 86_400_000),
  notAfter: new Date(NOW + 50 * 86_400_000),
  fingerprint256: FINGERPRINT.replaceAll('AB', 'CD'),
  keyType: 'RSA 2048',
  keyEncrypted: false,
  selfSigned: false,
  problems: [],
};

const THEIR_BEAT: HeartbeatOk = {
  ...BEAT,
  servedFingerprint256: SERVED.fingerprint256,
  served: SERVED,
};

const EXPIRES_SOON: CertificateProblem = { code: 'expires-soon', what: 'It expires in 9 days.' };

function theirMiss(failure: HeartbeatFailure): Probe {
  return { ok: false, at: NOW, failure, answeredBefore: false };
}

/** Snapshots of a server that someone else runs. */
export const EXTERNAL_SAMPLES = {
  checking: EXTERNAL,
  healthy: { ...EXTERNAL, probe: THEIR_BEAT },
  degraded: {
    ...EXTERNAL,
    probe: { ...THEIR_BEAT, served: { ...SERVED, problems: [EXPIRES_SOON] } },
  },
  unreachable: {
    ...EXTERNAL,
    probe: theirMiss({
      code: 'unknown-ca',
      what: 'It was signed by an authority that this machine does not know.',
      transient: false,
    }),
  },
  unconfigured: {
    ...EXTERNAL,
    domain: 'localhost',
    observation: { kind: 'running', server: { ...THEIRS, assumed: true } },
    probe: theirMiss({ code: 'refused', what: 'Nothing listens.', transient: true }),
  },
  failed: {
    ...EXTERNAL,
    domain: 'a b',
    observation: {
      kind: 'impaired',
      server: THEIRS,
      problem: {
        code: 'invalid-name',
        what: '"a b" cannot be the name of a server.',
        action: 'setDomain',
      },
    },
  },
} as const satisfies Partial<Record<State, Snapshot>>;

/** The answers of two trust stores: the system's and Chromium's. */
export function trust(
  system: Partial<StoreTrust> & Pick<StoreTrust, 'state'>,
  chromium: Partial<StoreTrust> & Pick<StoreTrust, 'state'>,
): TrustState {
  const facts = { users: 'this', needsRoot: false, hasFormer: false } as const;
  return [
    { ...facts, id: 'system', name: 'system', location: '/anchors', ...system },
    { ...facts, id: 'chromium', name: 'Chromium', location: '/home/ada/.pki/nssdb', ...chromium },
  ];
}

const TRUSTED = { state: 'trusted' } as const;
const NOT_TRUSTED = { state: 'not-trusted' } as const;

/** One snapshot for each state, with every extent of trust. */
export const SAMPLES: Readonly<Record<State, Snapshot>> = {
  checking: { ...IDLE, awaited: ['project', 'observation'], certificate: { kind: 'none' } },
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
    certificate: certificate(DOMAIN_MISMATCH),
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

/** Snapshots with one problem each, for every kind of cure there is. */
export const PROBLEM_SAMPLES: readonly Snapshot[] = [
  withProblem({ code: 'key-locked', what: 'The key is locked.' }),
  withProblem(TRACKED),
  withProblem({ code: 'renewal-failed', what: 'It could not be renewed.' }),
  { ...withProblem(DOMAIN_MISMATCH), renewal: { source: { kind: 'imported' }, record: {} } },
  { ...SAMPLES.healthy, probe: { ...BEAT, servedFingerprint256: 'EF' } },
  ...(
    [
      'setDomain',
      'startServer',
      'restartServer',
      'showLogs',
      'trustCertificate',
      'createComposeFile',
      'unpauseServer',
      'openSettings',
      { terminal: 'sudo systemctl start docker', label: 'Start Docker' },
    ] as const
  ).map((action): Snapshot => ({
    ...IDLE,
    failure: { problem: { code: 'unexpected', what: 'No.', action }, lastLog: [] },
  })),
  {
    ...RUNNING,
    settings: { settings: { ...DEFAULT_SETTINGS, image: 'chromadb/chroma:1.5.8' } },
  },
];

function withProblem(problem: CertificateProblem): Snapshot {
  return { ...IDLE, certificate: certificate(problem) };
}
