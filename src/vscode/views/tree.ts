import type { Disposable } from 'vscode';
import {
  EventEmitter,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  window,
  type TreeDataProvider,
  type TreeView,
} from 'vscode';
import { COMMANDS, VIEW_ID } from '../model/command-ids.ts';
import type { Session } from '../session/session.ts';
import { renderTree, type TreeNode } from '../model/tree.ts';

/** The view "Server": a render of the state, redrawn when a line of it changed. */
export class ServerView implements TreeDataProvider<TreeNode>, Disposable {
  readonly #session: Session;
  readonly #changed = new EventEmitter<undefined>();
  readonly #view: TreeView<TreeNode>;
  readonly #subscription: Disposable;
  #nodes: readonly TreeNode[];
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(session: Session) {
    this.#session = session;
    this.#nodes = this.#renderNodes();
    this.#view = window.createTreeView(VIEW_ID, { treeDataProvider: this });
    this.#subscription = session.onDidChange(() => {
      this.#update();
    });
    this.#entitle();
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#view.dispose();
    this.#changed.dispose();
  }

  /** Says when the view comes to be seen, or is not seen any more. */
  get onDidChangeVisibility(): TreeView<TreeNode>['onDidChangeVisibility'] {
    return this.#view.onDidChangeVisibility;
  }

  get visible(): boolean {
    return this.#view.visible;
  }

  /** What the view shows now. */
  get nodes(): readonly TreeNode[] {
    return this.#nodes;
  }

  getChildren(node?: TreeNode): TreeNode[] {
    return [...(node?.children ?? this.#nodes)];
  }

  getTreeItem(node: TreeNode): TreeItem {
    const item = new TreeItem(node.label, chooseCollapsibleState(node));
    const { name, color } = node.icon;
    // VS Code remembers by id what is folded. A line that had nothing to unfold counts as folded,
    // and would hide its first children, were it not another line from then on.
    item.id = node.children.length === 0 ? node.id : `${node.id}.open`;
    item.iconPath = new ThemeIcon(name, color === undefined ? undefined : new ThemeColor(color));
    item.tooltip = node.tooltip;
    item.contextValue = node.contextValue;
    if (node.description !== undefined) item.description = node.description;
    item.accessibilityInformation = {
      label: node.description === undefined ? node.label : `${node.label}: ${node.description}`,
    };
    if (node.command) item.command = { command: node.command, title: COMMANDS[node.command].title };
    return item;
  }

  #update(): void {
    this.#entitle();
    const nodes = this.#renderNodes();
    if (JSON.stringify(nodes) === JSON.stringify(this.#nodes)) return;
    this.#nodes = nodes;
    this.#changed.fire(undefined);
  }

  #renderNodes(): readonly TreeNode[] {
    return renderTree(this.#session.state, Date.now());
  }

  /** Says which of several folders this is. In the title: a description is not always shown. */
  #entitle(): void {
    const { state } = this.#session;
    const name = state.kind === 'folder' ? state.name : undefined;
    this.#view.title = name === undefined ? 'Server' : `Server (${name})`;
  }
}

function chooseCollapsibleState(node: TreeNode): TreeItemCollapsibleState {
  return node.children.length === 0
    ? TreeItemCollapsibleState.None
    : TreeItemCollapsibleState.Expanded;
}
