import { relative } from 'node:path';
import { explainInvalidName } from '../../project/domain.ts';
import { readDomain, writeDomain } from '../../project/env-file.ts';
import { resolveInWorkspace } from '../../project/workspace-path.ts';
import { readConfiguration } from '../window/configuration.ts';
import { showInputBox } from '../window/plain-window.ts';
import type { CommandHandler } from './command-context.ts';

/**
 * Asks for the domain and writes it into the env file. Whether the certificate still covers it is
 * told by the one who watches for that, as it is for every other change of the file.
 */
export const setDomain: CommandHandler = async ({ session }) => {
  const active = await session.require();
  if (!active) return;
  const { folder, server } = active;
  const root = folder.uri.fsPath;
  const envFile = await resolveInWorkspace(root, readConfiguration(folder).envFile);
  const present = await readDomain(envFile);
  const entered = await showInputBox({
    title: 'Set Domain (CHROMA_DOMAIN)',
    prompt: `The host name, wildcard or IP address clients use. It is saved in ${relative(root, envFile)}.`,
    placeHolder: 'localhost, *.example.test, 127.0.0.1',
    value: present,
    ignoreFocusOut: true,
    validateInput: (text) => explainInvalidName(text.trim()),
  });
  const domain = entered?.trim();
  if (domain === undefined || domain === present) return;
  await writeDomain(envFile, domain);
  await server.refreshProject();
};
