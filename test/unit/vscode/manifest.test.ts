import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'mocha';
import manifest from '../../../package.json' with { type: 'json' };
import texts from '../../../package.nls.json' with { type: 'json' };
import {
  CERTIFICATE_KINDS,
  DEFAULT_SETTINGS,
  ENGINES,
  KEY_TYPES,
  readSettings,
  RUNTIMES,
  TLS_TERMINATIONS,
} from '../../../src/project/settings.ts';
import { SETTING_KEYS } from '../../../src/project/setting-keys.ts';
import {
  CERTIFICATE_EDITOR_ID,
  COMMANDS,
  EXTENSION_ID,
  ROW_COMMANDS,
  VIEW_ID,
  WALKTHROUGH,
} from '../../../src/vscode/model/command-ids.ts';
import { MCP_PROVIDER_ID, TOOLS } from '../../../src/vscode/model/assistant-ids.ts';
import { renderTree } from '../../../src/vscode/model/tree/render-tree.ts';
import type { TreeNode } from '../../../src/vscode/model/tree/tree-node.ts';
import { EXTERNAL_SAMPLES, NOW, PROBLEM_SAMPLES, SAMPLES } from './samples.ts';
import { holds } from './when-clause.ts';

const { contributes, capabilities } = manifest;
const properties: Readonly<Record<string, Readonly<Record<string, unknown>>>> =
  contributes.configuration.properties;

describe('the manifest', () => {
  it('contributes the commands there are, as they are named in the code', () => {
    const contributed = contributes.commands
      .filter(({ command }) => !OF_ROWS.includes(command))
      .map(({ command, title, icon }) => [
        command,
        { title: textOf(title), ...(icon === undefined ? {} : { icon: icon.slice(2, -1) }) },
      ]);
    assert.deepEqual(Object.fromEntries(contributed), COMMANDS);
    assert.equal(contributes.commands.length, contributed.length + OF_ROWS.length);
    assert.ok(contributes.commands.every(({ category }) => category === 'Chroma'));
  });

  it('takes every text from package.nls.json, which has no other', () => {
    const used: string[] = [];
    JSON.stringify({ contributes, capabilities }, (name, value: unknown) => {
      if (TEXT_PROPERTIES.has(name)) {
        for (const text of [value].flat()) {
          if (typeof text === 'string' && !NAMES.has(text)) used.push(keyOf(text));
        }
      }
      return value;
    });
    assert.deepEqual(used.toSorted(), Object.keys(texts).toSorted());
  });

  it('has the extension and its view under the names the code uses', () => {
    assert.equal(`${manifest.publisher}.${manifest.name}`, EXTENSION_ID);
    assert.deepEqual(
      contributes.views.chromaTls.map(({ id }) => id),
      [VIEW_ID],
    );
  });

  it('gives assistants the tools and the provider that the code has', () => {
    const { languageModelTools, mcpServerDefinitionProviders } = contributes;
    assert.deepEqual(
      languageModelTools.map(({ name }) => name),
      Object.keys(TOOLS),
    );
    assert.deepEqual(
      mcpServerDefinitionProviders.map(({ id }) => id),
      [MCP_PROVIDER_ID],
    );
    for (const { name, modelDescription, inputSchema } of languageModelTools) {
      assert.equal(inputSchema.additionalProperties, false, name);
      // What changes something asks first, and says so to the model.
      const asks = 'confirm' in TOOLS[name as keyof typeof TOOLS];
      assert.equal(modelDescription.includes('The user is asked first.'), asks, name);
      assert.equal(modelDescription.includes('Changes nothing.'), !asks, name);
    }
  });

  it('shows certificates as facts only where a user asks for it', () => {
    const [editor, ...more] = contributes.customEditors;
    assert.deepEqual(more, []);
    assert.equal(editor?.viewType, CERTIFICATE_EDITOR_ID);
    assert.equal(editor.priority, 'option');
  });

  it('names only commands and pictures that exist', () => {
    const named = [
      ...Object.values(contributes.menus)
        .flat()
        .map(({ command }) => command),
      ...[
        ...contributes.viewsWelcome.map(({ contents }) => contents),
        ...STEPS.map(({ description }) => description),
      ].flatMap((text) =>
        [...textOf(text).matchAll(/\(command:([\w.]+)\)/g)].map(([, id = '']) => id),
      ),
    ].filter((id) => id.startsWith('chromaTls.'));
    // VS Code has a command for every view.
    const known = [...Object.keys(COMMANDS), ...OF_ROWS, `${VIEW_ID}.focus`];
    assert.deepEqual(
      named.filter((id) => !known.includes(id)),
      [],
    );
    const pictures = STEPS.map(({ media }) => media.svg);
    for (const picture of [
      manifest.icon,
      contributes.viewsContainers.activitybar[0]?.icon ?? '',
      ...pictures,
    ]) {
      assert.ok(existsSync(picture), picture);
    }
  });

  it('has a walkthrough of four steps, each done by what is true', async () => {
    assert.equal(`${EXTENSION_ID}#${contributes.walkthroughs[0]?.id ?? ''}`, WALKTHROUGH);
    assert.equal(contributes.walkthroughs.length, 1);
    assert.ok(STEPS.length <= 4);
    const files = ['model', 'views'].map((folder) =>
      readFile(`src/vscode/${folder}/context-keys.ts`, 'utf8'),
    );
    const keys = (await Promise.all(files)).join('');
    for (const { id, description, completionEvents } of STEPS) {
      // VS Code shows them as they are.
      assert.doesNotMatch(textOf(description), /`/);
      const [event = '', ...more] = completionEvents;
      assert.deepEqual(more, []);
      const key = /^onContext:(chromaTls\.\w+)( == \w+)?$/.exec(event)?.[1];
      assert.ok(key !== undefined && keys.includes(`'${key}'`), `${id}: ${event}`);
    }
  });

  it('has pictures in the walkthrough that take their colours from the theme', async () => {
    for (const { media } of STEPS) {
      const picture = await readFile(media.svg, 'utf8');
      assert.match(picture, /var\(--vscode-foreground\)/);
      const own = [...picture.matchAll(/#[\da-f]{3,8}\b/gi)].map(([colour]) => colour);
      // Chroma's own three.
      assert.ok(
        own.every((colour) => ['#ff6446', '#327eff', '#ffc02e'].includes(colour)),
        `${media.svg}: ${own.join(' ')}`,
      );
    }
  });

  it('has the settings there are, with their defaults', () => {
    const defaults = Object.entries(SETTING_KEYS).map(([key, name]) => [
      `chromaTls.${name}`,
      new Map<string, unknown>(Object.entries(DEFAULT_SETTINGS)).get(key),
    ]);
    const contributed = Object.entries(properties).map(([name, { default: value }]) => [
      name,
      value,
    ]);
    assert.deepEqual(Object.fromEntries(contributed), Object.fromEntries(defaults));
  });

  it('offers the choices there are, each explained', () => {
    for (const [name, values] of [
      ['runtime', RUNTIMES],
      ['tlsTermination', TLS_TERMINATIONS],
      ['certificate.kind', CERTIFICATE_KINDS],
      ['certificate.keyType', KEY_TYPES],
      ['certificate.engine', ENGINES],
    ] as const) {
      const property = properties[`chromaTls.${name}`];
      assert.deepEqual(property?.['enum'], values);
      assert.equal([property['enumDescriptions']].flat().length, values.length, name);
    }
  });

  it('has the ranges that the settings are checked against', () => {
    for (const [key, name] of Object.entries(SETTING_KEYS)) {
      const { minimum, maximum } = properties[`chromaTls.${name}`] ?? {};
      if (typeof minimum !== 'number' || typeof maximum !== 'number') continue;
      for (const value of [minimum, maximum]) readSettings({ [key]: value });
      for (const value of [minimum - 1, maximum + 1]) {
        assert.throws(() => readSettings({ [key]: value }), { code: 'invalid-setting' });
      }
    }
  });

  it('lets no untrusted workspace choose what runs', () => {
    const { supported, restrictedConfigurations } = capabilities.untrustedWorkspaces;
    assert.equal(supported, 'limited');
    for (const name of ['containerCommand', 'localCommand', 'image', 'nginxImage', 'envoyImage']) {
      assert.ok(restrictedConfigurations.includes(`chromaTls.${name}`), name);
    }
    assert.deepEqual(
      restrictedConfigurations.filter((name) => !(name in properties)),
      [],
    );
  });

  it('offers no start, stop or restart of a server that someone else runs', () => {
    const lifecycle = /^chromaTls\.(start|stop|restart)Server$/;
    const conditions = [
      ...contributes.commands
        // Stop stays in the palette: a server of the folder itself may run beside the external one.
        .filter(({ command }) => lifecycle.test(command) && command !== 'chromaTls.stopServer')
        .map(({ enablement }) => enablement ?? ''),
      ...contributes.menus['view/title']
        .filter(({ command }) => lifecycle.test(command))
        .map(({ when }) => when),
      ...contributes.viewsWelcome
        .filter(({ contents }) => textOf(contents).includes('command:chromaTls.startServer'))
        .map(({ when }) => when),
    ];
    assert.equal(conditions.length, 6);
    for (const condition of conditions) assert.match(condition, /!chromaTls\.external/);
  });

  it('has a line in the view for every action of a line', () => {
    for (const { command, when } of contributes.menus['view/item/context']) {
      assert.ok(
        LINES.some((line) => isIn(when, line)),
        `${command}: ${when}`,
      );
    }
  });

  it('has a menu for every line, with all its inline actions and what a click does', () => {
    for (const line of LINES) {
      const entries = contributes.menus['view/item/context'].filter(({ when }) => isIn(when, line));
      const named = entries.filter(({ group }) => !group.startsWith('inline'));
      const commands = named.map(({ command }) => command);
      assert.equal(new Set(commands).size, commands.length, `twice in the menu of ${line.id}`);
      for (const { command } of entries)
        assert.ok(commands.includes(command), `${line.id} ${command}`);
      assert.ok(
        commands.includes(line.id === 'address' ? 'chromaTls.copyEndpoint' : ROW_COMMANDS.copy),
      );
      if (!line.click || (line.contextValue === 'trust.all' && line.id === 'trust')) continue;
      const { command, arguments: given } = line.click;
      const own = command in COMMANDS && given.length === 0;
      const asRow = ['runtime', 'tls', 'access'].includes(line.id)
        ? ROW_COMMANDS.openSetting
        : ROW_COMMANDS.cure;
      assert.ok(commands.includes(own ? command : asRow), `${line.id}: ${command}`);
    }
  });
});

const OF_ROWS: readonly string[] = Object.values(ROW_COMMANDS);

/** Every line of every sample. */
const LINES = [...Object.values(SAMPLES), ...Object.values(EXTERNAL_SAMPLES), ...PROBLEM_SAMPLES]
  .flatMap((snapshot) => renderTree({ kind: 'folder', snapshot }, NOW))
  .flatMap(flatten);

/** Whether a menu entry is shown for a line, where all is there that one may need. */
function isIn(when: string, line: TreeNode): boolean {
  return holds(when, {
    view: VIEW_ID,
    viewItem: line.contextValue,
    'chromaTls.hasBackups': true,
    'chromaTls.paused': true,
  });
}
const STEPS = contributes.walkthroughs.flatMap(({ steps }) => steps);

/** The properties of the manifest that a user reads. */
const TEXT_PROPERTIES = new Set([
  'altText',
  'contents',
  'contextualTitle',
  'category',
  'description',
  'displayName',
  'enumDescriptions',
  'markdownDescription',
  'name',
  'title',
  'userDescription',
]);

/** Our own names are the same in every language. */
const NAMES = new Set<string>(['Chroma', 'Chroma TLS', ...Object.keys(TOOLS)]);

function keyOf(reference: string): string {
  const key = /^%(.+)%$/.exec(reference)?.[1];
  assert.ok(key !== undefined, `not a key of package.nls.json: ${reference}`);
  return key;
}

function textOf(reference: string): string {
  const text = new Map(Object.entries(texts)).get(keyOf(reference));
  assert.ok(text !== undefined, `not in package.nls.json: ${reference}`);
  return text;
}

function flatten(node: TreeNode): readonly TreeNode[] {
  return [node, ...node.children.flatMap(flatten)];
}
