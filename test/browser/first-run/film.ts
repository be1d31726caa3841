import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import type { Workbench, WorkbenchOptions } from '../workbench.ts';

/** Where `npm run pictures` wants all that it needs; otherwise nothing is recorded. */
const FOLDER = process.env['CHROMA_TLS_FRAMES'];

/** As wide as GitHub shows a picture, and readable there: pixels of the page, and of the picture for each. */
const SIZE = { width: 960, height: 600, scale: 2 };

/** In how many steps the mouse goes to where it clicks, and how long (ms) each is seen. */
const GLIDE = { steps: 5, each: 60 };
/** How long (ms) something is on the screen before the mouse goes to it. */
const READING = 900;
/** How long (ms) anything else is seen at most: what a user waits for is cut short. */
const LONGEST = 900;

/** The mouse, which a browser without a screen does not draw. */
const CURSOR = `
  const cursor = document.createElement('div');
  cursor.innerHTML = '<svg width="20" height="20" viewBox="0 0 16 16"><path d="M2 1v12l3.2-3 2.1 4.7 2-.9-2.1-4.6h4.4z" fill="#fff" stroke="#000"/></svg>';
  cursor.style = 'position:fixed;z-index:99999;pointer-events:none';
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
  /** Of the mouse on its way: a busy machine draws it slowly. */
  readonly isGlide: boolean;
}

/**
 * Records what is on the screen, for the pictures of the documentation. In an ordinary run of the
 * tests it does nothing, so that the recorded walk is tested and costs no time.
 */
export class Film {
  readonly #workbench: Workbench;
  readonly #frames: Frame[] = [];
  #mouse = { x: 480, y: 420 };
  #isOver = false;
  #isGliding = false;
  /** How many pictures were taken. */
  #drawn = 0;
  #shooting = Promise.resolve();

  /** What to open VS Code with: the folder's path is in the picture. */
  static readonly options: Pick<WorkbenchOptions, 'folder' | 'size'> =
    FOLDER === undefined ? {} : { folder: join(FOLDER, 'my-app'), size: SIZE };

  /** Nothing moves but what the user does, and all of the code is seen. */
  static readonly settings = {
    'editor.cursorBlinking': 'solid',
    'editor.minimap.enabled': false,
    'editor.wordWrap': 'on',
    'workbench.hover.delay': 10_000,
  };

  /** The port of the server that is recorded; undefined for any. */
  static readonly port = FOLDER === undefined ? undefined : 8000;

  private constructor(workbench: Workbench) {
    this.#workbench = workbench;
  }

  static async begin(workbench: Workbench): Promise<Film> {
    const film = new Film(workbench);
    if (FOLDER === undefined) return film;
    await workbench.page.evaluate(CURSOR);
    await workbench.page.mouse.move(film.#mouse.x, film.#mouse.y);
    await workbench.page.locator('.workbench-hover').waitFor({ state: 'hidden' });
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
    const from = this.#mouse;
    const to = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    this.#isGliding = true;
    for (let step = 1; step <= GLIDE.steps; step += 1) {
      const part = step / GLIDE.steps;
      await page.mouse.move(from.x + (to.x - from.x) * part, from.y + (to.y - from.y) * part);
      await this.#nextFrame();
    }
    this.#isGliding = false;
    this.#mouse = to;
  }

  /** Keeps what is on the screen as a still picture. */
  async keep(name: string): Promise<void> {
    if (FOLDER === undefined) return;
    const path = join(FOLDER, `${name}.png`);
    await this.#workbench.page.screenshot({ path, animations: 'disabled' });
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
      this.#frames.map(async ({ png, at, isGlide }, index) => {
        const file = join(FOLDER, 'frames', `${String(index).padStart(4, '0')}.png`);
        await writeFile(file, png);
        const seen = (this.#frames[index + 1]?.at ?? end) - at;
        return { file, milliseconds: isGlide ? GLIDE.each : Math.min(seen, LONGEST) };
      }),
    );
    await writeFile(join(FOLDER, 'frames.json'), JSON.stringify(listed));
  }

  /** A frame each time something on the screen is another. */
  async #shoot(): Promise<void> {
    while (!this.#isOver) {
      const at = Date.now();
      const isGlide = this.#isGliding;
      const png = await this.#workbench.page.screenshot({ animations: 'disabled' });
      if (this.#frames.at(-1)?.png.equals(png) !== true) this.#frames.push({ png, at, isGlide });
      this.#drawn += 1;
    }
  }

  /** Until a picture was taken that began from now on. */
  async #nextFrame(): Promise<void> {
    const wanted = this.#drawn + 2;
    while (this.#drawn < wanted) await this.#workbench.page.waitForTimeout(10);
  }
}
