import type { GenerateRequest, GenerateResult } from '../certificates/generate.ts';
import { certificateSettings } from '../project/settings.ts';
import { takeCareOf, type Aftercare } from './aftercare.ts';
import type { WorkspaceContext } from './context.ts';

export type GenerateOptions = Pick<
  GenerateRequest,
  'replaceBroken' | 'replaceForeign' | 'withoutPassphrase' | 'signal' | 'report'
>;

export type Generated = GenerateResult & Aftercare;

/**
 * Makes the certificate for the domain, and has the running server take it.
 *
 * @throws ExplainedError as `generateCertificate` does; AbortError when the signal fires
 */
export async function generate(
  context: WorkspaceContext,
  options: GenerateOptions,
): Promise<Generated> {
  const { workspace, settings, certificatesFolder, domain, passphrases } = context;
  // Loaded only now: signing brings a library that nothing else needs.
  const { generateCertificate } = await import('../certificates/generate.ts');
  const result = await generateCertificate({
    ...options,
    ...certificateSettings(settings),
    workspace,
    folder: certificatesFolder,
    domain,
    keyPassphrase: passphrases.read,
  });
  return { ...result, ...(await takeCareOf(context, result.trustLost !== undefined)) };
}
