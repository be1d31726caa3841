import { window } from 'vscode';
import { WentBack } from './steps.ts';

/**
 * Has a user choose a file or a folder.
 *
 * @returns its absolute path
 * @throws WentBack where the dialog was closed: it has no Back of its own
 */
export async function chooseInStep(
  title: string,
  {
    canSelectFolders = false,
    filters,
  }: { readonly canSelectFolders?: boolean; readonly filters?: Record<string, string[]> },
): Promise<string> {
  const picked = await window.showOpenDialog({
    title,
    openLabel: 'Choose',
    canSelectFolders,
    canSelectFiles: !canSelectFolders,
    ...(filters === undefined ? {} : { filters }),
  });
  const [file] = picked ?? [];
  if (!file) throw new WentBack();
  return file.fsPath;
}
