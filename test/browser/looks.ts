import type { Page } from 'playwright-core';
import type { Workbench } from './workbench.ts';

/** Pixels. VS Code lets the side bar be 170 wide, where the longest labels are cut off. */
export const NARROW = 210;

/** Drags the edge of the side bar until it is as wide as that (pixels). */
export async function useSideBarWidth({ page }: Workbench, width: number): Promise<void> {
  const box = await page.locator('.part.sidebar').boundingBox();
  if (!box) throw new Error('The side bar is not open.');
  await page.mouse.move(box.x + box.width, box.y + 300);
  await page.mouse.down();
  await page.mouse.move(box.x + width + 1, box.y + 300, { steps: 5 });
  await page.mouse.up();
}

// What runs in the page is text: this file is compiled without the types of a page.

/** The labels in the side bar that do not fit into their line. */
export async function findClippedLabels(page: Page): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>(`
    [...document.querySelectorAll('.part.sidebar .monaco-icon-label-container')].flatMap((box) => {
      const name = box.querySelector('.label-name');
      const isClipped =
        name && name.getBoundingClientRect().right > box.getBoundingClientRect().right + 0.5;
      return isClipped ? [name.textContent] : [];
    })
  `);
}

/**
 * Which of these texts would not fit as the label of a line.
 *
 * @param label of a line that is on the screen, of the same level
 */
export async function findTooLong(
  page: Page,
  label: string,
  texts: readonly string[],
): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>(`
    (() => {
      const boxes = [...document.querySelectorAll('.part.sidebar .monaco-icon-label-container')];
      const labelOf = (box) => box.querySelector('.label-name');
      const box = boxes.find((one) => labelOf(one)?.textContent === ${JSON.stringify(label)});
      const { fontWeight, fontSize, fontFamily } = getComputedStyle(labelOf(box));
      const context = document.createElement('canvas').getContext('2d');
      context.font = [fontWeight, fontSize, fontFamily].join(' ');
      const room = box.getBoundingClientRect().width;
      return ${JSON.stringify(texts)}.filter((text) => context.measureText(text).width > room);
    })()
  `);
}
