import { dirname } from 'node:path';
import type { CertificateFiles } from '../../../project/certificate-files.ts';
import { PASSPHRASE_VARIABLE } from '../../../certificates/encoding/passphrase.ts';
import { CIPHER_LIST } from '../../../proxy/cipher-suites.ts';
import { UVICORN_PASSPHRASE } from '../docker/container-arguments.ts';
import type { Installation, NativeModule } from './installation.ts';
import { SERVE_FROM_BINDINGS } from './node-bindings.ts';
import { SERVE_FROM_WHEEL } from './wheel.ts';
import type { ProgramPlan } from '../../supervisor/supervised-program.ts';

/** Where a Chroma without a container listens. */
export interface Listening {
  readonly address: string;
  readonly port: number;
  /** uvicorn ends TLS itself, with these; 1.x cannot. */
  readonly certificate?: Pick<CertificateFiles, 'certificate' | 'key'>;
  /** The key's passphrase, where it has one. */
  readonly keyPassphrase?: string | undefined;
}

type ChromaCommand = Pick<ProgramPlan, 'program' | 'args' | 'env' | 'withoutEnv'>;

/**
 * How an installed Chroma is run. Pure.
 *
 * @param data absolute path of its data folder
 */
export function serveCommand(
  installation: Installation,
  data: string,
  listening: Listening,
): ChromaCommand {
  const { generation, chroma, python, module } = installation;
  if (module !== undefined) return runModule(module, data, listening);
  if (generation === 'rust' && chroma !== undefined) return runChroma(chroma, data, listening);
  if (generation === 'python' && python !== undefined) return runUvicorn(python, data, listening);
  throw new Error(`Chroma ${installation.version} has no program to serve with.`);
}

/** 1.x without its program: what the module's command line is told is the same. */
function runModule(
  { loader, program, file }: NativeModule,
  data: string,
  at: Listening,
): ChromaCommand {
  const { args, withoutEnv = [] } = runChroma(program, data, at);
  if (loader === 'python') {
    const folder = dirname(dirname(file));
    return { program, args: ['-I', '-B', '-c', SERVE_FROM_WHEEL, folder, ...args], withoutEnv };
  }
  return {
    program,
    args: ['-e', SERVE_FROM_BINDINGS, '--', file, ...args],
    // Should it be VS Code's own executable, this makes it the Node.js it contains.
    env: { ELECTRON_RUN_AS_NODE: '1' },
    withoutEnv: [...withoutEnv, 'NODE_OPTIONS'],
  };
}

/** 1.x: `chroma run`. It needs no variable, and `CHROMA_PORT` can only do harm. */
function runChroma(program: string, data: string, { address, port }: Listening): ChromaCommand {
  return {
    program,
    args: ['run', '--path', data, '--host', address, '--port', String(port)],
    withoutEnv: ['CHROMA_'],
  };
}

/**
 * 0.4 to 0.6: uvicorn, as the image's entry point has it. Its options can also come from the
 * environment, where they would contradict ours.
 */
function runUvicorn(
  python: string,
  data: string,
  { address, port, certificate, keyPassphrase }: Listening,
): ChromaCommand {
  return {
    program: python,
    args: [
      ...['-m', 'uvicorn', 'chromadb.app:app', '--workers', '1'],
      ...['--host', address, '--port', String(port)],
      ...['--proxy-headers', '--timeout-keep-alive', '30'],
      ...(certificate
        ? [
            ...['--ssl-keyfile', certificate.key, '--ssl-certfile', certificate.certificate],
            ...['--ssl-ciphers', CIPHER_LIST],
          ]
        : []),
    ],
    env: {
      IS_PERSISTENT: 'TRUE',
      PERSIST_DIRECTORY: data,
      ANONYMIZED_TELEMETRY: 'FALSE',
      ...(keyPassphrase === undefined ? {} : { [UVICORN_PASSPHRASE]: keyPassphrase }),
    },
    withoutEnv: ['UVICORN_', PASSPHRASE_VARIABLE],
  };
}
