import { basename } from 'node:path';
import { ExplainedError } from '../../system/errors.ts';
import { describeForeign, findForeign } from '../authorities/made-here.ts';
import { inspectCertificate } from '../inspect/inspect.ts';
import type { ExistingFile } from './files-and-links.ts';
import { findInterrupted } from './replace-files.ts';

/**
 * Refuses to overwrite what a user has not agreed to lose: a broken certificate, and one from
 * elsewhere, which this machine cannot make again. What our own interrupted run left passes.
 *
 * @throws ExplainedError `half-pair`, `mismatched-pair`, `corrupt`, `not-made-here`
 */
export async function refuseOverwrite(place: {
  readonly workspace: string;
  /** Absolute path of the certificates folder. */
  readonly folder: string;
  readonly domain: string;
  /** What is there. */
  readonly existing: readonly ExistingFile[];
  /** Whether a user agreed to replace one from elsewhere. */
  readonly replaceForeign: boolean;
}): Promise<void> {
  const { workspace, folder, domain, existing, replaceForeign } = place;
  const noPassphrase = (): Promise<undefined> => Promise.resolve(undefined);
  const read = (file: string): Promise<string | undefined> =>
    Promise.resolve(existing.find(({ path }) => path === file)?.content.toString());
  const state = await inspectCertificate(folder, domain, noPassphrase, read);
  const [problem] = state.kind === 'broken' ? state.problems : [];
  if (problem && (await findInterrupted(folder)).length === 0) {
    throw new ExplainedError({
      code: problem.code,
      what: `The certificate in ${basename(folder)} is not whole: ${problem.what}`,
      why: 'It may be yours, so it stays as it is.',
      next: 'Put the missing part back, or back it up and make a new one.',
      action: 'replaceBrokenPair',
    });
  }
  if (state.kind !== 'present' || replaceForeign) return;
  const foreign = await findForeign(workspace, folder, read);
  if (!foreign) return;
  throw new ExplainedError({
    code: 'not-made-here',
    what: 'The certificate was not made here, so it was not replaced.',
    why: describeForeign(foreign),
    next: 'Agree to replace it; a backup is kept.',
    inTerminal: 'Replace it with --yes; a backup is kept.',
  });
}
