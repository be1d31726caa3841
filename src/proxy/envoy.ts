import { isIP } from 'node:net';
import { PASSPHRASE_VARIABLE } from '../certificates/encoding/passphrase.ts';
import { NAMES_FILE } from '../project/certificate-files.ts';
import { askWithBash } from './bash-request.ts';
import { CIPHER_SUITES } from './cipher-suites.ts';
import { httpFilter, routes, TOKEN_MARK, TYPE } from './envoy-http.ts';
import { belongsByChecksum, CHOICE_VARIABLE, chooseNames, HOST_NAME } from './names-choice.ts';
import type { TlsProxy, ProxyCommand, SelfCheck } from './tls-proxy.ts';

/** Envoy's configuration, as files by name: what it starts with, and one for each secret. */
export interface EnvoyConfig {
  readonly 'envoy.json': string;
  /** Envoy reloads a certificate only where a file like this one names it. */
  readonly 'server.json': string;
  readonly 'names.json': string;
  readonly 'authority.json': string;
}

/** The variable that has a token. */
const TOKEN_VARIABLE = 'CHROMA_TLS_TOKEN';

/**
 * The whole Envoy configuration (v3 API) of a proxy that shares Chroma's network namespace. Pure.
 *
 * @param folder where the files will lie, as Envoy sees it
 */
export function renderEnvoyConfig(proxy: TlsProxy, folder: string): EnvoyConfig {
  const { selfCheck } = proxy;
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
    'server.json': renderPair('server', 'servercert.pem', proxy),
    'names.json': renderPair('names', NAMES_FILE, proxy),
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
  const leafOf = (file: string): string => `sed '/-END/q' ${certificates}/${file}`;
  const copyLeaf = [
    `${leafOf('servercert.pem')} > /tmp/leaf.pem`,
    `(! ${belongsByChecksum(proxy)} || ${leafOf(NAMES_FILE)} >> /tmp/leaf.pem)`,
    'mv /tmp/leaf.pem /tmp/leaf/leaf.pem',
  ].join(' && ');
  return {
    // Envoy's image has no HTTP client, but bash.
    ...(selfCheck
      ? { check: `${copyLeaf} && bash -c '${askWithBash(selfCheck.port, selfCheck.path)}'` }
      : {}),
    env: {
      CHROMA_TLS_ENVOY: files['envoy.json'],
      CHROMA_TLS_ENVOY_SERVER: files['server.json'],
      CHROMA_TLS_ENVOY_NAMES: files['names.json'],
      CHROMA_TLS_ENVOY_AUTHORITY: files['authority.json'],
      [CHOICE_VARIABLE]: renderChoice(proxy),
    },
    ...(secret === undefined ? {} : { secrets: { [TOKEN_VARIABLE]: secret } }),
    script: [
      secret === undefined ? 'printf %s "$CHROMA_TLS_ENVOY" > /tmp/envoy.json' : WRITE_WITH_TOKEN,
      'printf %s "$CHROMA_TLS_ENVOY_SERVER" > /tmp/server.json',
      `sh -c "$${CHOICE_VARIABLE}"`,
      'printf %s "$CHROMA_TLS_ENVOY_AUTHORITY" > /tmp/authority.json',
      `mkdir -p /tmp/leaf && ${copyLeaf}`,
      'exec envoy --config-path /tmp/envoy.json --log-level error --disable-hot-restart',
    ].join(' && '),
  };
}

/** Puts the choice in place whole: Envoy watches for that. */
function renderChoice(proxy: TlsProxy): string {
  const file = '/tmp/next.json';
  return [
    `printf %s "$CHROMA_TLS_ENVOY_NAMES" > ${file}`,
    chooseNames(proxy, file),
    `mv ${file} /tmp/names.json`,
  ].join(' && ');
}

/** By the shell itself, which starts no program for it: a command line can be read. */
const WRITE_WITH_TOKEN = [
  `(umask 077; rest="$CHROMA_TLS_ENVOY"; { while part="\${rest%%${TOKEN_MARK}*}"; [ "$part" != "$rest" ]; do`,
  `printf %s%s "$part" "$${TOKEN_VARIABLE}"; rest="\${rest#*${TOKEN_MARK}}"; done;`,
  `printf %s "$rest"; } > /tmp/envoy.json) && unset ${TOKEN_VARIABLE}`,
].join(' ');

function tlsListener(proxy: TlsProxy, folder: string): object {
  return {
    name: 'tls',
    address: address('0.0.0.0', proxy.tlsPort),
    listener_filters: [
      {
        name: 'envoy.filters.listener.tls_inspector',
        typed_config: { '@type': `${TYPE}.filters.listener.tls_inspector.v3.TlsInspector` },
      },
    ],
    filter_chain_matcher: {
      matcher_list: {
        matchers: [{ predicate: { single_predicate: IS_HOST_NAME }, on_match: chain('names') }],
      },
      on_no_match: chain('server'),
    },
    filter_chains: (['server', 'names'] as const).map((name) => ({
      name,
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
            tls_certificate_sds_secret_configs: [secret(name, folder)],
          },
        },
      },
    })),
  };
}

/** Whether a client asks for a host name (SNI). */
const IS_HOST_NAME = {
  input: {
    name: 'envoy.matching.inputs.server_name',
    typed_config: { '@type': `${TYPE}.matching.common_inputs.network.v3.ServerNameInput` },
  },
  value_match: { safe_regex: { google_re2: {}, regex: HOST_NAME } },
} as const;

/** Chooses a filter chain by its name. */
function chain(value: 'server' | 'names'): object {
  const typed = { '@type': 'type.googleapis.com/google.protobuf.StringValue', value };
  return { action: { name: value, typed_config: typed } };
}

function checkListener({ port, name }: SelfCheck): object {
  const route = { cluster: 'self', timeout: '10s', host_rewrite_literal: name };
  return {
    name: 'self-check',
    address: address('127.0.0.1', port),
    filter_chains: [{ filters: [httpFilter([{ match: { prefix: '/' }, route }])] }],
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

/** A certificate by its file, with the key. */
function renderPair(
  name: string,
  file: string,
  { certificates, keyEncrypted = false }: TlsProxy,
): string {
  return renderSecret(name, {
    tls_certificate: {
      certificate_chain: { filename: `${certificates}/${file}` },
      private_key: { filename: `${certificates}/serverkey.pem` },
      ...(keyEncrypted ? { password: { environment_variable: PASSPHRASE_VARIABLE } } : {}),
      ...watched(certificates),
    },
  });
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
function secret(name: 'server' | 'names' | 'authority', folder: string): object {
  const path = `${folder}/${name}.json`;
  return { name, sds_config: { path_config_source: { path }, resource_api_version: 'V3' } };
}

function address(host: string, port: number): object {
  return { socket_address: { address: host, port_value: port } };
}
