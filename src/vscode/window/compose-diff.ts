import {
  commands,
  Disposable,
  TabInputTextDiff,
  Uri,
  window,
  workspace,
  type TextDocumentContentProvider,
} from 'vscode';
import type { ComposeProposal } from '../../compose/proposal.ts';

const SCHEME = 'chroma-tls-proposal';

/**
 * Shows a Compose file beside the proposed one, in VS Code's own diff.
 *
 * @returns what closes it again
 */
export async function showComposeDiff({ name, file, after }: ComposeProposal): Promise<Disposable> {
  const provider: TextDocumentContentProvider = { provideTextDocumentContent: () => after };
  const registered = workspace.registerTextDocumentContentProvider(SCHEME, provider);
  // A new address each time: VS Code keeps the text of one that it knows.
  const proposed = Uri.from({ scheme: SCHEME, path: `/${name}`, query: String(Date.now()) });
  await commands.executeCommand(
    'vscode.diff',
    Uri.file(file),
    proposed,
    `${name}: with Chroma over TLS`,
  );
  return new Disposable(() => {
    const tabs = window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter(
        ({ input }) =>
          input instanceof TabInputTextDiff && input.modified.toString() === proposed.toString(),
      );
    void window.tabGroups.close(tabs);
    registered.dispose();
  });
}
