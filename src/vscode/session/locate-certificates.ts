import { resolveInWorkspace } from '../../project/workspace-path.ts';
import { readConfiguration } from '../window/configuration.ts';
import type { ActiveFolder } from './session.ts';

/** The absolute path of a folder's certificates. */
export async function locateCertificates({ folder }: ActiveFolder): Promise<string> {
  return resolveInWorkspace(folder.uri.fsPath, readConfiguration(folder).certificatesFolder);
}
