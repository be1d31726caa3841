import { realpath, stat } from 'node:fs/promises';
import { inspectCertificate } from '../certificates/inspect/inspect.ts';
import { provideComposeToken } from '../project/bearer-token.ts';
import type { ComposeProposal, ComposeRequest } from '../compose/proposal.ts';
import { resolveInWorkspace } from '../project/workspace-path.ts';
import { ExplainedError } from '../system/errors.ts';
import { readIfThere, replaceFile } from '../system/files/replace-file.ts';
import type { WorkspaceContext } from './context.ts';
import { generateFirst } from './generate.ts';

/** What a user wants of a Compose file, besides their settings. */
export type ComposeWishes = Pick<ComposeRequest, 'chosen' | 'bearerToken' | 'separate'>;

/**
 * Proposes a Compose file, or a change to the one that is there. Compose and the engine are asked
 * where they are.
 *
 * @throws ExplainedError as `proposeComposeFile` does
 */
export async function proposeCompose(
  { workspace, settings }: WorkspaceContext,
  wishes: ComposeWishes,
  signal?: AbortSignal,
): Promise<ComposeProposal> {
  // Loaded only now: they bring a YAML library that nothing else needs.
  const [{ inquire }, { proposeComposeFile }] = await Promise.all([
    import('../compose/inquiry.ts'),
    import('../compose/proposal.ts'),
  ]);
  const inquiry = inquire(settings.containerCommand, workspace, signal);
  return proposeComposeFile({ ...wishes, workspace, settings, ...inquiry });
}

/**
 * Writes a proposed file, and makes what it relies on: a certificate and, where it asks for one, a
 * token.
 *
 * @throws ExplainedError `compose-changed` where the file has changed since the proposal; those of
 *   the certificate and of the env file; AbortError when the signal fires
 */
export async function writeCompose(
  context: WorkspaceContext,
  { plan, name, file, before, after }: ComposeProposal,
  signal: AbortSignal,
): Promise<{ readonly certificateMade: boolean }> {
  const { workspace, certificatesFolder, domain } = context;
  if ((await readIfThere(file)) !== before) {
    throw new ExplainedError({
      code: 'compose-changed',
      what: `${name} has changed meanwhile.`,
      next: 'Create the Compose file again, to review the change.',
      action: 'createComposeFile',
    });
  }
  const certificate = await inspectCertificate(certificatesFolder, domain);
  const certificateMade = certificate.kind === 'none';
  if (certificateMade) await generateFirst(context, signal);
  if (plan.bearerToken) await provideComposeToken(await resolveInWorkspace(workspace, '.env'));
  if (after !== before) {
    const target = before === undefined ? file : await realpath(file);
    const mode = before === undefined ? 0o644 : (await stat(target)).mode & 0o777;
    await replaceFile(target, after, mode);
  }
  return { certificateMade };
}
