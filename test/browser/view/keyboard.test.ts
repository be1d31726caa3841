import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import { requirePart } from '../../parts.ts';
import { freePort } from '../../real/fixtures/cli.ts';
import { Workbench } from '../workbench.ts';

/** Presses of one key after which what is looked for cannot come any more. */
const ENOUGH = 40;

describe('a user without a mouse', () => {
  let workbench: Workbench | undefined;
  const vscode = (): Workbench => {
    assert.ok(workbench, 'VS Code is open');
    return workbench;
  };

  before(async function () {
    const chroma = requirePart(this, 'chroma 1.5.9');
    workbench = await Workbench.open(this, {
      settings: {
        'chromaTls.port': await freePort(),
        'chromaTls.runtime': 'local',
        'chromaTls.localCommand': chroma.command,
      },
    });
    const { origin } = new URL(workbench.page.url());
    const permissions = ['clipboard-read', 'clipboard-write'];
    await workbench.page.context().grantPermissions(permissions, { origin });
    await workbench.untilInstalled();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await vscode().screenshot('failed-keyboard');
  });
  after(async () => {
    await workbench?.close();
  });

  /** Presses a key until what has the focus is called that. @returns what had it on the way */
  async function press(key: string, name: RegExp): Promise<readonly string[]> {
    const passed: string[] = [];
    for (let presses = 0; presses < ENOUGH; presses += 1) {
      const focused = await focusedName();
      passed.push(focused);
      if (name.test(focused)) return passed;
      await vscode().page.keyboard.press(key);
    }
    throw new Error(`${key} never led to ${String(name)}, but to: ${passed.join(' | ')}`);
  }

  /** What a screen reader calls the element that has the focus, or the line of a list that has. */
  async function focusedName(): Promise<string> {
    return vscode().page.evaluate<string>(`
      (() => {
        const held = document.activeElement;
        const line = document.getElementById(held?.getAttribute('aria-activedescendant') ?? '');
        const focused = line ?? held;
        return focused?.getAttribute('aria-label') ?? focused?.textContent ?? '';
      })()
    `);
  }

  /** Runs a command of the palette, typed as a user would. */
  async function command(title: string): Promise<void> {
    const { page } = vscode();
    await page.keyboard.press('F1');
    const input = page.locator('.quick-input-widget input').first();
    await input.waitFor();
    await page.keyboard.type(title);
    await vscode().waitForOption(title);
    await page.keyboard.press('Enter');
  }

  it('gets from an empty folder to a server, and does all that a line of the view can', async () => {
    const { page } = vscode();
    const focusView = (): Promise<void> => command('Chroma TLS: Focus on Server View');

    // The view's welcome.
    await focusView();
    await vscode().waitForStatus(/Not set up/);
    await press('Tab', /^Generate Certificate$/);
    await page.keyboard.press('Enter');
    await vscode().waitForTreeRow('Certificate', /Expires in/);

    // Every line, with the arrows.
    await focusView();
    await page.keyboard.press('Home');
    const lines = await press('ArrowDown', /^Domain: localhost$/);
    for (const line of [/^Certificate: /, /^Names: /, /^Expires: /, /^Trust: /, /^Details$/]) {
      assert.ok(
        lines.some((name) => line.test(name)),
        `${String(line)} was not passed: ${lines.join(' | ')}`,
      );
    }

    // The main action of a line.
    await page.keyboard.press('Enter');
    await page.locator('.quick-input-widget').getByText('CHROMA_DOMAIN').first().waitFor();
    await page.keyboard.press('Escape');
    await press('ArrowUp', /^Server: Stopped/);
    await page.keyboard.press('Shift+F10');
    await press('ArrowDown', /^Start Server$/);
    await page.keyboard.press('Enter');
    await vscode().waitForStatus(/Healthy/);

    // The menu of a line.
    await focusView();
    await page.keyboard.press('Home');
    await press('ArrowDown', /^Address: https:/);
    await page.keyboard.press('Shift+F10');
    await press('ArrowDown', /^Copy Endpoint$/);
    await page.keyboard.press('Enter');
    await page.locator('.statusbar').getByText('Copied').waitFor();
    assert.match(
      await page.evaluate('navigator.clipboard.readText()'),
      /^https:\/\/localhost:\d+$/,
    );

    // The certificate's page.
    await focusView();
    await press('ArrowDown', /^Certificate: /);
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: /servercert\.pem/ }).waitFor();
    await vscode().screenshot('keyboard');
  });
});
