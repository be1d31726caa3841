import {
  commands,
  CommentMode,
  comments,
  CommentThreadCollapsibleState,
  Disposable,
  Range,
  Uri,
  window,
} from 'vscode';
import type { ComposeProposal } from '../../compose/proposal.ts';
import { COMPOSE_SCHEME } from '../model/command-ids.ts';
import { makeReadOnlyDocument, shownUri } from './read-only-document.ts';

/** What a user says to a proposed change; to close the diff is to discard it. */
export type ComposeDecision = 'apply' | 'separate' | 'discard';

/**
 * Shows a proposed Compose file beside the present one, in VS Code's own diff, until the user has
 * decided. The buttons are in the diff's title bar, so that they stay as long as it does.
 */
export class ComposeReview {
  #decide: ((decision: ComposeDecision) => void) | undefined;

  /** Shows a proposal; one that is still shown is discarded. @returns what the user says to it */
  async ask({ name, file, before = '', after, notes }: ComposeProposal): Promise<ComposeDecision> {
    this.decide('discard');
    const decision = new Promise<ComposeDecision>((resolve) => {
      this.#decide = resolve;
    });
    const proposed = makeReadOnlyDocument(COMPOSE_SCHEME, name, after);
    const closing = window.tabGroups.onDidChangeTabs(({ closed }) => {
      const isClosed = closed.some(
        ({ input }) => shownUri(input)?.toString() === proposed.uri.toString(),
      );
      if (isClosed) this.decide('discard');
    });
    const shown = Disposable.from(
      closing,
      showNotes(proposed.uri, firstDifference(before, after), notes),
      proposed,
    );
    try {
      const title = `${name}: with Chroma over TLS`;
      await commands.executeCommand('vscode.diff', Uri.file(file), proposed.uri, title);
      return await decision;
    } finally {
      shown.dispose();
    }
  }

  /** Takes the answer from a button of the title bar; none is awaited where no diff is shown. */
  decide(decision: ComposeDecision): void {
    this.#decide?.(decision);
    this.#decide = undefined;
  }
}

/** Sets what the lines do not show beside the first one that changes. They are not written. */
function showNotes(uri: Uri, line: number, notes: readonly string[]): Disposable {
  const controller = comments.createCommentController('chromaTls.compose', 'Chroma TLS');
  const shown = Disposable.from(controller);
  if (notes.length === 0) return shown;
  // Shown as it is, other than Markdown: a file's own words must not become a link.
  const body = notes.join('\n\n');
  const thread = controller.createCommentThread(uri, new Range(line, 0, line, 0), [
    { author: { name: 'Chroma TLS' }, body, mode: CommentMode.Preview },
  ]);
  thread.label = 'Before you apply this';
  thread.canReply = false;
  thread.collapsibleState = CommentThreadCollapsibleState.Expanded;
  return shown;
}

/** The first line that differs, counted from 0. */
function firstDifference(before: string, after: string): number {
  const [old, lines] = [before.split('\n'), after.split('\n')];
  return Math.max(
    0,
    lines.findIndex((text, index) => text !== old[index]),
  );
}
