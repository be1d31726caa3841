import { execFileSync } from 'node:child_process';
import { mkdtemp, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  generateFiles,
  type GenerateRequest,
  type GenerateResult,
} from '../../../src/certificates/generate-files.ts';
import { certificateSettings, DEFAULT_SETTINGS } from '../../../src/project/settings.ts';
import { certificateFiles, type CertificateFiles } from '../../../src/project/certificate-files.ts';

/** A workspace of its own, with a data directory of its own. */
export interface WorkspaceFixture {
  readonly workspace: string;
  readonly folder: string;
  readonly files: CertificateFiles;
  readonly generate: (how?: Partial<GenerateRequest>) => Promise<GenerateResult>;
  /** Runs OpenSSL in the certificates folder; its output, also of a failed run. */
  openssl(...args: string[]): string;
}

export async function makeWorkspace(name = 'chroma-tls-'): Promise<WorkspaceFixture> {
  process.env['CHROMA_TLS_DATA_DIR'] = await mkdtemp(join(tmpdir(), 'chroma-tls-data-'));
  return workspaceAt(await mkdtemp(join(tmpdir(), name)));
}

/** The fixture after its folder was renamed. */
export async function renameWorkspace({ workspace }: WorkspaceFixture): Promise<WorkspaceFixture> {
  const renamed = `${workspace}-renamed`;
  await rename(workspace, renamed);
  return workspaceAt(renamed);
}

/** The same for a folder that is there, with the data directory as it is. */
export function workspaceAt(workspace: string): WorkspaceFixture {
  const folder = join(workspace, 'certs');
  return {
    workspace,
    folder,
    files: certificateFiles(folder),
    generate: (how = {}) =>
      generateFiles({
        workspace,
        folder,
        domain: 'localhost',
        ...certificateSettings(DEFAULT_SETTINGS),
        additionalNames: ['127.0.0.1', '::1'],
        ...how,
      }),
    openssl: (...args) => runOpenssl(folder, args),
  };
}

export function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/**
 * Does something as a user whom file modes bind, which they do not bind root (as in a container).
 * Nothing else of this process may run meanwhile.
 */
export async function asPlainUser<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

function runOpenssl(cwd: string, args: readonly string[]): string {
  try {
    return execFileSync('openssl', args, { cwd, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return stdout + stderr;
  }
}
