import { PASSPHRASE_VARIABLE } from '../certificates/encoding/passphrase.ts';
import { LABELS } from '../chroma/runtimes/docker/commands.ts';
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

// What stands for a variable of Compose until every other `$` of the configuration is escaped.
const DOMAIN_MARK = 'chroma-domain.invalid';
const TOKEN_MARK = 'CHROMA-TOKEN';

/**
 * In a fresh clone there is no certificates folder, for git ignores it, and the engine makes an empty
 * one that belongs to root. (Compose 1.29 cannot be told not to.)
 */
const REQUIRE_CERTIFICATE = `[ -r ${CERTIFICATES}/serverkey.pem ] || {
  echo 'There is no certificate in the folder that is mounted at ${CERTIFICATES}, so nothing can be served.' >&2
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
      user: 'Root in its container, and so able to read a key of mode 0600.',
      entrypoint: 'First says so where there is no certificate.',
      network_mode: `Shares the network of ${names.chroma}: what is in clear never leaves it.`,
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
  keyEncrypted,
}: ComposePlan): ProxyCommand {
  const proxy: TlsProxy = {
    tlsPort: CONTAINER_PORTS.tls,
    chromaPort: CONTAINER_PORTS.chroma,
    certificates: CERTIFICATES,
    keyEncrypted,
    ...(checkedName.kind === 'none'
      ? {}
      : {
          selfCheck: {
            port: CONTAINER_PORTS.selfCheck,
            name: checkedName.kind === 'domain' ? DOMAIN_MARK : checkedName.name,
            path: capabilities.heartbeatPath,
          },
        }),
    ...(bearerToken ? { token: TOKEN_MARK } : {}),
  };
  return tls === 'envoy' ? envoyCommand(proxy) : nginxCommand(proxy);
}

function resolveMarks(configuration: string, plan: ComposePlan): string {
  return escapeForCompose(configuration)
    .replaceAll(DOMAIN_MARK, () => domainVariable(plan))
    .replaceAll(TOKEN_MARK, () => TOKEN_VARIABLE);
}

/**
 * A Chroma that is restarted gets another network, and leaves the TLS proxy with nothing but a loopback
 * interface: it then ends itself, to be restarted into the new one.
 */
function healthCommand(check: string | undefined): string {
  // No client is needed to see whether the port is listened on (0A), in hexadecimal digits.
  const port = CONTAINER_PORTS.tls.toString(16).toUpperCase();
  const asked = check ?? `grep -q ':${port} .* 0A ' /proc/net/tcp`;
  return escapeForCompose(
    `${asked} || { [ "$(grep -c : /proc/net/dev)" -gt 1 ] || kill 1; exit 1; }`,
  );
}

function describeConfiguration({ tls, bearerToken }: ComposePlan): string {
  const location = 'In the environment, so that no further file is needed.';
  const dollars = tls === 'nginx' ? ' $$ is how Compose writes $.' : '';
  const token = bearerToken
    ? '\nWhoever asks for more than a heartbeat presents CHROMA_TOKEN from .env as bearer token.'
    : '';
  return `${location}${dollars}${token}`;
}

function describeCheck({ tls, checkedName, names }: ComposePlan): string {
  const restart = `Where only a loopback interface is left, ${names.chroma} was restarted: ends, to follow it.`;
  if (checkedName.kind === 'none') {
    return `Only whether the port is open: nginx cannot verify a certificate without a DNS name.\n${restart}`;
  }
  const verified =
    tls === 'nginx'
      ? 'Asks itself through its own TLS port, verified as a client does: authority, name, expiry.'
      : 'Asks itself through its own TLS port, and verifies that what is served is the certificate for\nthat name. (Envoy cannot judge an authority that is constrained to IP addresses.)';
  return `${verified}\n${restart}`;
}
