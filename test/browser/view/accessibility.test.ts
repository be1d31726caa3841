import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { Workspace } from '../../real/fixtures/cli.ts';
import { Walkthrough } from '../first-run/walkthrough.ts';
import { STATUS_ITEM_ID, Workbench } from '../workbench.ts';
import {
  namesOf,
  readAccessibilityTree,
  skippedHeadings,
  type AccessibleNode,
} from './accessibility-tree.ts';

const SIDE_BAR = `document.querySelector('.part.sidebar')`;
const WALKTHROUGH = `document.querySelector('.gettingStartedContainer .gettingStartedDetailsContent')`;
const PAGE = `document.querySelector('iframe.webview').contentDocument
  .querySelector('iframe#active-frame').contentDocument.documentElement`;

/** What no one should hear. The letters of icons are VS Code's own: screen readers know to skip them. */
const UNSPEAKABLE = /[^.]\.\.(?!\.)|\$\(|codicon|undefined|\uFFFD/;

describe('a screen reader', () => {
  let workbench: Workbench | undefined;
  const vscode = (): Workbench => {
    assert.ok(workbench, 'VS Code is open');
    return workbench;
  };
  const read = (expression: string): Promise<readonly AccessibleNode[]> =>
    readAccessibilityTree(vscode().page, expression);

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await vscode().screenshot('failed-screen-reader');
  });

  describe('in an empty folder', () => {
    before(async function () {
      workbench = await Workbench.open(this, {
        settings: { 'workbench.welcomePage.walkthroughs.openOnInstall': true },
      });
      await vscode().openSideBar();
    });
    after(async () => {
      await workbench?.close();
    });

    it('is told the first step by the view', async () => {
      await vscode().waitForStatus(/Not set up/);
      const welcome = vscode().page.locator('.part.sidebar .welcome-view');
      await welcome.getByRole('button', { name: 'Generate Certificate' }).waitFor();
      const nodes = await read(SIDE_BAR);
      assertSpeakable(nodes);
      const buttons = namesOf(nodes, 'button');
      for (const name of ['Generate Certificate', 'Start Server']) {
        assert.ok(buttons.includes(name), buttons.join(' | '));
      }
      assert.ok(
        nodes.some(({ name }) =>
          name.startsWith('This folder has no certificate and no server yet.'),
        ),
        listNames(nodes),
      );
    });

    it('is told each step of the walkthrough, and whether it is done', async () => {
      const walkthrough = new Walkthrough(vscode().page);
      await walkthrough.opened();
      for (const step of ['certificate', 'server', 'connect', 'trust']) {
        await walkthrough.select(step);
        const nodes = await read(WALKTHROUGH);
        assertSpeakable(nodes);
        assert.deepEqual(skippedHeadings(nodes, 2), [], listNames(nodes));
      }
    });
  });

  describe('in a folder with a certificate that has problems', () => {
    before(async function () {
      const workspace = await Workspace.create();
      await workspace.run(['generate']);
      await writeFile(join(workspace.folder, '.env'), 'CHROMA_DOMAIN=api.test\n');
      await chmod(join(workspace.folder, 'certs', 'serverkey.pem'), 0o644);
      workbench = await Workbench.open(this, {
        folder: workspace.folder,
        settings: { 'chromaTls.port': workspace.port, 'chromaTls.runtime': 'local' },
        env: { CHROMA_TLS_DATA_DIR: workspace.env['CHROMA_TLS_DATA_DIR'] ?? '' },
      });
      await vscode().openSideBar();
      await vscode().waitForTreeRow('Key not private', /^$/);
    });
    after(async () => {
      await workbench?.close();
    });

    it('is told the state by every line of the view and by the status bar', async () => {
      const nodes = await read(SIDE_BAR);
      assertSpeakable(nodes);
      const lines = namesOf(nodes, 'treeitem');
      for (const line of [
        /^Server: Stopped$/,
        /^Certificate: Expires in 365 days\. 2 problems$/,
        /^Wrong name, warning\. It does not cover api\.test .*\. Cure: Generate Certificate$/,
        /^Key not private, warning\. serverkey\.pem can be read by .*\. Cure: Generate Certificate$/,
        /^Expires: in 365 days$/,
        /^Trust: /,
        /^Details$/,
        /^Domain: api\.test\. The certificate does not cover it$/,
      ]) {
        assert.ok(
          lines.some((name) => line.test(name)),
          `${String(line)} is none of ${lines.join(' | ')}`,
        );
      }
      // What an icon or its colour tells, the name tells in words.
      const rows = await vscode().page.evaluate<readonly [name: string, icon: string][]>(`
        [...document.querySelectorAll('.part.sidebar [role=treeitem]')].map((row) => [
          row.getAttribute('aria-label'),
          row.querySelector('.custom-view-tree-node-item-icon')?.className ?? '',
        ])`);
      const marked = rows.filter(([, icon]) => /codicon-(warning|error)/.test(icon));
      assert.equal(marked.length, 3);
      for (const [name] of marked) assert.match(name, /, (warning|error)\.|does not cover/);
      const status = await read(`document.getElementById('${STATUS_ITEM_ID}')`);
      assertSpeakable(status);
      assert.match(
        namesOf(status, 'button')[0] ?? '',
        /^Chroma: Stopped\. Certificate: It does not/,
      );
    });

    it('is told the certificate under headings, in tables with headers', async () => {
      await vscode().clickRow('Certificate');
      await vscode()
        .page.getByRole('tab', { name: /servercert\.pem/ })
        .waitFor();
      const frame = vscode()
        .page.frameLocator('iframe.webview')
        .frameLocator('iframe#active-frame');
      await frame.getByRole('heading', { level: 1, name: 'servercert.pem' }).waitFor();
      const nodes = await read(PAGE);
      assertSpeakable(nodes);
      assert.deepEqual(
        nodes.filter(({ role }) => role === 'heading').map(({ level, name }) => [level, name]),
        [
          [1, 'servercert.pem'],
          [2, 'Certificate (1 of 2)'],
          [2, 'Authority (2 of 2)'],
        ],
      );
      assert.equal(namesOf(nodes, 'main').length, 1);
      for (const role of ['region', 'table']) {
        assert.deepEqual(namesOf(nodes, role), ['Certificate (1 of 2)', 'Authority (2 of 2)']);
      }
      const headers = namesOf(nodes, 'rowheader');
      assert.deepEqual(headers.slice(0, 3), ['Subject', 'Names', 'Signed by']);
      assert.equal(namesOf(nodes, 'cell').length, headers.length);
      assert.equal(await frame.locator('html').getAttribute('lang'), 'en');
    });
  });
});

/** Every button, line and link has a name, and none has what nobody should hear. */
function assertSpeakable(nodes: readonly AccessibleNode[]): void {
  const NAMED = [
    'button',
    'treeitem',
    'link',
    'heading',
    'tree',
    'img',
    'image',
    'region',
    'table',
  ];
  const nameless = nodes.filter(({ role, name }) => NAMED.includes(role) && name === '');
  assert.deepEqual(nameless, [], listNames(nodes));
  assert.deepEqual(
    nodes.filter(({ name }) => UNSPEAKABLE.test(name)),
    [],
  );
}

function listNames(nodes: readonly AccessibleNode[]): string {
  return nodes.map(({ role, name }) => `${role}: ${name}`).join('\n');
}
