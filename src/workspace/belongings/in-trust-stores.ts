import { toProblem, type Problem } from '../../system/errors.ts';
import type { TrustStore } from '../../certificates/trust/stores/store.ts';
import type { Findings } from '../clean-plan.ts';
import type { WorkspaceContext } from '../context.ts';
import { describeStillTrusted, untrust } from '../trust.ts';

/** The stores of this machine that trust an authority because of a folder. */
export async function findInTrustStores(context: WorkspaceContext): Promise<Findings> {
  // Loaded only now: few verbs and commands ask the stores.
  const { findStores } = await import('../../certificates/trust/stores/find-stores.ts');
  const { readBelongings, readEntries } = await import('../../certificates/trust/read-trust.ts');
  const belongings = await readBelongings(context.workspace, context.certificatesFolder);
  const holding: TrustStore[] = [];
  const unknown: Problem[] = [];
  for (const store of await findStores()) {
    try {
      const entries = await readEntries(store, belongings);
      if (entries.some(({ isOurs }) => isOurs)) holding.push(store);
    } catch (error) {
      const problem = toProblem(error);
      // What can change a store can also read it, so nothing was put there without it.
      if (problem.code !== store.missingProgram?.code) unknown.push(problem);
    }
  }
  if (holding.length === 0) return { found: [], stays: [], unknown };
  const takesRoot = holding.some(({ needsRoot }) => needsRoot);
  return {
    found: [
      {
        kind: 'trust',
        name: 'Trust in the authority',
        locations: holding.map(({ name, location }) => `${name} (${location})`),
        how: `taken out${takesRoot ? ', with an administrator’s rights' : ''}`,
        isData: false,
        remove: async ({ signal, hasTerminal }) => {
          const changed = await untrust(context, { signal, hasTerminal });
          const { failed, windows } = changed;
          return {
            problems: failed.map(({ problem }) => problem),
            notes: [
              describeStillTrusted(changed),
              windows === undefined ? '' : `For programs of Windows itself, run: ${windows}`,
            ].filter(Boolean),
          };
        },
      },
    ],
    stays: [],
    unknown,
  };
}
