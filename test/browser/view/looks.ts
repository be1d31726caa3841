import type { Page } from 'playwright-core';
import type { Workbench } from '../workbench.ts';

/** Pixels. VS Code lets the side bar be no narrower. */
export const NARROW = 170;

/** Drags the edge of the side bar until it is as wide as that (pixels). */
export async function useSideBarWidth({ page }: Workbench, width: number): Promise<void> {
  const bar = page.locator('.part.sidebar');
  const box = await bar.boundingBox();
  if (!box) throw new Error('The side bar is not open.');
  await page.mouse.move(box.x + box.width, box.y + 300);
  await page.mouse.down();
  await page.mouse.move(box.x + width + 1, box.y + 300, { steps: 5 });
  await page.mouse.up();
  const now = await bar.boundingBox();
  if (Math.abs((now?.width ?? 0) - width) > 2) throw new Error(`It is ${now?.width ?? 0} wide.`);
}

// What runs in the page is text: this file is compiled without the types of a page.

const ROWS = `[...document.querySelectorAll('.part.sidebar .monaco-list-row')]`;

/**
 * Whether the label of a row is cut off: the row does not fit into its box, and the ellipsis stands on
 * letters of the label, not of what follows it.
 */
const IS_CUT = `(row, text) => {
  const box = row.querySelector('.monaco-icon-label-container');
  const name = row.querySelector('.label-name');
  const before = name.textContent;
  if (text !== undefined) name.textContent = text;
  const { fontSize, fontFamily } = getComputedStyle(name);
  const context = document.createElement('canvas').getContext('2d');
  context.font = fontSize + ' ' + fontFamily;
  const room = box.clientWidth - context.measureText('…').width;
  const isCut = box.scrollWidth > box.clientWidth && name.getBoundingClientRect().width > room;
  if (text !== undefined) name.textContent = before;
  return isCut;
}`;

/** The labels in the side bar that are cut off, in the state that the rows are in. */
export async function findCutLabels(page: Page): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>(`
    ${ROWS}.filter((row) => (${IS_CUT})(row)).map((row) => row.querySelector('.label-name').textContent)
  `);
}

/** The labels that are cut off while the mouse is over their row, which shows its buttons then. */
export async function findCutUnderMouse(page: Page): Promise<readonly string[]> {
  const cut = new Set<string>();
  for (const row of await page.locator('.part.sidebar .monaco-list-row').all()) {
    await row.hover();
    for (const label of await findCutLabels(page)) cut.add(label);
  }
  await page.mouse.move(700, 400);
  return [...cut];
}

/**
 * Which of these texts would be cut off as the label of a row: each is put into it.
 *
 * @param label of a row that is on the screen
 */
export async function findTooLong(
  page: Page,
  label: string,
  texts: readonly string[],
): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>(`
    (() => {
      const row = ${ROWS}.find(
        (one) => one.querySelector('.label-name').textContent === ${JSON.stringify(label)});
      return ${JSON.stringify(texts)}.filter((text) => (${IS_CUT})(row, text));
    })()
  `);
}
