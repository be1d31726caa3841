import { basename } from 'node:path';
import { inspectCertificate } from '../certificates/inspect/inspect.ts';
import type { Connection } from '../clients/connection.ts';
import { TOKEN_KEY } from '../project/bearer-token.ts';
import { findBearerToken } from './client-token.ts';
import { describeImage } from '../chroma/version.ts';
import { certificateFiles } from '../project/certificate-files.ts';
import { parseServerName, urlHost } from '../project/domain.ts';
import { isAccessible } from '../system/files/replace-file.ts';
import type { WorkspaceContext } from './context.ts';

/**
 * What a client has to know of this workspace's server: the one that runs, or the one that a start
 * would run.
 *
 * @throws ExplainedError `invalid-name`, `env-not-readable`
 */
export async function describeConnection(context: WorkspaceContext): Promise<Connection> {
  const { workspace, domain, certificatesFolder, settings, server } = context;
  const { observation } = server.snapshot;
  const running = observation.kind === 'running' ? observation.server : undefined;
  const { ca } = certificateFiles(certificatesFolder);
  const { generation, version } = describeImage(
    running?.image ?? settings.image,
    running?.generation,
  );
  const asks = running
    ? running.asksForToken === true || (await findBearerToken(workspace, running)) !== undefined
    : settings.token === 'generated';
  const certificate = await inspectCertificate(certificatesFolder, domain);
  return {
    host: urlHost(parseServerName(domain)),
    port: running?.port ?? settings.port,
    generation,
    ...(version === undefined ? {} : { version }),
    // Without one, this machine's roots verify the server.
    ...((await isAccessible(ca)) ? { ca } : {}),
    ...(asks ? { tokenVariable: TOKEN_KEY } : {}),
    ...(certificate.kind === 'present' ? { names: certificate.facts.names } : {}),
    engine: basename(settings.containerCommand).startsWith('podman') ? 'podman' : 'docker',
  };
}
