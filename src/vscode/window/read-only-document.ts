import { Disposable, TabInputText, TabInputTextDiff, Uri, window, workspace } from 'vscode';

/** A text that is shown in an editor and lies in no file. */
export interface ReadOnlyDocument extends Disposable {
  readonly uri: Uri;
}

/**
 * Makes a text of ours known to VS Code, until it is disposed: that closes its editors.
 *
 * @param scheme of its address; one document of a scheme is shown at a time
 * @param name of the tab; its ending says the language
 */
export function makeReadOnlyDocument(scheme: string, name: string, text: string): ReadOnlyDocument {
  // A new address each time: VS Code keeps the text of one that it knows.
  const uri = Uri.from({ scheme, path: `/${name}`, query: String(Date.now()) });
  const registered = workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: () => text,
  });
  const closing = new Disposable(() => {
    const tabs = window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter(({ input }) => shownUri(input)?.toString() === uri.toString());
    void window.tabGroups.close(tabs);
    registered.dispose();
  });
  return Object.assign(closing, { uri });
}

/** The address of a text that a tab shows; of a diff, that of its right side. */
export function shownUri(input: unknown): Uri | undefined {
  if (input instanceof TabInputText) return input.uri;
  return input instanceof TabInputTextDiff ? input.modified : undefined;
}
