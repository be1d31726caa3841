import { isIP } from 'node:net';
import { DATA_VARIABLES } from '../chroma/data-path.ts';
import { describeExposure } from '../chroma/exposure.ts';
import {
  LABELS,
  UVICORN_CIPHERS,
  UVICORN_PASSPHRASE,
  uvicornCommand,
} from '../chroma/runtimes/docker/commands.ts';
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
import type { YamlMap } from '../system/yaml/yaml-value.ts';

/** Where uvicorn finds certificate, key and CA: the cookbook's place. */
const CERTIFICATES = '/chroma/certs';

/** Chroma itself, with TLS by uvicorn or on the loopback address for the TLS proxy beside it. Pure. */
export function describeChroma(plan: ComposePlan): ExplainedService {
  const { capabilities, tls } = plan;
  const own = tls === 'uvicorn';
  const environment =
    capabilities.generation === 'rust' ? rustEnvironment(plan) : pythonEnvironment(plan);
  const check = own ? verifiedCheck(plan) : plainCheck(plan);
  return {
    service: {
      image: plan.image,
      ...(capabilities.hasEntryPoint
        ? {}
        : { command: uvicornCommand(own ? '0.0.0.0' : '127.0.0.1') }),
      environment: environment.variables,
      volumes: [
        ...(plan.hasData
          ? []
          : [`${plan.names.volume}:${plan.dataPaths[capabilities.generation]}`]),
        ...(own ? [certificatesMount(plan, CERTIFICATES)] : []),
      ],
      ports: [publish(plan, own ? CONTAINER_PORTS.chroma : CONTAINER_PORTS.tls)],
      restart: 'unless-stopped',
      logging: BOUNDED_LOGGING,
      labels: { [LABELS.role]: 'server', [LABELS.tls]: tls },
      healthcheck: check.healthcheck,
    },
    comments: {
      ...environment.comments,
      command: "Up to 0.4.22 the image's own command takes no options. This is its last line.",
      ports: describePorts(plan),
      ...check.comments,
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

interface ExplainedEnvironment {
  readonly variables: YamlMap;
  readonly comments: ExplainedService['comments'];
}

function rustEnvironment({ capabilities, dataPaths }: ComposePlan): ExplainedEnvironment {
  return {
    variables: {
      ...(dataPaths.rust === capabilities.dataPath
        ? {}
        : { [DATA_VARIABLES.rust]: dataPaths.rust }),
      CHROMA_LISTEN_ADDRESS: '127.0.0.1',
      CHROMA_PORT: String(CONTAINER_PORTS.chroma),
      CHROMA_OPEN_TELEMETRY__ENDPOINT: null,
    },
    comments: {
      'environment/CHROMA_LISTEN_ADDRESS':
        'Chroma 1.x has no TLS: it listens only inside its container.',
      'environment/CHROMA_OPEN_TELEMETRY__ENDPOINT':
        'Passed on where the environment or .env sets it.',
    },
  };
}

function pythonEnvironment(plan: ComposePlan): ExplainedEnvironment {
  const { capabilities, tls, bearerToken } = plan;
  const own = tls === 'uvicorn';
  const ownToken = own && bearerToken;
  return {
    variables: {
      IS_PERSISTENT: 'TRUE',
      [DATA_VARIABLES.python]: plan.dataPaths.python,
      ANONYMIZED_TELEMETRY: 'FALSE',
      ...(own
        ? {
            UVICORN_SSL_CERTFILE: `${CERTIFICATES}/servercert.pem`,
            UVICORN_SSL_KEYFILE: `${CERTIFICATES}/serverkey.pem`,
            [UVICORN_CIPHERS]: CIPHER_LIST,
            ...(plan.keyEncrypted ? { [UVICORN_PASSPHRASE]: PASSPHRASE_REFERENCE } : {}),
            CHROMA_DOMAIN: domainVariable(plan),
          }
        : { CHROMA_HOST_ADDR: '127.0.0.1' }),
      ...(capabilities.ownAuthentication
        ? {
            CHROMA_SERVER_AUTHN_PROVIDER: ownToken
              ? 'chromadb.auth.token_authn.TokenAuthenticationServerProvider'
              : null,
            CHROMA_SERVER_AUTHN_CREDENTIALS: ownToken ? TOKEN_VARIABLE : null,
            CHROMA_SERVER_AUTHN_CREDENTIALS_FILE: null,
            CHROMA_AUTH_TOKEN_TRANSPORT_HEADER: null,
          }
        : {}),
      CHROMA_OTEL_COLLECTION_ENDPOINT: null,
      CHROMA_OTEL_COLLECTION_HEADERS: null,
      CHROMA_OTEL_SERVICE_NAME: null,
      CHROMA_OTEL_GRANULARITY: null,
    },
    comments: {
      ...(own
        ? {
            'environment/UVICORN_SSL_CERTFILE':
              "TLS by uvicorn itself; the image's own command stays as it is.",
            [`environment/${UVICORN_CIPHERS}`]: 'Forward secrecy only.',
            [`environment/${UVICORN_PASSPHRASE}`]: PASSPHRASE_COMMENT,
            'environment/CHROMA_DOMAIN': 'The name the health check verifies.',
          }
        : { 'environment/CHROMA_HOST_ADDR': 'The plain port listens only inside its container.' }),
      ...(capabilities.ownAuthentication
        ? {
            'environment/CHROMA_SERVER_AUTHN_PROVIDER': ownToken
              ? 'Clients present CHROMA_TOKEN from .env as bearer token.'
              : 'Passed on where the environment or .env sets them, but never empty: with an empty\nCHROMA_OTEL_COLLECTION_HEADERS Chroma does not start.',
          }
        : {
            'environment/CHROMA_OTEL_COLLECTION_ENDPOINT':
              'Passed on where the environment or .env sets them, but never empty.',
          }),
    },
  };
}

/** Chroma reads its data before it answers. */
const PATIENCE = { timeout: '10s', retries: 3, start_period: '30s' } as const;

/** Verifies the certificate as a client does. All images have Python, curl only came with 0.5.0. */
function verifiedCheck({ capabilities }: ComposePlan): {
  readonly healthcheck: YamlMap;
  readonly comments: ExplainedService['comments'];
} {
  const script = `import os, socket, ssl
name = os.environ["CHROMA_DOMAIN"].replace("*", "chroma")
context = ssl.create_default_context(cafile="${CERTIFICATES}/ca.pem")
with socket.create_connection(("127.0.0.1", ${CONTAINER_PORTS.chroma}), 5) as plain:
    with context.wrap_socket(plain, server_hostname=name) as tls:
        tls.sendall(b"GET ${capabilities.heartbeatPath} HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n")
        assert b" 200 " in tls.recv(64)
`;
  return {
    healthcheck: { test: ['CMD', 'python3', '-c', script], interval: '10s', ...PATIENCE },
    comments: {
      healthcheck:
        'Healthy only while clients accept the certificate: the right authority, the right name,\nnot expired. All images have Python; curl only those from 0.5.0 on.',
    },
  };
}

/** It asks often, because the TLS proxy waits for it. */
function plainCheck({ capabilities }: ComposePlan): {
  readonly healthcheck: YamlMap;
  readonly comments: ExplainedService['comments'];
} {
  const path =
    capabilities.generation === 'rust' ? '/api/v2/healthcheck' : capabilities.heartbeatPath;
  const script = escapeForCompose(askWithBash(CONTAINER_PORTS.chroma, path));
  return {
    healthcheck: { test: ['CMD', 'bash', '-c', script], interval: '5s', ...PATIENCE },
    comments: { healthcheck: 'The image has no curl.' },
  };
}
