import type { Problem } from '../system/errors.ts';

/** Whether something can work on this machine, and if not, which cure there is. */
export type Availability =
  | { readonly available: true; readonly seen: string }
  | { readonly available: false; readonly problem: Problem };
