import { CORS } from './cors.ts';
import { IDLE_SECONDS, OPEN_PATHS, type TlsProxy } from './tls-proxy.ts';

/** How the types of Envoy's extensions begin. */
export const TYPE = 'type.googleapis.com/envoy.extensions';

/** What a token is put in place of in the configuration. */
export const TOKEN_MARK = 'CHROMA-TLS-TOKEN-HERE';

/**
 * What reads HTTP in one of Envoy's filter chains.
 *
 * @param listed the routes, the first that matches counts
 */
export function httpFilter(listed: readonly object[], corsOrigins: readonly string[] = []): object {
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

/** The routes to Chroma, and what is refused without a token. */
export function routes({ token, corsOrigins = [] }: TlsProxy): readonly object[] {
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
