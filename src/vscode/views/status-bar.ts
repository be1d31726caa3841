import type { Disposable } from 'vscode';
import { MarkdownString, StatusBarAlignment, ThemeColor, window, type StatusBarItem } from 'vscode';
import { STATUS_BAR_ID, type CommandId } from '../model/command-ids.ts';
import { escapeMarkdown } from '../model/shown-text.ts';
import type { OfferedAction } from '../model/offered-actions.ts';
import type { Session } from '../session/session.ts';
import { renderStatusBar, type StatusBarModel, type Tooltip } from '../model/status-bar.ts';

/** The one status-bar item: a render of the state, and nothing else. */
export class StatusBar implements Disposable {
  readonly #session: Session;
  readonly #item: StatusBarItem;
  readonly #subscription: Disposable;
  #shown = '';

  constructor(session: Session) {
    this.#session = session;
    this.#item = window.createStatusBarItem(STATUS_BAR_ID, StatusBarAlignment.Left);
    this.#item.name = 'Chroma TLS';
    this.#item.command = 'chromaTls.showStatus' satisfies CommandId;
    this.#subscription = session.onDidChange(() => {
      this.#render();
    });
    this.#render();
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#item.dispose();
  }

  #render(): void {
    const model = renderStatusBar(this.#session.state, Date.now());
    // An unchanged item is left alone: setting it again closes the tooltip that is being read.
    const shown = JSON.stringify(model ?? null);
    if (shown === this.#shown) return;
    this.#shown = shown;
    if (model) this.#apply(model);
    else this.#item.hide();
  }

  #apply(model: StatusBarModel): void {
    this.#item.text = model.text;
    this.#item.tooltip = toMarkdown(model.tooltip);
    this.#item.accessibilityInformation = { label: model.accessibleLabel, role: 'button' };
    this.#item.backgroundColor =
      model.severity === 'none'
        ? undefined
        : new ThemeColor(`statusBarItem.${model.severity}Background`);
    this.#item.show();
  }
}

function toMarkdown({ title, troubles, facts, actions }: Tooltip): MarkdownString {
  const markdown = new MarkdownString('', true);
  markdown.isTrusted = { enabledCommands: actions.map(({ command }) => command) };
  const lines = [
    `**${escapeMarkdown(title)}**`,
    ...troubles.map((trouble) => `$(warning) ${escapeMarkdown(trouble)}`),
    ...(facts.length === 0
      ? []
      : [
          [
            '| | |',
            '|:--|:--|',
            ...facts.map(
              ({ label, value }) => `| ${label}&nbsp;&nbsp; | ${escapeMarkdown(value)} |`,
            ),
          ].join('\n'),
        ]),
    actions.map(toLink).join(' &nbsp; '),
  ];
  markdown.value = lines.join('\n\n');
  return markdown;
}

function toLink({ icon, label, command, arguments: given }: OfferedAction): string {
  const query = given.length === 0 ? '' : `?${encodeURIComponent(JSON.stringify(given))}`;
  return `[$(${icon}) ${escapeMarkdown(label)}](command:${command}${query})`;
}
