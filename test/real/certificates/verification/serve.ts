import { createServer, type Server } from 'node:https';
import { isIPv6, type AddressInfo } from 'node:net';
import { NamesContext } from '../../../../src/proxy/names-context.ts';
import { readServedFiles } from '../../../../src/proxy/served-files.ts';
import type { Served } from './subjects.ts';

/** Where a pair is served: the loopback address of either family, each with its port. */
export interface ServedPair {
  /** The address and port at which a name is asked for. */
  endpointFor(name: string): { readonly address: string; readonly port: number };
  close(): void;
}

/** Serves it as the embedded proxy does: by a host name the certificate for host names, where there is one. */
export async function servePair(files: Served): Promise<ServedPair> {
  const served = await readServedFiles(files);
  const forHosts = new NamesContext({});
  forHosts.reload(served);
  const options = { cert: served.certificate, key: served.key, SNICallback: forHosts.choose };
  const servers = await Promise.all(
    (['127.0.0.1', '::1'] as const).map(async (address) => {
      const server = createServer(options, (_, response) => response.end('served\n'));
      return { address, server, port: await listen(server, address) };
    }),
  );
  const [four, six] = servers as [(typeof servers)[0], (typeof servers)[0]];
  return {
    endpointFor: (name) => (isIPv6(name) ? six : four),
    close: () => {
      for (const { server } of servers) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

async function listen(server: Server, address: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, address, resolve);
  });
  return (server.address() as AddressInfo).port;
}
