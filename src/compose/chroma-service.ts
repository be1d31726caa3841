import { isIP } from 'node:net';
import { DATA_VARIABLES } from '../chroma/data-path.ts';
import { describeExposure } from '../chroma/exposure.ts';
import {
  UVICORN_CIPHERS,
  UVICORN_PASSPHRASE,
  uvicornCommand,
} from '../chroma/runtimes/docker/container-arguments.ts';
import { LABELS } from '../chroma/runtimes/container-labels.ts';
import { askWithBash } from '../proxy/bash-request.ts';
import { CIPHER_LIST } from '../proxy/cipher-suites.ts';
import { CONTAINER_PORTS } from '../proxy/tls-proxy.ts';
import {
  BOUNDED_LOGGING,
  domainVariable,
  escapeForCompose,
  PASSPHRASE_COMMENT,
  PASSPHRASE_REFERENCE,
  TOKEN_VARIABLE,
  type ComposePlan,
  type ExplainedService,
} from './compose-plan.ts';
import { withDefaults } from '../containers/compose/variables.ts';

/** Where uvicorn finds certificate, key and CA: the cookbook's place. */
const CERTIFICATES = '/chroma/certs';

/** Chroma itself, with TLS by uvicorn or on the loopback address for the TLS proxy beside it. Pure. */
export function describeChroma(plan: ComposePlan): ExplainedService {
  const { capabilities, tls, names, dataPaths } = plan;
  const own = tls === 'uvicorn';
  const variables =
    capabilities.generation === 'rust' ? listRustVariables(plan) : listPythonVariables(plan);
  const check = own ? verifiedCheck(plan) : plainCheck(plan);
  return {
    service: {
      image: plan.image,
      ...(capabilities.hasEntryPoint
        ? {}
        : { command: uvicornCommand(own ? '0.0.0.0' : '127.0.0.1') }),
      environment: Object.fromEntries(variables.map(([name, value]) => [name, value])),
      volumes: [
        ...(plan.hasData ? [] : [`${names.volume}:${dataPaths[capabilities.generation]}`]),
        ...(own ? [certificatesMount(plan, CERTIFICATES)] : []),
      ],
      ports: [publish(plan, own ? CONTAINER_PORTS.chroma : CONTAINER_PORTS.tls)],
      restart: 'unless-stopped',
      logging: BOUNDED_LOGGING,
      labels: { [LABELS.role]: 'server', [LABELS.tls]: tls },
      healthcheck: {
        test: ['CMD', ...check.test],
        interval: check.interval,
        // Chroma reads its data before it answers.
        timeout: '10s',
        retries: 3,
        start_period: '30s',
      },
    },
    comments: {
      ...Object.fromEntries(
        variables.map(([name, , comment = '']) => [`environment/${name}`, comment]),
      ),
      command: "Up to 0.4.22 the image's own command takes no options. This is its last line.",
      ports: describePorts(plan),
      healthcheck: check.comment,
    },
  };
}

/** Mounts the certificates folder, not its files: a renewed file is another inode. */
export function certificatesMount({ certificatesFolder }: ComposePlan, target: string): string {
  // z shares the folder with containers where there is SELinux, and does nothing elsewhere.
  return `${escapeForCompose(certificatesFolder)}:${target}:ro,z`;
}

function publish(
  { bindAddress, port, portVariable = `\${CHROMA_TLS_PORT:-${port}}` }: ComposePlan,
  target: number,
): string {
  const host = isIP(bindAddress) === 6 ? `[${bindAddress}]` : bindAddress;
  return `${host}:${portVariable}:${target}`;
}

function describePorts({ tls, names, capabilities, bindAddress }: ComposePlan): string {
  const warning = describeExposure(capabilities, withDefaults(bindAddress));
  if (warning !== undefined) return warning.replaceAll(/(.{60,80}) /g, '$1\n');
  return tls === 'uvicorn'
    ? 'The address keeps it on this machine; without one it is open to the network.'
    : `The TLS port of ${names.proxy}. Chroma's own port is not published.`;
}

/** A variable, its value (null: as the environment or `.env` sets it), and the comment above it. */
type ExplainedVariable = readonly [name: string, value: string | null, comment?: string];

function listRustVariables({ capabilities, dataPaths }: ComposePlan): readonly ExplainedVariable[] {
  const isMoved = dataPaths.rust !== capabilities.dataPath;
  return [
    ...(isMoved ? [[DATA_VARIABLES.rust, dataPaths.rust] as const] : []),
    [
      'CHROMA_LISTEN_ADDRESS',
      '127.0.0.1',
      'No TLS in Chroma 1.x: it listens only in its container.',
    ],
    ['CHROMA_PORT', String(CONTAINER_PORTS.chroma)],
    ['CHROMA_OPEN_TELEMETRY__ENDPOINT', null, 'Passed on where the environment or .env sets it.'],
  ];
}

const AUTHENTICATION = [
  'CHROMA_SERVER_AUTHN_PROVIDER',
  'CHROMA_SERVER_AUTHN_CREDENTIALS',
  'CHROMA_SERVER_AUTHN_CREDENTIALS_FILE',
  'CHROMA_AUTH_TOKEN_TRANSPORT_HEADER',
] as const;

const TELEMETRY = [
  'CHROMA_OTEL_COLLECTION_ENDPOINT',
  'CHROMA_OTEL_COLLECTION_HEADERS',
  'CHROMA_OTEL_SERVICE_NAME',
  'CHROMA_OTEL_GRANULARITY',
];

function listPythonVariables(plan: ComposePlan): readonly ExplainedVariable[] {
  const { capabilities, tls, bearerToken } = plan;
  const own = tls === 'uvicorn';
  const [provider, credentials, ...others] = AUTHENTICATION;
  const token: readonly ExplainedVariable[] = [
    [
      provider,
      'chromadb.auth.token_authn.TokenAuthenticationServerProvider',
      'Clients present CHROMA_TOKEN from .env as bearer token.',
    ],
    [credentials, TOKEN_VARIABLE],
  ];
  const ownToken = own && bearerToken && capabilities.ownAuthentication;
  const passedOn = ownToken ? others : AUTHENTICATION;
  return [
    ['IS_PERSISTENT', 'TRUE'],
    [DATA_VARIABLES.python, plan.dataPaths.python],
    ['ANONYMIZED_TELEMETRY', 'FALSE'],
    ...(own
      ? listUvicornVariables(plan)
      : [
          [
            'CHROMA_HOST_ADDR',
            '127.0.0.1',
            'The plain port is open only in its container.',
          ] as const,
        ]),
    ...(ownToken ? token : []),
    ...passOn([...(capabilities.ownAuthentication ? passedOn : []), ...TELEMETRY]),
  ];
}

function passOn([first = '', ...others]: readonly string[]): readonly ExplainedVariable[] {
  const comment = `Passed on where the environment or .env sets them, but never empty: with an empty
CHROMA_OTEL_COLLECTION_HEADERS Chroma does not start.`;
  return [[first, null, comment], ...others.map((name) => [name, null] as const)];
}

function listUvicornVariables(plan: ComposePlan): readonly ExplainedVariable[] {
  const passphrase = [UVICORN_PASSPHRASE, PASSPHRASE_REFERENCE, PASSPHRASE_COMMENT] as const;
  return [
    [
      'UVICORN_SSL_CERTFILE',
      `${CERTIFICATES}/servercert.pem`,
      "TLS by uvicorn itself; the image's own command stays as it is.",
    ],
    ['UVICORN_SSL_KEYFILE', `${CERTIFICATES}/serverkey.pem`],
    [UVICORN_CIPHERS, CIPHER_LIST, 'Forward secrecy only.'],
    ...(plan.keyEncrypted ? [passphrase] : []),
    ['CHROMA_DOMAIN', domainVariable(plan), 'The name the health check verifies.'],
  ];
}

type ExplainedCheck = Readonly<{ test: readonly string[]; interval: string; comment: string }>;

/** Verifies the certificate as a client does. All images have Python, curl only came with 0.5.0. */
function verifiedCheck({ capabilities }: ComposePlan): ExplainedCheck {
  const script = `import os, socket, ssl
name = os.environ["CHROMA_DOMAIN"].replace("*", "chroma")
context = ssl.create_default_context(cafile="${CERTIFICATES}/ca.pem")
with socket.create_connection(("127.0.0.1", ${CONTAINER_PORTS.chroma}), 5) as plain:
    with context.wrap_socket(plain, server_hostname=name) as tls:
        tls.sendall(b"GET ${capabilities.heartbeatPath} HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n")
        assert b" 200 " in tls.recv(64)
`;
  return {
    test: ['python3', '-c', script],
    interval: '10s',
    comment:
      'Healthy only while clients accept the certificate: the right authority, the right name,\nnot expired. All images have Python; curl only those from 0.5.0 on.',
  };
}

/** It asks often, because the TLS proxy waits for it. */
function plainCheck({ capabilities }: ComposePlan): ExplainedCheck {
  const path =
    capabilities.generation === 'rust' ? '/api/v2/healthcheck' : capabilities.heartbeatPath;
  const script = escapeForCompose(askWithBash(CONTAINER_PORTS.chroma, path));
  return { test: ['bash', '-c', script], interval: '5s', comment: 'The image has no curl.' };
}
