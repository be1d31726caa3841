import type { Connection } from '../clients/connection.ts';
import { describeImage } from '../chroma/version.ts';
import { certificateFiles } from '../project/certificate-files.ts';
import { parseServerName, urlHost } from '../project/domain.ts';
import { readFromEnvFile } from '../project/env-file.ts';
import { isAccessible } from '../system/files/replace-file.ts';
import type { WorkspaceContext } from './context.ts';

/** Where Compose and the TLS proxies take the bearer token from. */
const TOKEN_VARIABLE = 'CHROMA_TOKEN';

/**
 * What a client has to know of this workspace's server: the one that runs, or the one that a start
 * would run.
 *
 * @throws ExplainedError `invalid-name`, `env-not-readable`
 */
export async function describeConnection(context: WorkspaceContext): Promise<Connection> {
  const { domain, envFile, certificatesFolder, settings, server } = context;
  const { observation } = server.snapshot;
  const running = observation.kind === 'running' ? observation.server : undefined;
  const { ca } = certificateFiles(certificatesFolder);
  const { generation, version } = describeImage(
    running?.image ?? settings.image,
    running?.generation,
  );
  const token =
    running?.runtime === 'compose' ? await readFromEnvFile(envFile, TOKEN_VARIABLE) : undefined;
  return {
    host: urlHost(parseServerName(domain)),
    port: running?.port ?? settings.port,
    generation,
    ...(version === undefined ? {} : { version }),
    // Without one, this machine's roots verify the server.
    ...((await isAccessible(ca)) ? { ca } : {}),
    ...(token === undefined || token === '' ? {} : { tokenVariable: TOKEN_VARIABLE }),
  };
}
