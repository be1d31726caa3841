import { isIP } from 'node:net';
import { PASSPHRASE_VARIABLE } from '../certificates/encoding/passphrase.ts';
import { askWithBash } from './bash-request.ts';
import { CIPHER_SUITES } from './cipher-suites.ts';
import { CORS } from './cors.ts';
import {
  IDLE_SECONDS,
  OPEN_PATHS,
  type TlsProxy,
  type ProxyCommand,
  type SelfCheck,
} from './tls-proxy.ts';

/** Envoy's configuration, as files by name: what it starts with, and one for each secret. */
export interface EnvoyConfig {
  readonly 'envoy.json': string;
  /** Envoy reloads a certificate only where a file like this one names it. */
  readonly 'server.json': string;
  readonly 'authority.json': string;
}

/** The variable that has a token, and what it is put in place of in the configuration. */
const TOKEN_VARIABLE = 'CHROMA_TLS_TOKEN';
const TOKEN_MARK = 'CHROMA-TLS-TOKEN-HERE';

const TYPE = 'type.googleapis.com/envoy.extensions';

/**
 * The whole Envoy configuration (v3 API) of a proxy that shares Chroma's network namespace. Pure.
 *
 * @param folder where the files will lie, as Envoy sees it
 */
export function renderEnvoyConfig(proxy: TlsProxy, folder: string): EnvoyConfig {
  const { selfCheck, certificates, keyEncrypted = false } = proxy;
  const bootstrap = {
    // Files of secrets are an API to Envoy, and every API wants to know who asks.
    node: { id: 'chroma-tls', cluster: 'chroma-tls' },
    static_resources: {
      listeners: [tlsListener(proxy, folder), ...(selfCheck ? [checkListener(selfCheck)] : [])],
      clusters: [
        cluster('chroma', proxy.chromaPort),
        ...(selfCheck ? [checkCluster(proxy.tlsPort, selfCheck, folder)] : []),
      ],
    },
  };
  return {
    'envoy.json': JSON.stringify(bootstrap, undefined, 1),
    'server.json': renderSecret('server', {
      tls_certificate: {
        certificate_chain: { filename: `${certificates}/servercert.pem` },
        private_key: { filename: `${certificates}/serverkey.pem` },
        ...(keyEncrypted ? { password: { environment_variable: PASSPHRASE_VARIABLE } } : {}),
        ...watched(certificates),
      },
    }),
    'authority.json': renderSecret('authority', {
      validation_context: {
        // Not ca.pem: Envoy's BoringSSL gives up on an authority that is constrained to addresses
        // ("unsupported name constraint type"), but takes the leaf itself as what is trusted.
        trusted_ca: { filename: `${folder}/leaf/leaf.pem` },
        ...watched(`${folder}/leaf`),
      },
    }),
  };
}

/** Envoy in a container. It has to run as root there, so without the image's own entry point. */
export function envoyCommand(proxy: TlsProxy): ProxyCommand {
  const files = renderEnvoyConfig(proxy, '/tmp');
  const { certificates, selfCheck, token } = proxy;
  const secret = token && 'secret' in token ? token.secret : undefined;
  const copyLeaf = `sed '/-END/q' ${certificates}/servercert.pem > /tmp/leaf.pem && mv /tmp/leaf.pem /tmp/leaf/leaf.pem`;
  return {
    // Envoy's image has no HTTP client, but bash.
    ...(selfCheck
      ? { check: `${copyLeaf} && bash -c '${askWithBash(selfCheck.port, selfCheck.path)}'` }
      : {}),
    env: {
      CHROMA_TLS_ENVOY: files['envoy.json'],
      CHROMA_TLS_ENVOY_SERVER: files['server.json'],
      CHROMA_TLS_ENVOY_AUTHORITY: files['authority.json'],
    },
    ...(secret === undefined ? {} : { secrets: { [TOKEN_VARIABLE]: secret } }),
    script: [
      secret === undefined ? 'printf %s "$CHROMA_TLS_ENVOY" > /tmp/envoy.json' : WRITE_WITH_TOKEN,
      'printf %s "$CHROMA_TLS_ENVOY_SERVER" > /tmp/server.json',
      'printf %s "$CHROMA_TLS_ENVOY_AUTHORITY" > /tmp/authority.json',
      `mkdir -p /tmp/leaf && ${copyLeaf}`,
      'exec envoy --config-path /tmp/envoy.json --log-level error --disable-hot-restart',
    ].join(' && '),
  };
}

/** By the shell itself, which starts no program for it: a command line can be read. */
const WRITE_WITH_TOKEN = [
  '(umask 077',
  `printf '%s%s%s' "\${CHROMA_TLS_ENVOY%%${TOKEN_MARK}*}" "$${TOKEN_VARIABLE}" "\${CHROMA_TLS_ENVOY#*${TOKEN_MARK}}" > /tmp/envoy.json)`,
  `unset ${TOKEN_VARIABLE}`,
].join(' && ');

function tlsListener(proxy: TlsProxy, folder: string): object {
  return {
    name: 'tls',
    address: address('0.0.0.0', proxy.tlsPort),
    filter_chains: [
      {
        filters: [httpFilter(routes(proxy), proxy.corsOrigins)],
        transport_socket: {
          name: 'envoy.transport_sockets.tls',
          typed_config: {
            '@type': `${TYPE}.transport_sockets.tls.v3.DownstreamTlsContext`,
            common_tls_context: {
              alpn_protocols: ['h2', 'http/1.1'],
              tls_params: {
                tls_minimum_protocol_version: 'TLSv1_2',
                cipher_suites: CIPHER_SUITES,
              },
              tls_certificate_sds_secret_configs: [secret('server', folder)],
            },
          },
        },
      },
    ],
  };
}

function checkListener({ port, name }: SelfCheck): object {
  const route = { cluster: 'self', timeout: '10s', host_rewrite_literal: name };
  return {
    name: 'self-check',
    address: address('127.0.0.1', port),
    filter_chains: [{ filters: [httpFilter([{ match: { prefix: '/' }, route }])] }],
  };
}

function httpFilter(listed: readonly object[], corsOrigins: readonly string[] = []): object {
  const cors = corsOrigins.length > 0;
  return {
    name: 'envoy.filters.network.http_connection_manager',
    typed_config: {
      '@type': `${TYPE}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
      stat_prefix: 'chroma',
      use_remote_address: true,
      server_header_transformation: 'PASS_THROUGH',
      // Five minutes otherwise, which ends a long request that has nothing to say yet.
      stream_idle_timeout: `${IDLE_SECONDS}s`,
      route_config: {
        virtual_hosts: [
          {
            ...{ name: 'all', domains: ['*'], routes: listed },
            ...(cors ? corsPolicy(corsOrigins) : {}),
          },
        ],
      },
      http_filters: [
        ...(cors
          ? [{ name: CORS_FILTER, typed_config: { '@type': `${TYPE}.filters.http.cors.v3.Cors` } }]
          : []),
        {
          name: 'envoy.filters.http.router',
          typed_config: { '@type': `${TYPE}.filters.http.router.v3.Router` },
        },
      ],
    },
  };
}

/** A browser asks first, and never with a token: Chroma says what it may do. */
const PREFLIGHT = [
  { name: ':method', string_match: { exact: 'OPTIONS' } },
  { name: 'origin', present_match: true },
  { name: 'access-control-request-method', present_match: true },
] as const;

const CORS_FILTER = 'envoy.filters.http.cors';

function corsPolicy(origins: readonly string[]): object {
  return {
    response_headers_to_add: [{ header: { key: 'vary', value: 'Origin' } }],
    typed_per_filter_config: {
      [CORS_FILTER]: {
        '@type': `${TYPE}.filters.http.cors.v3.CorsPolicy`,
        allow_origin_string_match: origins.map((exact) => ({ exact })),
        allow_methods: CORS.methods,
        allow_headers: CORS.headers,
        max_age: CORS.maxAge,
      },
    },
  };
}

function routes({ token, corsOrigins = [] }: TlsProxy): readonly object[] {
  // Fifteen seconds otherwise, for the whole of a request; the idle limit is the one that counts.
  const route = { cluster: 'chroma', timeout: '0s' };
  if (token === undefined) return [{ match: { prefix: '/' }, route }];
  const exact = `Bearer ${'secret' in token ? TOKEN_MARK : token.placeholder}`;
  const headers = [{ name: 'authorization', string_match: { exact } }];
  return [
    ...OPEN_PATHS.map((path) => ({ match: { path }, route })),
    { match: { prefix: '/', headers }, route },
    { match: { prefix: '/', headers: PREFLIGHT }, route },
    // The filter for origins passes over what Envoy answers itself.
    ...corsOrigins.map((origin) =>
      refusal(
        { headers: [{ name: 'origin', string_match: { exact: origin } }] },
        { 'access-control-allow-origin': origin },
      ),
    ),
    refusal({}, {}),
  ];
}

function refusal(match: object, more: Readonly<Record<string, string>>): object {
  const headers = Object.entries({ 'www-authenticate': 'Bearer', ...more });
  return {
    match: { prefix: '/', ...match },
    direct_response: { status: 401 },
    response_headers_to_add: headers.map(([key, value]) => ({ header: { key, value } })),
  };
}

function cluster(name: string, port: number): object {
  return {
    name,
    type: 'STATIC',
    connect_timeout: '5s',
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: address('127.0.0.1', port) } }] }],
    },
  };
}

function checkCluster(tlsPort: number, { name }: SelfCheck, folder: string): object {
  const sanType = isIP(name) ? 'IP_ADDRESS' : 'DNS';
  return {
    ...cluster('self', tlsPort),
    transport_socket: {
      name: 'envoy.transport_sockets.tls',
      typed_config: {
        '@type': `${TYPE}.transport_sockets.tls.v3.UpstreamTlsContext`,
        // RFC 6066 allows no IP address as a server name.
        ...(isIP(name) ? {} : { sni: name }),
        common_tls_context: {
          combined_validation_context: {
            default_validation_context: {
              match_typed_subject_alt_names: [{ san_type: sanType, matcher: { exact: name } }],
            },
            validation_context_sds_secret_config: secret('authority', folder),
          },
        },
      },
    },
  };
}

function renderSecret(name: string, kind: object): string {
  const secret = { '@type': `${TYPE}.transport_sockets.tls.v3.Secret`, name, ...kind };
  return JSON.stringify({ resources: [secret] }, undefined, 1);
}

/** The folder, because a renewed file is another inode, put in place by a rename. */
function watched(certificates: string): object {
  return { watched_directory: { path: certificates } };
}

/** Where Envoy finds a secret of ours. */
function secret(name: 'server' | 'authority', folder: string): object {
  const path = `${folder}/${name}.json`;
  return { name, sds_config: { path_config_source: { path }, resource_api_version: 'V3' } };
}

function address(host: string, port: number): object {
  return { socket_address: { address: host, port_value: port } };
}
