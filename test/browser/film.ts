import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import type { Workbench, WorkbenchOptions } from './workbench.ts';

/** Where `npm run pictures` wants the frames; otherwise nothing is recorded. */
const FOLDER = process.env['CHROMA_TLS_FRAMES'];

/** As wide as GitHub shows a picture, and readable there: pixels of the page, and of the picture for each. */
const SIZE = { width: 960, height: 600, scale: 1.5 };

/** How the mouse goes to where it clicks: in so many steps, each as long as a frame takes (ms). */
const GLIDE = { steps: 6, each: 60 };
/** How long (ms) something is on the screen before the mouse goes to it. */
const READING = 700;

/** The mouse, which a browser without a screen does not draw. */
const CURSOR = `
  const cursor = document.createElement('div');
  cursor.innerHTML = '<svg width="20" height="20" viewBox="0 0 16 16"><path d="M2 1v12l3.2-3 2.1 4.7 2-.9-2.1-4.6h4.4z" fill="#fff" stroke="#000"/></svg>';
  cursor.style = 'position:fixed;z-index:99999;pointer-events:none;left:480px;top:420px';
  document.body.append(cursor);
  document.addEventListener('mousemove', ({ clientX, clientY }) => {
    cursor.style.left = clientX - 2 + 'px';
    cursor.style.top = clientY - 1 + 'px';
  }, true);
`;

interface Frame {
  readonly png: Buffer;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/**
 * Records what is on the screen, for the pictures of the documentation. In an ordinary run of the
 * tests it does nothing, so that the recorded walk is tested and costs no time.
 */
export class Film {
  readonly #workbench: Workbench;
  readonly #frames: Frame[] = [];
  #isOver = false;
  #shooting = Promise.resolve();

  /** What to open VS Code with. */
  static readonly options: Pick<WorkbenchOptions, 'size'> =
    FOLDER === undefined ? {} : { size: SIZE };

  private constructor(workbench: Workbench) {
    this.#workbench = workbench;
  }

  static async begin(workbench: Workbench): Promise<Film> {
    const film = new Film(workbench);
    if (FOLDER === undefined) return film;
    await workbench.page.evaluate(CURSOR);
    film.#shooting = film.#shoot();
    return film;
  }

  /** Moves the mouse to what is clicked next. */
  async point(target: Locator): Promise<void> {
    if (FOLDER === undefined) return;
    const { page } = this.#workbench;
    await target.waitFor();
    await page.waitForTimeout(READING);
    const box = await target.boundingBox();
    if (!box) return;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const from = await page.evaluate<{ x: number; y: number }>(
      `(() => { const { left, top } = [...document.body.children].at(-1).style; return { x: parseFloat(left), y: parseFloat(top) }; })()`,
    );
    for (let step = 1; step <= GLIDE.steps; step += 1) {
      const part = step / GLIDE.steps;
      await page.mouse.move(from.x + (x - from.x) * part, from.y + (y - from.y) * part);
      await page.waitForTimeout(GLIDE.each);
    }
  }

  /** Keeps what is on the screen as a still picture. */
  async keep(name: string): Promise<void> {
    if (FOLDER === undefined) return;
    await writeFile(join(FOLDER, `${name}.png`), await this.#workbench.page.screenshot());
  }

  /** Writes the frames, and how long (ms) each was seen. */
  async end(): Promise<void> {
    if (FOLDER === undefined) return;
    await this.#workbench.page.waitForTimeout(READING);
    this.#isOver = true;
    await this.#shooting;
    const end = Date.now();
    await mkdir(join(FOLDER, 'frames'), { recursive: true });
    const listed = await Promise.all(
      this.#frames.map(async ({ png, at }, index) => {
        const file = join(FOLDER, 'frames', `${String(index).padStart(4, '0')}.png`);
        await writeFile(file, png);
        return { file, milliseconds: (this.#frames[index + 1]?.at ?? end) - at };
      }),
    );
    await writeFile(join(FOLDER, 'frames.json'), JSON.stringify(listed));
  }

  /** A frame each time something on the screen is another. */
  async #shoot(): Promise<void> {
    while (!this.#isOver) {
      const at = Date.now();
      const png = await this.#workbench.page.screenshot({ animations: 'disabled' });
      if (this.#frames.at(-1)?.png.equals(png) !== true) this.#frames.push({ png, at });
    }
  }
}
