import {
  Disposable,
  MarkdownString,
  StatusBarAlignment,
  ThemeColor,
  window,
  type StatusBarItem,
} from 'vscode';
import { STATUS_BAR_ID, type CommandId } from '../model/command-ids.ts';
import type { OfferedAction } from '../model/offered-actions.ts';
import { escapeMarkdown } from '../model/shown-text.ts';
import { renderStatusBar, type StatusBarModel, type Tooltip } from '../model/status-bar.ts';
import type { Session } from '../session/session.ts';

/** Shows the one status-bar item, which is rendered from the UI state alone. */
export function showStatusBar(session: Session): Disposable {
  const item = window.createStatusBarItem(STATUS_BAR_ID, StatusBarAlignment.Left);
  item.name = 'Chroma TLS';
  item.command = 'chromaTls.showStatus' satisfies CommandId;
  let shown = '';
  const render = (): void => {
    const model = renderStatusBar(session.state, Date.now());
    // Setting an unchanged item again would close the tooltip that is being read.
    const next = JSON.stringify(model ?? null);
    if (next === shown) return;
    shown = next;
    if (model) apply(item, model);
    else item.hide();
  };
  render();
  return Disposable.from(session.onDidChange(render), item);
}

function apply(item: StatusBarItem, model: StatusBarModel): void {
  const { text, tooltip, accessibleLabel, severity } = model;
  item.text = text;
  item.tooltip = toMarkdown(tooltip);
  item.accessibilityInformation = { label: accessibleLabel, role: 'button' };
  item.backgroundColor =
    severity === 'none' ? undefined : new ThemeColor(`statusBarItem.${severity}Background`);
  item.show();
}

function toMarkdown({ title, troubles, facts, actions }: Tooltip): MarkdownString {
  const rows = facts.map(
    ({ label, value }) => `| ${label}&nbsp;&nbsp; | ${escapeMarkdown(value)} |`,
  );
  const markdown = new MarkdownString('', true);
  markdown.isTrusted = { enabledCommands: actions.map(({ command }) => command) };
  markdown.value = [
    `**${escapeMarkdown(title)}**`,
    ...troubles.map((trouble) => `$(warning) ${escapeMarkdown(trouble)}`),
    ...(rows.length === 0 ? [] : [['| | |', '|:--|:--|', ...rows].join('\n')]),
    actions.map(toLink).join(' &nbsp; '),
  ].join('\n\n');
  return markdown;
}

function toLink({ icon, label, command, arguments: given }: OfferedAction): string {
  const query = given.length === 0 ? '' : `?${encodeURIComponent(JSON.stringify(given))}`;
  return `[$(${icon}) ${escapeMarkdown(label)}](command:${command}${query})`;
}
