import type { GenerateRequest, GenerateResult } from '../certificates/generate-files.ts';
import { certificateSettings } from '../project/settings.ts';
import { takeCareOf, type Aftercare } from './aftercare.ts';
import type { WorkspaceContext } from './context.ts';

export type GenerateOptions = Pick<
  GenerateRequest,
  'replaceBroken' | 'replaceForeign' | 'withoutPassphrase' | 'signal' | 'report'
>;

export type Generated = GenerateResult & Aftercare;

/** What of a workspace goes into its certificate. */
type CertificateContext = Pick<
  WorkspaceContext,
  'workspace' | 'settings' | 'certificatesFolder' | 'domain'
>;

/**
 * Makes the certificate for the domain, and has the running server take it.
 *
 * @throws ExplainedError as `generateFiles` does; AbortError when the signal fires
 */
export async function generate(
  context: WorkspaceContext,
  options: GenerateOptions,
): Promise<Generated> {
  const result = await make(context, { ...options, keyPassphrase: context.passphrases.read });
  return { ...result, ...(await takeCareOf(context, result.trustLost !== undefined)) };
}

/**
 * Makes the first certificate of a workspace, for a start or a Compose file that needs one. It
 * replaces nothing, so no server has to take it and no store has trusted a former one.
 *
 * @throws as `generate`
 */
export async function generateFirst(
  context: CertificateContext & Pick<WorkspaceContext, 'server'>,
  signal: AbortSignal,
): Promise<void> {
  await make(context, { signal });
  await context.server.refreshProject();
}

async function make(
  { workspace, settings, certificatesFolder: folder, domain }: CertificateContext,
  options: GenerateOptions & Pick<GenerateRequest, 'keyPassphrase'>,
): Promise<GenerateResult> {
  // Loaded only now: signing brings a library that nothing else needs.
  const { generateFiles } = await import('../certificates/generate-files.ts');
  const wanted = certificateSettings(settings);
  return generateFiles({ ...options, ...wanted, workspace, folder, domain });
}
