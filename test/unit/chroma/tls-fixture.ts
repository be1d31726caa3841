import { mkdtemp, readFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateFiles, type GenerateResult } from '../../../src/certificates/generate-files.ts';
import { certificateSettings, DEFAULT_SETTINGS } from '../../../src/project/settings.ts';

export const HEARTBEAT = '{"nanosecond heartbeat":1}';

/** A workspace of its own, and a place for what belongs to it outside. */
export async function makeWorkspace(): Promise<string> {
  process.env['CHROMA_TLS_DATA_DIR'] ??= await mkdtemp(join(tmpdir(), 'chroma-tls-data-'));
  return mkdtemp(join(tmpdir(), 'chroma-tls-'));
}

/** A certificate for localhost; a second one in the same workspace has the same authority. */
export function generateIn(
  workspace: string,
  how: {
    readonly validityDays?: number;
    readonly now?: Date;
    readonly additionalNames?: readonly string[];
  } = {},
): Promise<GenerateResult> {
  return generateFiles({
    workspace,
    folder: join(workspace, 'certs'),
    domain: 'localhost',
    ...certificateSettings(DEFAULT_SETTINGS),
    ...how,
  });
}

/** A TLS server that serves this certificate, as it is now, on a port of its own. */
export async function serveTls(
  { files }: GenerateResult,
  listener: RequestListener,
): Promise<{ readonly server: Server; readonly port: number }> {
  const [cert, key] = await Promise.all([readFile(files.certificate), readFile(files.key)]);
  const server = createServer({ cert, key }, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

export function endServer(server: Server): void {
  server.closeAllConnections();
  server.close();
}
