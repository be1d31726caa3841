import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
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
  VIEW_ID,
} from '../../../src/vscode/model/command-ids.ts';
import { renderTree, type TreeNode } from '../../../src/vscode/model/tree.ts';
import { NOW, SAMPLES } from './samples.ts';

const { contributes, capabilities } = manifest;
const properties: Readonly<Record<string, Readonly<Record<string, unknown>>>> =
  contributes.configuration.properties;

describe('the manifest', () => {
  it('contributes the commands there are, as they are named in the code', () => {
    const contributed = contributes.commands.map(({ command, title, icon }) => [
      command,
      { title: textOf(title), ...(icon === undefined ? {} : { icon: icon.slice(2, -1) }) },
    ]);
    assert.deepEqual(Object.fromEntries(contributed), COMMANDS);
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
      ...contributes.viewsWelcome.flatMap(({ contents }) =>
        [...textOf(contents).matchAll(/\(command:([\w.]+)\)/g)].map(([, id = '']) => id),
      ),
    ].filter((id) => id.startsWith('chromaTls.'));
    assert.deepEqual(
      named.filter((id) => !(id in COMMANDS)),
      [],
    );
    for (const picture of [manifest.icon, contributes.viewsContainers.activitybar[0]?.icon ?? '']) {
      assert.ok(existsSync(picture), picture);
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

  it('has a line in the view for every inline action', () => {
    const lines = Object.values(SAMPLES)
      .flatMap((snapshot) => renderTree({ kind: 'folder', snapshot }, NOW))
      .flatMap(flatten)
      .map(({ contextValue }) => contextValue);
    for (const { command, when } of contributes.menus['view/item/context']) {
      assert.ok(lines.some(matcher(when)), `${command}: ${when}`);
    }
  });
});

/** The properties of the manifest that a user reads. */
const TEXT_PROPERTIES = new Set([
  'contents',
  'contextualTitle',
  'category',
  'description',
  'displayName',
  'enumDescriptions',
  'markdownDescription',
  'name',
  'title',
]);

/** Our own names are the same in every language. */
const NAMES = new Set(['Chroma', 'Chroma TLS']);

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

/** Turns the part of a `when` clause about the line into a test of its context value. */
function matcher(when: string): (contextValue: string) => boolean {
  const pattern = /viewItem =~ \/(.+)\/$/.exec(when)?.[1];
  const exact = /viewItem == (\w+)$/.exec(when)?.[1];
  return (value) => (pattern === undefined ? value === exact : new RegExp(pattern).test(value));
}
