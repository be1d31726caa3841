import { PASSPHRASE_VARIABLE } from '../certificates/encoding/passphrase.ts';
import { LABELS } from '../chroma/runtimes/container-labels.ts';
import { envoyCommand } from '../proxy/envoy.ts';
import { CONTAINER_PORTS, type TlsProxy, type ProxyCommand } from '../proxy/tls-proxy.ts';
import { nginxCommand } from '../proxy/nginx.ts';
import { certificatesMount } from './chroma-service.ts';
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

const CERTIFICATES = '/certs';

// They stand for variables of Compose until every other `$` of the configuration is escaped.
const DOMAIN_MARK = 'chroma-domain.invalid';
const TOKEN_MARK = 'CHROMA-TOKEN';

/**
 * A fresh clone has no certificates folder, since git ignores it, and the engine makes an empty one
 * that belongs to root. (Compose 1.29 has no option against that.)
 */
const REQUIRE_CERTIFICATE = `[ -r ${CERTIFICATES}/serverkey.pem ] || {
  echo 'There is no certificate in the folder that is mounted at ${CERTIFICATES}, so there is nothing to serve.' >&2
  echo 'End this (docker compose down), remove the folder if it is empty and belongs to root, make a certificate (chroma-tls generate, or "Chroma: Generate Certificate" in VS Code), and start it again.' >&2
  exit 1
}`;

/** nginx or Envoy in Chroma's network namespace; none where uvicorn ends TLS itself. Pure. */
export function describeProxy(plan: ComposePlan): ExplainedService | undefined {
  const { names, tls } = plan;
  if (tls === 'uvicorn') return undefined;
  const { env, script, check } = commandOf(plan);
  const service = {
    image: plan.proxyImage,
    user: '0',
    network_mode: `service:${names.chroma}`,
    depends_on: { [names.chroma]: { condition: 'service_healthy' } },
    entrypoint: ['sh', '-c', escapeForCompose(`${REQUIRE_CERTIFICATE}\n${script}`)],
    environment: {
      ...Object.fromEntries(
        Object.entries(env).map(([name, value]) => [name, resolveMarks(value, plan)]),
      ),
      ...(plan.keyEncrypted ? { [PASSPHRASE_VARIABLE]: PASSPHRASE_REFERENCE } : {}),
    },
    volumes: [certificatesMount(plan, CERTIFICATES)],
    restart: 'unless-stopped',
    logging: BOUNDED_LOGGING,
    labels: { [LABELS.role]: 'proxy', [LABELS.tls]: tls },
    healthcheck: {
      test: ['CMD-SHELL', healthCommand(check)],
      interval: '10s',
      timeout: '10s',
      retries: 3,
      start_period: '10s',
    },
  };
  const [configuration = ''] = Object.keys(env);
  return {
    service,
    comments: {
      user: 'Root in its container can read a key of mode 0600.',
      entrypoint: 'Where there is no certificate, it says so and ends.',
      network_mode: `Shares the network of ${names.chroma}: plain text never leaves it.`,
      [`environment/${configuration}`]: describeConfiguration(plan),
      [`environment/${PASSPHRASE_VARIABLE}`]: PASSPHRASE_COMMENT,
      healthcheck: describeCheck(plan),
    },
  };
}

function commandOf({
  tls,
  capabilities,
  checkedName,
  bearerToken,
  corsOrigins,
  keyEncrypted,
}: ComposePlan): ProxyCommand {
  const proxy: TlsProxy = {
    tlsPort: CONTAINER_PORTS.tls,
    chromaPort: CONTAINER_PORTS.chroma,
    certificates: CERTIFICATES,
    keyEncrypted,
    corsOrigins,
    ...(checkedName.kind === 'none'
      ? {}
      : {
          selfCheck: {
            port: CONTAINER_PORTS.selfCheck,
            name: checkedName.kind === 'domain' ? DOMAIN_MARK : checkedName.name,
            path: capabilities.heartbeatPath,
          },
        }),
    ...(bearerToken ? { token: { placeholder: TOKEN_MARK } } : {}),
  };
  return tls === 'envoy' ? envoyCommand(proxy) : nginxCommand(proxy);
}

function resolveMarks(configuration: string, plan: ComposePlan): string {
  return escapeForCompose(configuration)
    .replaceAll(DOMAIN_MARK, () => domainVariable(plan))
    .replaceAll(TOKEN_MARK, () => TOKEN_VARIABLE);
}

/**
 * A Chroma that is restarted gets another network, and leaves the TLS proxy with only a loopback
 * interface. The proxy then ends, and the engine restarts it into the new network.
 */
function healthCommand(check: string | undefined): string {
  // Whether the port is open (0A is LISTEN) is seen without a client; the port is in hexadecimal.
  const port = CONTAINER_PORTS.tls.toString(16).toUpperCase();
  const asked = check ?? `grep -q ':${port} .* 0A ' /proc/net/tcp`;
  return escapeForCompose(
    `${asked} || { [ "$(grep -c : /proc/net/dev)" -gt 1 ] || kill 1; exit 1; }`,
  );
}

function describeConfiguration({ tls, bearerToken }: ComposePlan): string {
  const why = 'In the environment, so no other file is needed.';
  const dollars = tls === 'nginx' ? ' Compose writes $$ for $.' : '';
  const token = bearerToken
    ? '\nFor more than a heartbeat, clients present CHROMA_TOKEN from .env as bearer token.'
    : '';
  return `${why}${dollars}${token}`;
}

function describeCheck({ tls, checkedName, names }: ComposePlan): string {
  const restart = `If only a loopback interface is left, ${names.chroma} was restarted: this ends, and follows it.`;
  if (checkedName.kind === 'none') {
    return `Only checks that the port is open: nginx cannot verify a certificate without a DNS name.\n${restart}`;
  }
  const verified =
    tls === 'nginx'
      ? 'Asks itself through its own TLS port, verified as a client does: authority, name, expiry.'
      : 'Asks itself through its own TLS port, and verifies that it serves the certificate for that\nname. (Envoy cannot judge an authority that is constrained to IP addresses.)';
  return `${verified}\n${restart}`;
}
