import { relative } from 'node:path';
import { explainInvalidName } from '../../project/domain.ts';
import { setDomain as writeDomain } from '../../workspace/set-domain.ts';
import { folderTitle } from '../window/folder-title.ts';
import { showInputBox } from '../window/plain-window.ts';
import type { CommandHandler } from './command-context.ts';

/**
 * Asks for the domain and writes it into the env file. Whether the certificate still covers it is
 * told by the one who watches for that, as it is for every other change of the file.
 */
export const setDomain: CommandHandler = async ({ session }) => {
  const active = await session.require();
  if (!active) return;
  const workspace = await active.open();
  const entered = await showInputBox({
    title: folderTitle('Set Domain (CHROMA_DOMAIN)', active.folder),
    prompt: `The host name, wildcard or IP address clients use. It is saved in ${relative(workspace.workspace, workspace.envFile)}.`,
    placeHolder: 'localhost, *.example.test, 127.0.0.1',
    value: workspace.domain,
    ignoreFocusOut: true,
    validateInput: (text) => explainInvalidName(text.trim()),
  });
  const domain = entered?.trim();
  if (domain === undefined || domain === workspace.domain) return;
  await writeDomain(workspace, domain);
};
