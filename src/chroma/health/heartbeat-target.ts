import { X509Certificate } from 'node:crypto';
import { readNames } from '../../certificates/inspect/certificate-names.ts';
import { describeServed } from '../../certificates/inspect/inspect.ts';
import { readSystemRoots } from '../../certificates/inspect/system-roots.ts';
import { readTrustAnchors, readVerifiedLeaves } from '../../certificates/inspect/trust-anchors.ts';
import { certificateFiles } from '../../project/certificate-files.ts';
import {
  explainInvalidName,
  parseServerName,
  urlHost,
  type ServerName,
} from '../../project/domain.ts';
import { connectAddress } from '../../project/endpoint.ts';
import { readIfThere } from '../../system/files/replace-file.ts';
import type { ServerFacts } from '../server-facts.ts';
import { describeImage } from '../version.ts';
import { adviseCompose, adviseExternal, type ExternalTrust } from './failure-advice.ts';
import { HeartbeatClient, type HeartbeatTarget } from './heartbeat-client.ts';
import { classifyFailure } from './heartbeat-failure.ts';
import { lookUpName } from './name-lookup.ts';

/**
 * A client for the heartbeats of one server, asked for by one name.
 *
 * @param folder absolute path of the certificates folder, which holds what is trusted
 * @throws ExplainedError `no-trust-anchor`, `invalid-name`
 */
export async function openHeartbeat(
  server: ServerFacts,
  domain: string,
  folder: string,
): Promise<HeartbeatClient> {
  return new HeartbeatClient(await describeTarget(server, domain, folder));
}

/**
 * Whom to ask for a heartbeat, and what to trust.
 *
 * @param folder absolute path of the certificates folder
 * @throws ExplainedError `no-trust-anchor`, `invalid-name`
 */
export async function describeTarget(
  server: ServerFacts,
  domain: string,
  folder: string,
): Promise<HeartbeatTarget> {
  const leaves = await readVerifiedLeaves(folder);
  const name = nameToAsk(domain, leaves[0]);
  const address = connectAddress(server.bindAddress);
  const { port } = server;
  const common = {
    address,
    port,
    name: name.value,
    leaves,
  };
  if (server.runtime !== 'external') {
    const { heartbeatPath } = describeImage(server.image, server.generation);
    return {
      ...common,
      paths: [heartbeatPath],
      // Someone else's server is heard by its name alone; ours by the address it is published on.
      lookUp: (verify, signal) =>
        lookUpName(
          { host: name.kind === 'ip' ? name.value : urlHost(name), port, published: address },
          verify,
          signal,
        ),
      trustAnchors: await readTrustAnchors(folder),
      ...(server.runtime === 'compose'
        ? { explain: (error, asked) => adviseCompose(classifyFailure(error, asked), server) }
        : {}),
    };
  }
  const hasCa = (await readIfThere(certificateFiles(folder).ca)) !== undefined;
  const trust: ExternalTrust = hasCa ? 'ca-file' : 'system';
  return {
    ...common,
    paths: ['/api/v2/heartbeat', '/api/v1/heartbeat'],
    trustAnchors: hasCa ? await readTrustAnchors(folder) : await readSystemRoots(),
    readServed: (certificate) => describeServed(certificate, domain),
    explain: (error, asked) => adviseExternal(classifyFailure(error, asked), trust),
  };
}

/**
 * The name by which clients call the server. If CHROMA_DOMAIN is not a valid name, it is one of the
 * certificate's: the server may be fine, and the domain has a problem of its own to tell.
 */
function nameToAsk(domain: string, leaf: string | undefined): ServerName {
  const names = leaf === undefined ? [] : readNames(new X509Certificate(leaf)).servers;
  const usable = [domain, ...names].find((name) => explainInvalidName(name) === undefined);
  return parseServerName(usable ?? domain);
}
