import { randomBytes } from 'node:crypto';
import { basename, dirname } from 'node:path';
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

/** Bytes. The largest bundles of certificates have a few hundred thousand. */
const LARGEST = 4_000_000;
/** Milliseconds to wait for a file that is written in several steps. */
const SETTLE = 100;

/** Shows a certificate file as facts. It only reads, so it works in an untrusted workspace too. */
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
    // The page runs no script and loads no file.
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
      // No turn equals NaN.
      latest = NaN;
      watching.dispose();
    });
    // Watching begins before the first read, so that no change is missed.
    await watching.begun;
    await show();
  }
}

async function renderFile(uri: Uri): Promise<string> {
  // Loaded only here: the readers of all forms need large libraries.
  const [{ describePem }, { renderCertificatePage }] = await Promise.all([
    import('../../certificates/import/describe-pem.ts'),
    import('../model/certificate-page.ts'),
  ]);
  const name = basename(uri.path);
  const nonce = randomBytes(16).toString('hex');
  const show = (problem: string): string => {
    const sections = [{ title: 'Nothing to Show', facts: [], problems: [problem] }];
    return renderCertificatePage({ name, sections }, nonce);
  };
  try {
    const { size, type } = await workspace.fs.stat(uri);
    // Reading a pipe would wait.
    if ((type & FileType.File) === 0) return show('This is not an ordinary file.');
    if (size > LARGEST) return show('This file is too large for a certificate file.');
    const content = Buffer.from(await workspace.fs.readFile(uri));
    return renderCertificatePage({ name, sections: await describePem(content, new Date()) }, nonce);
  } catch (error) {
    return show(
      `The file cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** A file that is watched from `begun` on. */
interface Watching {
  readonly begun: Promise<unknown>;
  dispose(): void;
}

/**
 * Tells when a file was changed, replaced or made again. A file on disk is not watched by the editor,
 * which misses one that is replaced and deleted at once.
 */
function watch(uri: Uri, changed: () => void): Watching {
  if (uri.scheme !== 'file') return watchByEditor(uri, changed);
  // Watched from the workspace folder: the certificates folder may be removed and made again.
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

/** Watches a file that is not on disk: another extension provides it. */
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
