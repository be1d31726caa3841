import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import {
  type Disposable,
  FileType,
  RelativePattern,
  Uri,
  window,
  workspace,
  type CustomDocument,
  type CustomReadonlyEditorProvider,
  type WebviewPanel,
} from 'vscode';
import { CERTIFICATE_EDITOR_ID } from '../model/command-ids.ts';

/** Bytes; the largest bundles of certificates have a few hundred thousand. */
const LARGEST = 4_000_000;
/** Milliseconds until a file that is written in several goes is read. */
const SETTLE = 100;

/** Shows a file of certificates as facts, in a workspace without trust too: it only reads. */
export class CertificateEditor implements CustomReadonlyEditorProvider {
  static register(): Disposable {
    return window.registerCustomEditorProvider(CERTIFICATE_EDITOR_ID, new CertificateEditor(), {
      supportsMultipleEditorsPerDocument: true,
    });
  }

  openCustomDocument(uri: Uri): CustomDocument {
    return { uri, dispose: () => undefined };
  }

  async resolveCustomEditor({ uri }: CustomDocument, panel: WebviewPanel): Promise<void> {
    // Nothing in it runs, and nothing in it leads anywhere.
    panel.webview.options = { enableScripts: false, localResourceRoots: [] };
    let latest = 0;
    const show = async (): Promise<void> => {
      latest += 1;
      const turn = latest;
      const page = await renderFile(uri);
      if (turn === latest) panel.webview.html = page;
    };
    const watching = watch(uri, () => void show());
    panel.onDidDispose(() => {
      // From now on no turn is the latest one.
      latest = NaN;
      watching.dispose();
    });
    // Before it is read, so that nothing falls in between.
    await watching.begun;
    await show();
  }
}

async function renderFile(uri: Uri): Promise<string> {
  // Loaded only now: reading every form there is brings libraries that nothing else needs.
  const [{ describePem }, { renderCertificatePage }] = await Promise.all([
    import('../../certificates/import/describe-pem.ts'),
    import('../model/certificate-page.ts'),
  ]);
  const show = (problem: string): string =>
    renderCertificatePage([{ title: 'Nothing to Show', facts: [], problems: [problem] }], nonce);
  const nonce = randomBytes(16).toString('hex');
  try {
    const { size, type } = await workspace.fs.stat(uri);
    // A pipe would be waited for.
    if ((type & FileType.File) === 0) return show('This is no ordinary file.');
    if (size > LARGEST) return show('This file is too large for one of certificates.');
    const content = Buffer.from(await workspace.fs.readFile(uri));
    return renderCertificatePage(await describePem(content, new Date()), nonce);
  } catch (error) {
    return show(
      `The file cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Something that is watched: from `begun` on. */
interface Watching {
  readonly begun: Promise<unknown>;
  dispose(): void;
}

/**
 * Says when a file changed, or was put in its place again. The editor's own watcher is not asked about
 * a file on the disk: it makes nothing of one that was replaced and deleted at once.
 */
function watch(uri: Uri, changed: () => void): Watching {
  if (uri.scheme !== 'file') return watchByEditor(uri, changed);
  // From the workspace on: the folder of the certificates may be removed and made again.
  const root = workspace.getWorkspaceFolder(uri)?.uri.fsPath ?? dirname(uri.fsPath);
  const begun = import('../../system/files/files-watch.ts').then(
    ({ FilesWatch }) => new FilesWatch(root, [uri.fsPath], changed),
  );
  return {
    begun,
    dispose: () => {
      void begun.then((watching) => {
        watching.dispose();
      });
    },
  };
}

/** For a file of another extension's, of which no system knows. */
function watchByEditor(uri: Uri, changed: () => void): Watching {
  const name = uri.path.split('/').at(-1) ?? '';
  const watcher = workspace.createFileSystemWatcher(
    new RelativePattern(Uri.joinPath(uri, '..'), name.replaceAll(/[[\]{}*?]/g, '[$&]')),
  );
  let timer: NodeJS.Timeout | undefined;
  const schedule = (): void => {
    clearTimeout(timer);
    timer = setTimeout(changed, SETTLE);
  };
  watcher.onDidCreate(schedule);
  watcher.onDidChange(schedule);
  watcher.onDidDelete(schedule);
  return {
    begun: Promise.resolve(),
    dispose: () => {
      clearTimeout(timer);
      watcher.dispose();
    },
  };
}
