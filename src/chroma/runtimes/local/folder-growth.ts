import type { Disposable } from '../../../system/events.ts';
import { measure } from '../../../system/files/measure-folder.ts';

/** Milliseconds between two looks. */
const PACE = 250;

/**
 * Tells how much a folder holds while something is written into it: the one measure that pip, uv and
 * npm all have, for npm tells nothing and pip only since 24.1.
 *
 * @param tell is given bytes, whenever they have become more
 */
export function watchGrowth(folder: string, tell: (bytes: number) => void): Disposable {
  let most = 0;
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const look = async (): Promise<void> => {
    const bytes = await measure(folder);
    if (isOver) return;
    if (bytes > most) tell((most = bytes));
    timer = setTimeout(() => void look(), PACE);
  };
  void look();
  return {
    dispose: () => {
      isOver = true;
      clearTimeout(timer);
    },
  };
}
