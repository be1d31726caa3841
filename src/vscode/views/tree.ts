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
import { VIEW_ID } from '../model/command-ids.ts';
import type { Session } from '../session/session.ts';
import { renderTree } from '../model/tree/render-tree.ts';
import type { TreeNode } from '../model/tree/tree-node.ts';

/** The view "Server", rendered from the UI state; redrawn when a line changes. */
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
    const isLeaf = node.children.length === 0;
    const { Collapsed, Expanded, None } = TreeItemCollapsibleState;
    const open = node.isFolded ? Collapsed : Expanded;
    const item = new TreeItem(node.label, isLeaf ? None : open);
    // VS Code remembers by id what is folded. A line without children counts as folded, and would
    // hide its first children; another id prevents that.
    item.id = isLeaf ? node.id : `${node.id}.open`;
    if (node.icon) {
      const { name, color } = node.icon;
      item.iconPath = new ThemeIcon(name, color === undefined ? undefined : new ThemeColor(color));
    }
    item.tooltip = node.tooltip;
    item.contextValue = node.contextValue;
    if (node.description !== undefined) item.description = node.description;
    item.accessibilityInformation = { label: node.accessibleLabel };
    if (node.click) {
      const { command, label, arguments: given } = node.click;
      item.command = { command, title: label, arguments: [...given] };
    }
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

  /** Names the folder where several are open. VS Code always shows a title, but not a description. */
  #entitle(): void {
    const { state } = this.#session;
    const name = state.kind === 'folder' ? state.name : undefined;
    this.#view.title = name === undefined ? 'Server' : `Server (${name})`;
  }
}
