import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { calmSettings } from '../../scripts/calm-settings.mjs';
import { repository } from '../../scripts/dependencies.mjs';
import { serveVsCode } from '../../scripts/serve-vscode.mjs';
import { chromiumArguments, deafToSignals } from '../../scripts/suites/extension-host.mjs';
import { requirePart } from '../parts.ts';
import { program } from '../real/fixtures/cli.ts';
import { cleanUp } from '../real/fixtures/docker.ts';

export const STATUS_ITEM_ID = 'chroma-tls.chroma-tls.chromaTls.status';

/** What each is called, and the class that the window has in it. */
const THEMES = {
  dark: { name: 'Dark Modern', kind: 'vs-dark' },
  light: { name: 'Light Modern', kind: 'vs' },
  'dark-contrast': { name: 'Dark High Contrast', kind: 'hc-black' },
  'light-contrast': { name: 'Light High Contrast', kind: 'hc-light' },
};

/** How long (ms) to wait for anything: no test depends on it, but what never comes is named. */
const PATIENCE = 3 * 60_000;
/** How long (ms) to look for a row that may be gone since the rows were counted. */
const GONE = 1000;
/** How long (ms) to wait for the list of a command, before it is taken for closed. */
const CLOSED = 15_000;

export interface WorkbenchOptions {
  /** The workspace; by default a new folder with `files`. */
  readonly folder?: string;
  /** A file with several folders, which is opened in place of the one. */
  readonly workspaceFile?: string;
  /** Written into the workspace before it is opened. */
  readonly files?: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly theme?: keyof typeof THEMES;
  /** For the extension, in addition to the run's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether `npm start` opens it. */
  readonly opener?: boolean;
  /** Which VS Code; by default the newest. */
  readonly server?: 'vscode-server' | 'vscode-server 1.105';
  /** The path of a package to install in place of this checkout. */
  readonly vsix?: string;
  /** Whether VS Code asks for workspace trust. */
  readonly workspaceTrust?: boolean;
  /** Of the window, in its pixels, and how many pixels of a picture each becomes. */
  readonly size?: { readonly width: number; readonly height: number; readonly scale: number };
}

export interface TreeRow {
  readonly label: string;
  readonly description: string;
  /** 1 at the top. */
  readonly level: number;
}

/** A real VS Code with the extension, in a real browser, used as a user would. */
export class Workbench {
  readonly page: Page;
  readonly folder: string;
  readonly #browser: Browser;
  readonly #session: Awaited<ReturnType<typeof serveVsCode>>;
  readonly #scratch: string;
  readonly #env: WorkbenchOptions['env'];

  private constructor(parts: {
    page: Page;
    folder: string;
    browser: Browser;
    session: Awaited<ReturnType<typeof serveVsCode>>;
    scratch: string;
    env: WorkbenchOptions['env'];
  }) {
    this.page = parts.page;
    this.folder = parts.folder;
    this.#browser = parts.browser;
    this.#session = parts.session;
    this.#scratch = parts.scratch;
    this.#env = parts.env;
  }

  /** Skips the test (or, from `before`, its `describe`) where VS Code or the browser is missing. */
  static async open(context: Mocha.Context, options: WorkbenchOptions = {}): Promise<Workbench> {
    const server = requirePart(context, options.server ?? 'vscode-server');
    const { path: executablePath } = requirePart(context, 'chromium');
    const scratch = await mkdtemp(join(tmpdir(), 'chroma-tls-browser-'));
    const folder = options.folder ?? join(scratch, 'workspace');
    await writeFiles(folder, options.files ?? {});
    const settings = {
      ...calmSettings,
      'workbench.colorTheme': THEMES[options.theme ?? 'dark'].name,
      ...options.settings,
    };
    const session = await serveVsCode({
      server,
      dataFolder: scratch,
      settings,
      installExtension: options.vsix ?? true,
      workspaceTrust: options.workspaceTrust ?? false,
      opener: options.opener ?? false,
      env: { ...options.env },
    });
    const browser = await chromium.launch({
      ...deafToSignals,
      executablePath,
      args: chromiumArguments,
    });
    const { scale, ...viewport } = options.size ?? { width: 1280, height: 800, scale: 1 };
    const page = await browser.newPage({
      viewport,
      deviceScaleFactor: scale,
      // What moves without end is drawn without end, by the processor here.
      reducedMotion: 'reduce',
    });
    page.setDefaultTimeout(PATIENCE);
    const workbench = new Workbench({ page, folder, browser, session, scratch, env: options.env });
    await page.goto(session.urlFor(options.workspaceFile ?? folder));
    await workbench.#untilReady();
    return workbench;
  }

  /** Ends VS Code, and the server of a folder that was made for it. */
  async close(): Promise<void> {
    await this.#browser.close();
    await this.#session.stop();
    const { folder } = this;
    const env = { ...process.env, ...this.#env };
    const run = (args: readonly string[]): Promise<unknown> =>
      program(process.execPath, [resolve('dist/cli.js'), ...args], { cwd: folder, env });
    if (folder.startsWith(this.#scratch)) await cleanUp({ folder, run });
    await rm(this.#scratch, { recursive: true, force: true, maxRetries: 5 });
  }

  /** As "Developer: Reload Window" does; the server goes on. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.#untilReady();
  }

  /** Opens another folder (a path or a URI) in the window, or none (''). */
  async visit(folder: string): Promise<void> {
    await this.page.goto(this.#session.urlFor(folder));
    await this.#untilReady();
  }

  /** Through the command palette, by the whole title: `Chroma: Start Server`. */
  async runCommand(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.#quickInput.locator('input').first().fill(`>${title}`);
    await this.#quickInput.getByRole('option', { name: title }).first().click();
  }

  /** Until VS Code knows the extension: a palette that was opened before stays without its commands. */
  async untilInstalled(): Promise<void> {
    const tab = this.page.locator('.activitybar').getByRole('tab', { name: 'Chroma TLS' });
    await tab.waitFor();
  }

  /**
   * Clicks an activity-bar icon, which opens its side bar, unless that is open already. A window that is
   * just loading opens it late by itself, and the click then closes it: so it is looked at again.
   */
  async openSideBar(title = 'Chroma TLS'): Promise<void> {
    const tab = this.page.locator('.activitybar').getByRole('tab', { name: title });
    await tab.waitFor();
    await this.#poll(`the side bar of ${title}`, async () => {
      if ((await tab.getAttribute('aria-expanded')) === 'true') return { found: true, value: '' };
      await tab.click();
      const open = tab.and(this.page.locator('[aria-expanded="true"]'));
      return { found: await comes(open, 'visible'), value: 'it is closed' };
    });
  }

  get statusItem(): Locator {
    return this.page.locator(`[id="${STATUS_ITEM_ID}"]`);
  }

  /** What the status bar says for a screen reader, which is more than its short text. */
  async statusText(): Promise<string> {
    return (await this.statusItem.getAttribute('aria-label')) ?? '';
  }

  async waitForStatus(pattern: RegExp): Promise<string> {
    return this.#poll(`a status bar that says ${String(pattern)}`, async () => {
      const text = (await this.statusItem.count()) > 0 ? await this.statusText() : '(no item)';
      return { found: pattern.test(text), value: text };
    });
  }

  /** The rows of the side bar's tree that are on the screen. */
  async treeRows(): Promise<readonly TreeRow[]> {
    const rows = await this.#rows.all();
    return Promise.all(
      rows.map(async (row) => ({
        label: (await row.locator('.label-name').textContent({ timeout: GONE })) ?? '',
        description: (await row.locator('.label-description').allTextContents()).join(''),
        level: Number(await row.getAttribute('aria-level', { timeout: GONE })),
      })),
    );
  }

  async waitForTreeRow(label: string, description: RegExp): Promise<void> {
    await this.#poll(`a row "${label}" with ${String(description)}`, async () => {
      // Rows come and go while they are read: what could not be read is read again.
      const rows = await this.treeRows().catch(() => []);
      const found = rows.some((row) => row.label === label && description.test(row.description));
      return { found, value: rows.map((row) => `${row.label}: ${row.description}`).join(' | ') };
    });
  }

  /**
   * Takes down whatever the side bar shows from the next load on, however short it is there.
   *
   * @returns what was shown until it is called, each text once
   */
  async recordSideBar(): Promise<() => readonly string[]> {
    const shown = new Set<string>();
    await this.page.exposeFunction('chromaTlsShown', (text: string) => shown.add(text));
    await this.page.addInitScript(`
      new MutationObserver(() => {
        const bar = document.querySelector('.part.sidebar');
        if (bar) window.chromaTlsShown(bar.innerText);
      }).observe(document, { subtree: true, childList: true, characterData: true });
    `);
    return () => [...shown];
  }

  /** Counts the notifications on the screen from now on. @returns the most there were at once */
  async recordNotifications(): Promise<() => Promise<number>> {
    await this.page.evaluate(`
      window.chromaTlsMost = 0;
      const count = () => {
        const shown = document.querySelectorAll('.notification-toast').length;
        window.chromaTlsMost = Math.max(window.chromaTlsMost, shown);
      };
      count();
      new MutationObserver(count).observe(document.body, { subtree: true, childList: true });
    `);
    return () => this.page.evaluate<number>('window.chromaTlsMost');
  }

  /** Clicks the text of a row. */
  async clickRow(label: string): Promise<void> {
    await this.#rowOf(label).locator('.label-name').click();
  }

  /** Opens a row that is closed. */
  async unfoldRow(label: string): Promise<void> {
    const row = this.#rowOf(label);
    if ((await row.getAttribute('aria-expanded')) === 'true') return;
    await row.locator('.monaco-tl-twistie').click();
  }

  /** What the menu of a row offers, in its order. */
  async menuOfRow(label: string): Promise<readonly string[]> {
    await this.#rowOf(label).click({ button: 'right' });
    const items = this.page.getByRole('menuitem').filter({ visible: true });
    const names = items.locator('.action-label');
    await this.page.getByRole('menuitem', { name: 'Copy' }).waitFor();
    const texts = await names.allInnerTexts();
    await this.page.keyboard.press('Escape');
    return texts;
  }

  /** Clicks one of the icons that appear when the mouse is over a row. */
  async clickRowAction(label: string, action: string): Promise<void> {
    const row = this.#rowOf(label);
    await row.hover();
    await row.getByRole('button', { name: action }).click();
  }

  /**
   * Picks from the menu that a right click on a row opens. An editor that takes the focus late closes
   * it, and a menu that has only just opened takes no click: then it is tried again.
   */
  async clickMenuOfRow(label: string, entry: string): Promise<void> {
    const item = this.page.getByRole('menuitem', { name: entry });
    await this.#poll(`the menu takes ${entry}`, async () => {
      if (!(await item.isVisible())) await this.#rowOf(label).click({ button: 'right' });
      const isClicked = await item.click({ timeout: CLOSED }).then(
        () => true,
        () => false,
      );
      return {
        found: isClicked && (await comes(item, 'hidden')),
        value: 'the menu is still there',
      };
    });
  }

  /** Opens a file of the workspace by its name. */
  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press('Control+P');
    await this.#quickInput.locator('input').first().fill(name);
    await this.pick(name);
    await this.page.getByRole('tab', { name }).waitFor();
  }

  /** The text of the open editor, once it holds this. */
  async editorText(pattern: RegExp): Promise<string> {
    return this.#poll(`an editor with ${String(pattern)}`, async () => {
      const lines = await this.page.locator('.editor-instance .view-lines').allInnerTexts();
      // VS Code shows spaces as no-break spaces.
      const value = lines.join('\n').replaceAll('\u00a0', ' ');
      return { found: pattern.test(value), value };
    });
  }

  /** Clicks a button of the view's title bar. */
  async clickViewAction(action: string): Promise<void> {
    const sideBar = this.page.locator('.part.sidebar');
    await sideBar.locator('.title-actions').getByRole('button', { name: action }).click();
  }

  /** Until the view's welcome, which an empty view shows, says this. */
  async waitForWelcome(text: RegExp): Promise<void> {
    await this.#welcome.getByText(text).waitFor();
  }

  /** Clicks a button of the view's welcome, or a link in it. */
  async clickWelcome(button: string): Promise<void> {
    await this.#welcome.getByRole('button', { name: button }).click();
  }

  /** Types into the input that a command has opened, and presses Enter. */
  async answerInput(text: string): Promise<void> {
    await this.#quickInput.locator('input').first().fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** Types into an input that says this, and presses Enter: of several in a row, the right one. */
  async answerStep(message: RegExp, text: string): Promise<void> {
    await this.waitForMessage(message);
    await this.answerInput(text);
  }

  /** Until the open input says this of what was typed. */
  async waitForMessage(message: RegExp): Promise<void> {
    await this.#quickInput.locator('.quick-input-message', { hasText: message }).waitFor();
  }

  /** Presses Back in a question that has others before it. */
  async goBack(): Promise<void> {
    await this.#quickInput.getByRole('button', { name: 'Back' }).click();
  }

  async waitForOption(name: string | RegExp): Promise<void> {
    await this.#quickInput.getByRole('option', { name }).first().waitFor();
  }

  /** How many there are in the list that a command has opened. */
  async countOptions(): Promise<number> {
    return this.#quickInput.getByRole('option').count();
  }

  /** Chooses a file in the dialog that a command has opened. */
  async chooseFile(path: string): Promise<void> {
    const entry = (name: string | RegExp): Locator =>
      this.#quickInput.getByRole('option', { name }).first();
    const input = this.#quickInput.locator('input').first();
    await entry('..').waitFor();
    // While it lists a folder, the dialog writes its own path over what is typed, and takes no Enter.
    await this.#poll(`the dialog takes ${path}`, async () => {
      if ((await input.inputValue()) !== path) await input.fill(path);
      const isListed = await comes(entry(basename(path)), 'visible');
      if (isListed) await this.page.keyboard.press('Enter');
      const isGone = isListed && (await comes(input, 'hidden'));
      const value = isGone ? '' : await input.inputValue();
      return { found: !isAbsolute(value), value };
    });
  }

  /** What the open input says is wrong with the text in it. */
  async inputMessage(): Promise<string> {
    return (await this.#quickInput.locator('.quick-input-message').textContent()) ?? '';
  }

  /** Chooses from the list that a command has opened. */
  async pick(name: string | RegExp): Promise<void> {
    await this.#quickInput.getByRole('option', { name }).first().click();
  }

  /**
   * Runs a command of VS Code's own and chooses from the list that it opens. What takes the focus
   * late, on a busy machine, closes such a list: then the command is run again.
   */
  async pickFromCommand(title: string, name: string | RegExp): Promise<void> {
    const option = this.#quickInput.getByRole('option', { name }).first();
    await this.#poll(`"${title}" offers ${String(name)}`, async () => {
      await this.runCommand(title);
      const isChosen = await option.click({ timeout: CLOSED }).then(
        () => true,
        () => false,
      );
      return { found: isChosen, value: 'its list closed, or never opened' };
    });
  }

  async notifications(): Promise<readonly string[]> {
    return this.page.locator('.notification-list-item-message').allTextContents();
  }

  async waitForNotification(pattern: RegExp): Promise<void> {
    const message = this.page.locator('.notification-list-item-message', { hasText: pattern });
    await message.first().waitFor();
  }

  /** Whether a notification comes within two seconds, where none should. */
  async showsSoon(pattern: RegExp): Promise<boolean> {
    const message = this.page.locator('.notification-list-item-message', { hasText: pattern });
    return comes(message.first(), 'visible');
  }

  async answerNotification(pattern: RegExp, button: string): Promise<void> {
    const notification = this.page.locator('.notification-list-item', { hasText: pattern });
    await notification.first().getByRole('button', { name: button, exact: true }).click();
  }

  async dismissNotifications(): Promise<void> {
    await this.runCommand('Notifications: Clear All Notifications');
  }

  /** What a modal dialog says. */
  async dialogText(): Promise<string> {
    const dialog = this.page.locator('.monaco-dialog-box');
    await dialog.waitFor();
    return dialog.innerText();
  }

  /** Answers a modal dialog. */
  async answerDialog(button: string): Promise<void> {
    const dialog = this.page.locator('.monaco-dialog-box');
    await dialog.getByRole('button', { name: button, exact: true }).click();
  }

  /**
   * Changes the workspace's own settings (`.vscode/settings.json`), which takes effect at once. The
   * user's, given to `open`, are read only when the window loads.
   */
  async useWorkspaceSettings(settings: Readonly<Record<string, unknown>>): Promise<void> {
    await mkdir(join(this.folder, '.vscode'), { recursive: true });
    await writeFile(join(this.folder, '.vscode', 'settings.json'), JSON.stringify(settings));
  }

  async useTheme(theme: keyof typeof THEMES): Promise<void> {
    const { name, kind } = THEMES[theme];
    await this.runCommand('Preferences: Color Theme');
    await this.#quickInput.locator('input').first().fill(name);
    await this.waitForOption(name);
    await this.page.keyboard.press('Enter');
    await this.page.locator(`.monaco-workbench.${kind}`).waitFor();
    await this.#quickInput.waitFor({ state: 'hidden' });
  }

  /** A picture of the whole window in `test-results/`. */
  async screenshot(name: string): Promise<void> {
    // Away from everything, so that no hover is in the picture.
    await this.page.mouse.move(700, 400);
    await this.page.screenshot({
      path: join(repository, 'test-results', `${name}.png`),
      animations: 'disabled',
    });
  }

  get #welcome(): Locator {
    return this.page.locator('.part.sidebar .welcome-view');
  }

  get #quickInput(): Locator {
    return this.page.locator('.quick-input-widget');
  }

  #rowOf(label: string): Locator {
    return this.#rows.filter({ has: this.page.getByText(label, { exact: true }) }).first();
  }

  get #rows(): Locator {
    return this.page.locator('.part.sidebar').getByRole('treeitem');
  }

  async #untilReady(): Promise<void> {
    await this.page.locator('.monaco-workbench .statusbar').waitFor();
  }

  async #poll(
    wanted: string,
    look: () => Promise<{ found: boolean; value: string }>,
  ): Promise<string> {
    const end = Date.now() + PATIENCE;
    for (;;) {
      const { found, value } = await look();
      if (found) return value;
      if (Date.now() > end) {
        throw new Error(`Waited in vain for ${wanted}. Last seen: ${value}`);
      }
      await this.page.waitForTimeout(100);
    }
  }
}

async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}

/** Whether something becomes true within two seconds. */
export async function comes(what: Locator, state: 'visible' | 'hidden'): Promise<boolean> {
  return what.waitFor({ state, timeout: 2000 }).then(
    () => true,
    () => false,
  );
}
