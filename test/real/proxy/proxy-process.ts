import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { generateFiles, type GenerateResult } from '../../../src/certificates/generate-files.ts';
import { hashToken } from '../../../src/project/bearer-token.ts';
import { openProxy } from '../../../src/proxy/embedded.ts';
import { envoyCommand } from '../../../src/proxy/envoy.ts';
import { readServedFiles } from '../../../src/proxy/served-files.ts';
import {
  certificateSettings,
  DEFAULT_SETTINGS,
  type Settings,
} from '../../../src/project/settings.ts';
import type { TlsProxy, ProxyCommand } from '../../../src/proxy/tls-proxy.ts';
import { nginxCommand } from '../../../src/proxy/nginx.ts';
import { until } from '../../harness/until.ts';
import { program } from '../fixtures/cli.ts';

/** A TLS proxy that runs, over a certificate of its own folder. */
export interface RunningProxy {
  readonly port: number;
  /** Whether the health check it has in its container is content. */
  readonly isContent: () => Promise<boolean>;
  readonly made: GenerateResult;
  /** Makes another certificate, and has the TLS proxy told as its runtime tells it. */
  renew(keyType?: Settings['keyType']): Promise<GenerateResult>;
  stop(): Promise<void>;
}

export type ProxyKind = 'embedded' | 'nginx' | 'envoy';

const IMAGES = { nginx: 'nginx:1.29-alpine', envoy: 'envoyproxy/envoy:v1.40.0' } as const;
/** As a Docker client with proxies in its configuration makes them; nothing answers there. */
const PROXY_VARIABLES = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'all_proxy'];
const COMMANDS: Readonly<Record<keyof typeof IMAGES, (proxy: TlsProxy) => ProxyCommand>> = {
  nginx: nginxCommand,
  envoy: envoyCommand,
};

/** What a TLS proxy asks of a request. */
interface Rules {
  readonly token?: string;
  readonly corsOrigins?: readonly string[];
}

/** Starts a TLS proxy as the product does, on ports of this machine. */
export async function startProxy(
  kind: ProxyKind,
  ports: { readonly tls: number; readonly chroma: number; readonly selfCheck: number },
  rules: Rules = {},
): Promise<RunningProxy> {
  const workspace = await mkdtemp(join(tmpdir(), 'chroma-tls-front-'));
  process.env['CHROMA_TLS_DATA_DIR'] = await mkdtemp(join(tmpdir(), 'chroma-tls-data-'));
  const make = (keyType = DEFAULT_SETTINGS.keyType): Promise<GenerateResult> =>
    generateFiles({
      workspace,
      folder: join(workspace, 'certs'),
      domain: 'localhost',
      ...certificateSettings({ ...DEFAULT_SETTINGS, keyType }),
    });
  const made = await make();
  const running =
    kind === 'embedded'
      ? await startEmbedded(made, ports, rules)
      : await startContainer(kind, join(workspace, 'certs'), ports, rules);
  await untilOpen(ports.tls, made);
  return {
    port: ports.tls,
    isContent: running.isContent,
    made,
    renew: async (keyType) => {
      const again = await make(keyType);
      await running.reload(again);
      return again;
    },
    stop: running.stop,
  };
}

interface Started {
  readonly isContent: () => Promise<boolean>;
  readonly reload: (made: GenerateResult) => Promise<void>;
  readonly stop: () => Promise<void>;
}

async function startEmbedded(
  { files }: GenerateResult,
  ports: { readonly tls: number; readonly chroma: number },
  { token, corsOrigins = [] }: Rules,
): Promise<Started> {
  const proxy = await openProxy({
    address: '127.0.0.1',
    port: ports.tls,
    upstreamPort: ports.chroma,
    ...(await readServedFiles(files)),
    rules:
      token === undefined && corsOrigins.length === 0
        ? undefined
        : { corsOrigins, ...(token === undefined ? {} : { tokenHash: hashToken(token) }) },
  });
  return {
    isContent: () => Promise.reject(new Error('The embedded proxy has no health check.')),
    reload: async () => {
      proxy.reload(await readServedFiles(files));
    },
    stop: () => {
      proxy.close();
      return Promise.resolve();
    },
  };
}

/** In a container with the machine's own network, so that the TLS proxy finds the test's server. */
async function startContainer(
  kind: keyof typeof IMAGES,
  certificates: string,
  ports: { readonly tls: number; readonly chroma: number; readonly selfCheck: number },
  { token, corsOrigins = [] }: Rules,
): Promise<Started> {
  const {
    env,
    secrets = {},
    script,
    check = 'false',
  } = COMMANDS[kind]({
    tlsPort: ports.tls,
    chromaPort: ports.chroma,
    certificates: '/certs',
    selfCheck: { port: ports.selfCheck, name: 'localhost', path: '/api/v2/heartbeat' },
    corsOrigins,
    ...(token === undefined ? {} : { token: { secret: token } }),
  });
  const envFile = Object.entries({ ...env, ...secrets }).flatMap(([name, value]) => [
    '--env',
    `${name}=${value}`,
  ]);
  const name = `chroma-tls-proxy-test-${ports.tls}`;
  const started = await program('docker', [
    ...['run', '--detach', '--rm', '--name', name, '--network', 'host', '--user', '0'],
    ...['--volume', `${certificates}:/certs:ro`],
    ...envFile,
    ...PROXY_VARIABLES.flatMap((variable) => ['--env', `${variable}=http://127.0.0.1:9`]),
    ...['--entrypoint', 'sh', IMAGES[kind], '-c', script],
  ]);
  if (started.code !== 0) throw new Error(started.stderr);
  return {
    isContent: async () => (await program('docker', ['exec', name, 'sh', '-c', check])).code === 0,
    // Envoy watches the folder by itself.
    reload: async () => {
      if (kind === 'nginx') await program('docker', ['kill', '--signal', 'HUP', name]);
    },
    stop: async () => {
      const { stdout, stderr } = await program('docker', ['logs', name]);
      await writeFile(join(tmpdir(), `${name}.log`), stdout + stderr);
      await program('docker', ['rm', '--force', name]);
    },
  };
}

async function untilOpen(port: number, { files }: GenerateResult): Promise<void> {
  const ca = await readFile(files.ca, 'utf8');
  const isOpen = (): Promise<boolean> =>
    new Promise<boolean>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port, ca, servername: 'localhost' }, () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => {
        resolve(false);
      });
    });
  await until(`a TLS proxy answers on port ${port}`, isOpen);
}
