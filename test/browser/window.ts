import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import type { Workspace } from '../real/cli.ts';

const PICTURES = 'test-results';
const STATUS = '[id="chroma-tls.chroma-tls.chromaTls.status"]';
/** Milliseconds a person would wait before giving up. */
const PATIENCE = 60_000;

const BROWSER_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Serves VS Code by `npm start`'s own script, and opens it in a browser. */
export async function openWindow(workspace: Workspace, browserPath: string): Promise<Window> {
  const server = spawn(
    process.execPath,
    [resolve('scripts/start.mjs'), '--web', '--no-open', '--folder', workspace.folder],
    { env: workspace.env, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const url = await readUrl(server);
  const browser = await chromium.launch({ executablePath: browserPath, args: BROWSER_ARGS });
  const page = await browser.newPage({ viewport: { width: 1180, height: 720 } });
  await page.goto(url);
  const window = new Window(server, browser, page);
  await window.waitForWorkbench();
  return window;
}

async function readUrl(server: ChildProcess): Promise<string> {
  if (!server.stdout) throw new Error('npm start has no output');
  for await (const line of createInterface({ input: server.stdout })) {
    const url = /^Open (http\S+)/.exec(line)?.[1];
    if (url !== undefined) {
      server.stdout.resume();
      return url;
    }
  }
  throw new Error('npm start ended without an address.');
}

/** A VS Code window, in the words of a person who uses it. */
export class Window {
  readonly #server: ChildProcess;
  readonly #browser: Browser;
  readonly #page: Page;

  constructor(server: ChildProcess, browser: Browser, page: Page) {
    this.#server = server;
    this.#browser = browser;
    this.#page = page;
  }

  async waitForWorkbench(): Promise<void> {
    await this.#page.locator('.activitybar .action-label').first().waitFor({ timeout: PATIENCE });
    await this.#view().waitFor({ timeout: PATIENCE });
  }

  /** Opens our sidebar, if it is not the open one. */
  async openView(): Promise<void> {
    const header = this.#page.locator('.sidebar h2', { hasText: 'Chroma TLS' });
    if (!(await header.isVisible())) await this.#view().click();
    await header.waitFor({ timeout: PATIENCE });
  }

  async runCommand(title: string): Promise<void> {
    await this.#page.keyboard.press('F1');
    const input = this.#page.locator('.quick-input-widget input.input');
    await input.waitFor();
    await input.fill(`>${title}`);
    await this.#page
      .locator('.quick-input-list .monaco-list-row', { hasText: title })
      .first()
      .click();
  }

  async waitForText(text: string): Promise<void> {
    await this.#page.getByText(text).first().waitFor({ timeout: PATIENCE });
  }

  /** Waits until the status bar's item says something; it is the accessible text. */
  async waitForStatus(pattern: RegExp, patience: number = PATIENCE): Promise<void> {
    const end = Date.now() + patience;
    let seen: string | null = null;
    while (Date.now() < end) {
      const item = this.#page.locator(STATUS);
      seen = (await item.count()) > 0 ? await item.first().getAttribute('aria-label') : null;
      if (seen !== null && pattern.test(seen)) return;
      await this.#page.waitForTimeout(100);
    }
    await this.takePicture(`missed-${pattern.source.replaceAll(/\W+/g, '-')}`);
    throw new Error(`The status bar never said ${String(pattern)}; it says: ${String(seen)}`);
  }

  async waitForRow(label: RegExp): Promise<Locator> {
    const row = this.#page.locator('.sidebar').getByRole('treeitem', { name: label }).first();
    await row.waitFor({ timeout: PATIENCE });
    return row;
  }

  /** Clicks an action that stands inside a row of the tree. */
  async clickInRow(label: RegExp, action: string): Promise<void> {
    const row = await this.waitForRow(label);
    await row.hover();
    await row.getByRole('button', { name: action }).first().click();
  }

  async dismissNotifications(): Promise<void> {
    await this.runCommand('Notifications: Clear All Notifications');
    await this.#page.locator('.notification-toast').first().waitFor({ state: 'hidden' });
  }

  async reload(): Promise<void> {
    await this.#page.reload();
    await this.waitForWorkbench();
  }

  async takePicture(name: string): Promise<void> {
    await this.#page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    await mkdir(PICTURES, { recursive: true });
    await this.#page.screenshot({ path: `${PICTURES}/${name}.png` });
  }

  async close(): Promise<void> {
    await this.#browser.close();
    const ended = new Promise((done) => this.#server.once('exit', done));
    this.#server.kill('SIGTERM');
    await ended;
  }

  #view(): Locator {
    return this.#page.locator('.activitybar .action-label[aria-label^="Chroma TLS"]').first();
  }
}
