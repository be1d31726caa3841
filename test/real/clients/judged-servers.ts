import { spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GenerateRequest } from '../../../src/certificates/generate-files.ts';
import { hashToken } from '../../../src/project/bearer-token.ts';
import { openProxy } from '../../../src/proxy/embedded.ts';
import type { GateRules } from '../../../src/proxy/http-gate.ts';
import { readServedFiles } from '../../../src/proxy/served-files.ts';
import { until } from '../../harness/until.ts';
import { makePair } from '../certificates/verification/subjects.ts';
import { freePort } from '../fixtures/cli.ts';

/** What a server may be like that a client has to refuse. */
export const FAULTS = ['foreign authority', 'wrong name', 'expired'] as const;
export type Fault = (typeof FAULTS)[number];

/** One server as a client meets it. */
export interface JudgedServer {
  readonly port: number;
  /** The authority that the client is told of. */
  readonly ca: string;
  /** How many connections came, and how many of them asked for something. */
  readonly heard: { came: number; asked: number };
}

/** One Chroma with a good certificate, and with others. */
interface ServerSet {
  readonly good: JudgedServer;
  readonly faulty: Readonly<Record<Fault, JudgedServer>>;
}

export interface JudgedServers {
  /** It asks for `TOKEN`. */
  readonly asking: JudgedServer;
  /** With the names that a certificate has by default, addresses among them. */
  readonly usual: ServerSet;
  /** Forgets what a client before has added: each has vectors of its own length. */
  clear(): Promise<void>;
  close(): void;
}

/** What clients have to present to the server that asks. */
export const TOKEN = 'a-token-for-tests';

type Names = readonly [string, ...string[]];

const COLLECTIONS = '/api/v2/tenants/default_tenant/databases/default_database/collections';
const DAY = 24 * 3_600_000;

/**
 * One Chroma that runs, and in front of it the embedded TLS proxy with one certificate after the other,
 * so that a client which verifies nothing would find what it asks for.
 *
 * @param command the program `chroma`
 */
export async function openJudgedServers(command: string): Promise<JudgedServers> {
  const chromaPort = await freePort();
  const data = await mkdtemp(join(tmpdir(), 'chroma-tls-judged-'));
  const address = ['--host', '127.0.0.1', '--port', String(chromaPort)];
  const chroma = spawn(command, ['run', '--path', data, ...address], { stdio: 'ignore' });
  const opened: { close(): void }[] = [{ close: () => chroma.kill('SIGKILL') }];

  const serve = async (
    names: Names,
    how: Partial<GenerateRequest> = {},
    rules?: GateRules,
  ): Promise<JudgedServer> => {
    const recipe = { kind: 'local-ca', keyType: 'ecdsa-p256', names } as const;
    const files = await makePair(recipe, how);
    const heard = { came: 0, asked: 0 };
    const port = await freePort();
    const proxy = await openProxy({
      address: '127.0.0.1',
      port,
      upstreamPort: chromaPort,
      ...(await readServedFiles(files)),
      rules,
    });
    opened.push(proxy);
    proxy.server.on('connection', () => (heard.came += 1));
    proxy.server.on('secureConnection', (client) => client.once('data', () => (heard.asked += 1)));
    return { port, ca: files.ca, heard };
  };

  const names: Names = ['localhost', '127.0.0.1', '::1'];
  const good = await serve(names);
  const usual: ServerSet = {
    good,
    faulty: {
      'foreign authority': { ...(await serve(names)), ca: good.ca },
      'wrong name': await serve(['other.test']),
      expired: await serve(names, { now: new Date(Date.now() - 60 * DAY), validityDays: 30 }),
    },
  };
  const asking = await serve(names, {}, { corsOrigins: [], tokenHash: hashToken(TOKEN) });
  await until('Chroma answers', () =>
    fetch(`http://127.0.0.1:${chromaPort}/api/v2/heartbeat`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  return {
    asking,
    usual,
    clear: async () => {
      for (const name of ['example', 'documents']) {
        await fetch(`http://127.0.0.1:${chromaPort}${COLLECTIONS}/${name}`, { method: 'DELETE' });
      }
    },
    close: () => {
      for (const each of opened) each.close();
    },
  };
}
