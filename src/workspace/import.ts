import { basename } from 'node:path';
import type { BundleFile } from '../certificates/encoding/bundle.ts';
import type { AskPassphrase } from '../certificates/encoding/passphrase.ts';
import type { ImportResult } from '../certificates/install-import.ts';
import type { ImportPlan } from '../certificates/import/import-plan.ts';
import { ExplainedError, sayWhy } from '../system/errors.ts';
import { readSmallFile } from '../system/files/replace-file.ts';
import { takeCareOf, type Aftercare } from './aftercare.ts';
import { keepPassphrase, type WorkspaceContext } from './context.ts';
import { readPassphrase } from './key-passphrase.ts';

/** What an import asks a user; each throws AbortError where they give up. */
export interface ImportQuestions {
  /**
   * The paths of the files that hold certificate, key and chain.
   *
   * @param lacking what the files chosen so far lack; undefined for the first ones
   */
  readonly chooseFiles: (lacking?: ExplainedError) => Promise<readonly string[]>;
  readonly askPassphrase: AskPassphrase;
  /** Confirms a plan with warnings. */
  readonly confirmWarnings: (plan: ImportPlan) => Promise<void>;
  /** The passphrase that the key gets, where it came with one; undefined for none. */
  readonly chooseProtection: (passphrase: string) => Promise<string | undefined>;
}

export interface Imported extends ImportResult, Aftercare {
  readonly plan: ImportPlan;
}

/**
 * Puts a certificate and key that the user has in the place of the folder's own, and has the running
 * server take them.
 *
 * @throws ExplainedError as `readBundle`, `planImport` and `installImport` do; what the questions
 *   throw
 */
export async function importCertificate(
  context: WorkspaceContext,
  questions: ImportQuestions,
): Promise<Imported> {
  const { workspace, certificatesFolder: folder } = context;
  const plan = await planFiles(context, questions);
  if (plan.warnings.length > 0) await questions.confirmWarnings(plan);
  const passphrase =
    plan.passphrase === undefined ? undefined : await questions.chooseProtection(plan.passphrase);
  const { installImport } = await import('../certificates/install-import.ts');
  const result = await installImport({ workspace, folder, plan, passphrase });
  await keepPassphrase(context, passphrase);
  // What was there before may be trusted; the new one's root is another, or the public's.
  const aftercare = await takeCareOf(context, result.backup !== undefined);
  return { ...result, ...aftercare, plan };
}

/** Asks for files until they make a whole, or the user gives up. */
async function planFiles(
  context: WorkspaceContext,
  { chooseFiles, askPassphrase }: ImportQuestions,
): Promise<ImportPlan> {
  // Loaded only now: reading every form there is brings libraries that nothing else needs.
  const [{ joinBundles }, { readBundle }, { needsMoreFiles }, { createPlanner }] =
    await Promise.all([
      import('../certificates/encoding/bundle.ts'),
      import('../certificates/encoding/read-bundle.ts'),
      import('../certificates/import/import-plan.ts'),
      import('../certificates/import/import-planner.ts'),
    ]);
  const { workspace, certificatesFolder: folder, domain } = context;
  const present = await readPassphrase(context);
  const plan = createPlanner({ workspace, folder, domain, present }, askPassphrase);
  let bundle = joinBundles([]);
  let lacking: ExplainedError | undefined;
  for (;;) {
    const files = await Promise.all((await chooseFiles(lacking)).map(readChosenFile));
    bundle = joinBundles([bundle, await readBundle(files, askPassphrase)]);
    try {
      return await plan(bundle);
    } catch (error) {
      if (!(error instanceof ExplainedError) || !needsMoreFiles(error.problem)) throw error;
      lacking = error;
    }
  }
}

/** Reads a file that a user has named. @throws ExplainedError `file-not-readable`, `file-too-large` */
export async function readChosenFile(path: string): Promise<BundleFile> {
  try {
    return { name: basename(path), content: await readSmallFile(path) };
  } catch (error) {
    if (error instanceof ExplainedError) throw error;
    throw new ExplainedError(
      {
        code: 'file-not-readable',
        what: `${path} cannot be read.`,
        why: sayWhy(error),
        next: 'Make it readable for you, or choose a copy of it.',
      },
      error,
    );
  }
}
