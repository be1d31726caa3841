import { commands, Uri, type Disposable } from 'vscode';
import type { ComposeProposal } from '../../compose/proposal.ts';
import { makeReadOnlyDocument } from './read-only-document.ts';

/**
 * Shows a Compose file beside the proposed one, in VS Code's own diff.
 *
 * @returns what closes it again
 */
export async function showComposeDiff({ name, file, after }: ComposeProposal): Promise<Disposable> {
  const proposed = makeReadOnlyDocument('chroma-tls-proposal', name, after);
  const title = `${name}: with Chroma over TLS`;
  await commands.executeCommand('vscode.diff', Uri.file(file), proposed.uri, title);
  return proposed;
}
