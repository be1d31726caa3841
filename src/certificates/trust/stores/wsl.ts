import { parseCertificates } from '../../encoding/pem-certificates.ts';
import { readIfThere } from '../../../system/files/replace-file.ts';
import { certificateFiles } from '../../../project/certificate-files.ts';
import { thumbprint } from './windows-root.ts';

/**
 * The lines a user in WSL runs for Windows' own programs. They go by a store of Windows, which
 * nothing here changes: this side cannot see what is in it.
 *
 * @returns undefined outside of WSL, or without an authority
 */
export async function windowsSide(
  folder: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<{ readonly trust: string; readonly untrust: string } | undefined> {
  if (process.platform !== 'linux' || !environment['WSL_DISTRO_NAME']) return undefined;
  const file = certificateFiles(folder).ca;
  const [certificate] = parseCertificates((await readIfThere(file)) ?? '');
  if (!certificate) return undefined;
  const quoted = `'${file.replaceAll("'", `'\\''`)}'`;
  return {
    trust: `certutil.exe -user -addstore Root "$(wslpath -w ${quoted})"`,
    untrust: `certutil.exe -user -delstore Root ${thumbprint(certificate)}`,
  };
}
