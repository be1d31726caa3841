import { parseCertificates } from '../certificates/encoding/pem-certificates.ts';
import { describeEnvironment, renderEnvironment, SHELLS } from '../clients/environment.ts';
import { readIfThere } from '../system/files/replace-file.ts';
import { describeConnection } from '../workspace/describe-connection.ts';
import { findRunningToken } from '../workspace/client-token.ts';
import { UsageError } from './arguments.ts';
import { open, say, type CliContext } from './verbs.ts';

/** Prints what has a shell's clients verify the server; the token only where it is asked for. */
export async function env(context: CliContext): Promise<number> {
  const { shell: named = DEFAULT_SHELL, showToken } = context.options;
  const shell = SHELLS.find((name) => name === named);
  if (shell === undefined) {
    throw new UsageError(`There is no shell ${named}. --shell is one of ${SHELLS.join(', ')}.`);
  }
  const workspace = await open(context);
  await context.server.observe();
  const connection = await describeConnection(workspace);
  const token = showToken ? await findRunningToken(workspace) : undefined;
  const found = describeEnvironment(workspace.domain, connection, process.env, token);
  for (const line of renderEnvironment(found.variables, shell)) say(line);
  const { keptCertificates: kept } = found;
  const notes = [
    ...(kept === undefined || (await hasAuthority(kept, connection.ca))
      ? []
      : [
          `NODE_EXTRA_CA_CERTS is ${kept} already, and stays: append ${connection.ca ?? ''} to that file for Node.js.`,
        ]),
    ...(connection.tokenVariable === undefined || token !== undefined
      ? []
      : [`Clients present a token, too: --show-token sets ${connection.tokenVariable}.`]),
  ];
  for (const note of notes) process.stderr.write(`${note}\n`);
  return 0;
}

const DEFAULT_SHELL = process.platform === 'win32' ? 'powershell' : 'bash';

/** Whether a file names the authority too: a dev container's variable names a copy of `ca.pem`. */
async function hasAuthority(file: string, ca = ''): Promise<boolean> {
  const [known = [], wanted = []] = await Promise.all([file, ca].map(readFingerprints));
  return wanted.length > 0 && wanted.every((one) => known.includes(one));
}

/** Of a file's certificates; none where it cannot be read. */
async function readFingerprints(file: string): Promise<readonly string[]> {
  const text = await readIfThere(file).catch(() => undefined);
  return parseCertificates(text ?? '').map(({ fingerprint256 }) => fingerprint256);
}
