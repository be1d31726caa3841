import type { WorkspaceFile } from './workspace-files.ts';

/** A line that keeps a client from verifying. */
export interface Unverified {
  /** Relative to the workspace. */
  readonly path: string;
  /** From 1 on. */
  readonly line: number;
  readonly what: string;
}

interface Pattern {
  readonly found: RegExp;
  readonly what: string;
  /** It may be about another server, so the file has to speak of Chroma. */
  readonly ofChroma?: true;
}

const PATTERNS: readonly Pattern[] = [
  {
    found: /\bNODE_TLS_REJECT_UNAUTHORIZED\b["'\]]*\s*[:=]\s*["']?0/,
    what: 'NODE_TLS_REJECT_UNAUTHORIZED=0 verifies nothing',
  },
  {
    found: /\bPYTHONHTTPSVERIFY\b["'\]]*\s*[:=]\s*["']?0/,
    what: 'PYTHONHTTPSVERIFY=0 verifies nothing',
  },
  {
    found: /\bCHROMA_SERVER_SSL_VERIFY\b["'\]]*\s*[:=]\s*["']?(false|0|no|off)\b/i,
    what: 'CHROMA_SERVER_SSL_VERIFY is off',
  },
  {
    found: /\bchroma_server_ssl_verify\b["']?\s*[:=]\s*(False|false|0)\b/,
    what: 'chroma_server_ssl_verify is off',
  },
  { found: /\bverify\s*=\s*False\b/, what: 'verify=False verifies nothing', ofChroma: true },
  {
    found: /\brejectUnauthorized["']?\s*:\s*false\b/,
    what: 'rejectUnauthorized is false',
    ofChroma: true,
  },
  {
    found: /\bInsecureSkipVerify\s*:\s*true\b/,
    what: 'InsecureSkipVerify is true',
    ofChroma: true,
  },
  { found: /\bWithInsecure\s*\(\s*\)/, what: 'WithInsecure verifies nothing', ofChroma: true },
  { found: /\b_create_unverified_context\b/, what: 'its context verifies nothing', ofChroma: true },
  {
    found: /\bdanger_accept_invalid_certs\s*\(\s*true/,
    what: 'danger_accept_invalid_certs is true',
    ofChroma: true,
  },
];

const COMMENT = /^\s*(#|\/\/|\*|--)/;

/**
 * What turns verification off in some files: options, variables, and the asynchronous Python client,
 * which by itself verifies nothing (chroma-core/chroma#7511). Pure.
 */
export function findUnverified(files: readonly WorkspaceFile[]): readonly Unverified[] {
  // The setting can come from the environment, too.
  const isSetByEnvironment = files.some(
    ({ path, text }) =>
      /(^|\/)\.env/.test(path) &&
      /^[ \t]*(export[ \t]+)?CHROMA_SERVER_SSL_VERIFY[ \t]*=[ \t]*\S/m.test(text),
  );
  return files.flatMap((file) => [
    ...findLines(file),
    ...(isSetByEnvironment ? [] : findAsynchronous(file)),
  ]);
}

function findLines({ path, text }: WorkspaceFile): readonly Unverified[] {
  const isOfChroma = /chroma/i.test(text);
  const patterns = PATTERNS.filter(({ ofChroma }) => isOfChroma || !ofChroma);
  return text.split('\n').flatMap((line, at) => {
    if (COMMENT.test(line)) return [];
    const pattern = patterns.find(({ found }) => found.test(line));
    return pattern ? [{ path, line: at + 1, what: pattern.what }] : [];
  });
}

function findAsynchronous({ path, text }: WorkspaceFile): readonly Unverified[] {
  if (/chroma_server_ssl_verify/i.test(text)) return [];
  const lines = text.split('\n');
  const at = lines.findIndex((line) => !COMMENT.test(line) && /\bAsyncHttpClient\s*\(/.test(line));
  if (at < 0 || !/\bssl["']?\s*[=:]\s*True\b|https:\/\//.test(text)) return [];
  return [
    {
      path,
      line: at + 1,
      what: 'AsyncHttpClient verifies nothing without chroma_server_ssl_verify',
    },
  ];
}
