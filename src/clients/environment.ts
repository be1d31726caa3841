import { quoteForShell } from '../system/processes/shell-line.ts';
import type { Connection } from './connection.ts';

export const SHELLS = ['bash', 'fish', 'powershell'] as const;
export type Shell = (typeof SHELLS)[number];

/** The variable that names a file of further authorities to Node.js. */
const NODE_CA_VARIABLE = 'NODE_EXTRA_CA_CERTS';

/** What the environment of a client's program is to have. */
export interface ClientEnvironment {
  readonly variables: Readonly<Record<string, string>>;
  /** What the user has in `NODE_EXTRA_CA_CERTS`; where it is another file, it stays. */
  readonly keptCertificates?: string;
}

/**
 * What has clients verify the server without an option in their code. None of it takes the place of a
 * program's other roots, but for Chroma's own Python client. Pure.
 *
 * @param domain CHROMA_DOMAIN, as it is written
 * @param present the environment as it is
 * @param token only where it is to be in it. Secret
 */
export function describeEnvironment(
  domain: string,
  { ca, tokenVariable }: Pick<Connection, 'ca' | 'tokenVariable'>,
  present: Readonly<Record<string, string | undefined>>,
  token?: string,
): ClientEnvironment {
  const others = present[NODE_CA_VARIABLE];
  const isFree = others === undefined || others === '' || others === ca;
  return {
    variables: {
      CHROMA_DOMAIN: domain,
      ...(ca === undefined ? {} : { CHROMA_SERVER_SSL_VERIFY: ca }),
      ...(ca !== undefined && isFree ? { [NODE_CA_VARIABLE]: ca } : {}),
      ...(tokenVariable !== undefined && token !== undefined ? { [tokenVariable]: token } : {}),
    },
    ...(ca === undefined || isFree ? {} : { keptCertificates: others }),
  };
}

/** The lines that set variables in a shell, each value as text and never as code. Pure. */
export function renderEnvironment(
  variables: ClientEnvironment['variables'],
  shell: Shell,
): readonly string[] {
  return Object.entries(variables).map(([name, value]) => ASSIGNMENTS[shell](name, value));
}

const ASSIGNMENTS: Readonly<Record<Shell, (name: string, value: string) => string>> = {
  bash: (name, value) => `export ${name}=${quoteForShell(value)}`,
  fish: (name, value) => `set -gx ${name} '${value.replaceAll(/['\\]/g, String.raw`\$&`)}'`,
  // PowerShell takes typographic quotes for its own.
  powershell: (name, value) => `$env:${name} = '${value.replaceAll(/['‘’‚‛]/g, '$&$&')}'`,
};
