import { createHash } from 'node:crypto';
import { PASSPHRASE_VARIABLE } from '../certificates/encoding/passphrase.ts';
import { NAMES_FILE } from '../project/certificate-files.ts';
import { CIPHER_LIST } from './cipher-suites.ts';
import { CORS } from './cors.ts';
import { CHOICE_VARIABLE, chooseNames, HOST_NAME, useOrdinary } from './names-choice.ts';
import {
  IDLE_SECONDS,
  OPEN_PATHS,
  type ProxyCommand,
  type ProxyToken,
  type TlsProxy,
} from './tls-proxy.ts';

/**
 * The whole nginx configuration (1.25.1 and newer) of a proxy that shares Chroma's network
 * namespace. Pure.
 */
export function renderNginxConfig(proxy: TlsProxy): string {
  const { tlsPort, chromaPort, certificates, keyEncrypted = false } = proxy;
  const { token, corsOrigins = [] } = proxy;
  return `worker_processes auto;
error_log /dev/stderr warn;
pid /tmp/nginx.pid;
events { worker_connections 1024; }
http {
  access_log off;
  upstream chroma {
    server 127.0.0.1:${chromaPort};
    keepalive 32;
  }
${token === undefined ? '' : renderTokenMap(token)}${renderCorsMap(corsOrigins)}  ssl_certificate_key ${certificates}/serverkey.pem;
${
  keyEncrypted
    ? `  ssl_password_file ${PASSPHRASE_FILE};
`
    : ''
}  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_ciphers ${CIPHER_LIST};
  # Chroma has its own limit of 40 MB; nginx's default of 1 MB breaks bulk adds.
  client_max_body_size 0;
  client_body_timeout ${IDLE_SECONDS}s;
  send_timeout ${IDLE_SECONDS}s;
  ${LAST_WORD} 10s;
  proxy_request_buffering off;
  proxy_buffering off;
  proxy_connect_timeout 5s;
  proxy_read_timeout ${IDLE_SECONDS}s;
  proxy_send_timeout ${IDLE_SECONDS}s;
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-Proto https;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  server {
    listen ${tlsPort} ssl default_server;
    http2 on;
    ssl_certificate ${certificates}/servercert.pem;
${renderLocations(proxy)}  }
  # By a host name: the same without addresses, which not every client can judge.
  server {
    listen ${tlsPort} ssl;
    http2 on;
    server_name "~^${HOST_NAME}$";
    ssl_certificate ${certificates}/${NAMES_FILE};
${renderLocations(proxy)}  }
${renderSelfCheck(proxy)}}
`;
}

function renderLocations({ token, corsOrigins = [] }: TlsProxy): string {
  return `${corsOrigins.length > 0 ? renderCors() : ''}${token === undefined ? '' : renderOpenPaths()}    location / {
${token === undefined ? '' : renderTokenCheck(corsOrigins)}      proxy_pass http://chroma;
    }
`;
}

/** nginx in a container: the master reads the key as root, its workers give that right up. */
export function nginxCommand(proxy: TlsProxy): ProxyCommand {
  const { selfCheck, keyEncrypted = false } = proxy;
  const url = selfCheck && `http://127.0.0.1:${selfCheck.port}${selfCheck.path}`;
  return {
    // The Alpine images have wget, those of Debian have curl. A client of Docker with proxies in its
    // configuration sets these variables; BusyBox's wget follows them, and reads no NO_PROXY.
    ...(url === undefined
      ? {}
      : {
          check: `(unset http_proxy all_proxy ALL_PROXY; wget -q -T 5 -O /dev/null ${url} || curl -fsS -m 5 -o /dev/null ${url})`,
        }),
    env: {
      CHROMA_TLS_NGINX_CONF: renderNginxConfig(proxy),
      [CHOICE_VARIABLE]: renderChoice(proxy),
    },
    script: [
      ...(keyEncrypted
        ? [
            `(umask 077 && printf '%s\\n' "$${PASSPHRASE_VARIABLE}" > ${PASSPHRASE_FILE})`,
            // Neither nginx nor its workers need it there.
            `unset ${PASSPHRASE_VARIABLE}`,
          ]
        : []),
      `sh -c "$${CHOICE_VARIABLE}"`,
      'exec nginx -c /tmp/nginx.conf -g "daemon off;"',
    ].join(' && '),
  };
}

/** Writes the configuration, for the certificates and the nginx that are there. */
function renderChoice(proxy: TlsProxy): string {
  const file = '/tmp/next.conf';
  const isTaken = `nginx -t -q -c ${file} 2>/dev/null`;
  return [
    `printf %s "$CHROMA_TLS_NGINX_CONF" > ${file}`,
    chooseNames(proxy, file),
    // An older one refuses it.
    `(${isTaken} || sed -i '/${LAST_WORD}/d' ${file})`,
    // A damaged certificate is worth no start; what else nginx refuses, it says when it starts.
    `(${isTaken} || ${useOrdinary(file)})`,
    `mv ${file} /tmp/nginx.conf`,
  ].join(' && ');
}

/**
 * With a new certificate old workers end the connections that clients keep. From 1.27.4 on they answer
 * one more request first, and say in its answer that it is the last.
 */
const LAST_WORD = 'keepalive_min_timeout';

/** nginx reads it again with every reload. In memory: a container's own files are on a disk. */
const PASSPHRASE_FILE = '/dev/shm/chroma-tls-passphrase';

/** What a block adds takes the place of what the one around it adds. */
function renderTokenCheck(corsOrigins: readonly string[]): string {
  return `      if ($has_token = 0) {
        add_header WWW-Authenticate Bearer always;
${corsOrigins.length > 0 ? CORS_ANSWER.replaceAll(/^(?=.)/gm, '    ') : ''}        return 401;
      }
`;
}

function renderTokenMap(token: ProxyToken): string {
  const present = 'secret' in token ? renderDigestCheck(token.secret) : renderComparison(token);
  return `  # A token is longer than the 64 bytes nginx has for a key; nginx wants this before any map.
  map_hash_bucket_size 1024;
  # A browser asks first, and never with a token: Chroma says what it may do.
  map "$request_method $http_origin $http_access_control_request_method" $is_preflight {
    default 0;
    "~^OPTIONS \\S+ \\S+$" 1;
  }
${present}`;
}

/**
 * nginx compares the MD5 of what a client presents with that of the token, which nobody can turn back:
 * the token has 256 random bits.
 */
function renderDigestCheck(secret: string): string {
  const digest = createHash('md5').update(`Bearer ${secret}`).digest('base64url');
  return `  secure_link ${digest};
  secure_link_md5 $http_authorization;
  map $secure_link $has_token {
    default $is_preflight;
    1 1;
  }
`;
}

function renderComparison({ placeholder }: Extract<ProxyToken, { placeholder: string }>): string {
  return `  map $http_authorization $has_token {
    default $is_preflight;
    "Bearer ${placeholder}" 1;
  }
`;
}

/** nginx sends no header that is empty. */
const CORS_ANSWER = `    add_header Access-Control-Allow-Origin $cors_origin always;
    add_header Vary Origin always;
`;

const PREFLIGHT_PATH = '/chroma-tls-preflight';

function renderCorsMap(origins: readonly string[]): string {
  if (origins.length === 0) return '';
  return `  map $http_origin $cors_origin {
    default "";
${origins.map((origin) => `    "${origin}" "${origin}";\n`).join('')}  }
  map "$request_method $cors_origin $http_access_control_request_method" $is_cors_preflight {
    default 0;
    "~^OPTIONS \\S+ \\S+$" 1;
  }
`;
}

function renderCors(): string {
  return `    proxy_hide_header Access-Control-Allow-Origin;
${CORS_ANSWER}    if ($is_cors_preflight) {
      rewrite ^ ${PREFLIGHT_PATH} last;
    }
    location = ${PREFLIGHT_PATH} {
      internal;
${CORS_ANSWER.replaceAll(/^(?=.)/gm, '  ')}      add_header Access-Control-Allow-Methods "${CORS.methods}";
      add_header Access-Control-Allow-Headers "${CORS.headers}";
      add_header Access-Control-Max-Age ${CORS.maxAge};
      return 204;
    }
`;
}

function renderOpenPaths(): string {
  return OPEN_PATHS.map(
    (path) => `    location = ${path} {
      # What was compared is what is asked for: nginx compares the path without its escapes.
      proxy_pass http://chroma${path};
    }
`,
  ).join('');
}

function renderSelfCheck({ selfCheck, tlsPort, certificates }: TlsProxy): string {
  if (!selfCheck) return '';
  return `  server {
    listen 127.0.0.1:${selfCheck.port};
    location / {
      proxy_pass https://127.0.0.1:${tlsPort};
      proxy_set_header Host ${selfCheck.name};
      proxy_ssl_verify on;
      proxy_ssl_trusted_certificate ${certificates}/ca.pem;
      proxy_ssl_name ${selfCheck.name};
      proxy_ssl_server_name on;
      proxy_ssl_session_reuse off;
    }
  }
`;
}
