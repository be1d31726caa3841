// A peer or a judge that is a Go program; without it there is nothing to compare.
import { goProgram } from '../parts/go-programs.mjs';

/** @param {Parameters<typeof goProgram>[0]} name */
export async function installedGoProgram(name) {
  const found =
    /** @type {{ available: boolean, path: string, version: string, reason: string }} */ (
      /** @type {unknown} */ (await goProgram(name))
    );
  if (!found.available) throw new Error(found.reason);
  return found;
}
