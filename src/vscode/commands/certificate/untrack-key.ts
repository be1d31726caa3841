import { certificateFiles } from '../../../project/certificate-files.ts';
import {
  rememberTrackedKeys,
  untrackKeys,
  untrackLine,
} from '../../../certificates/folder/tracked-keys.ts';
import { isOfferedToGit } from '../../../project/git.ts';
import { toButton } from '../../model/actions.ts';
import { ask } from '../../window/plain-window.ts';
import type { CommandHandler } from '../command-context.ts';

const UNTRACK = 'Untrack';

/** Takes the folder's private keys out of git's index, once the user has agreed. */
export const untrackKey: CommandHandler = async ({ session, notifier }) => {
  const active = await session.require();
  if (!active) return;
  const folder = (await active.open()).certificatesFolder;
  const workspace = active.folder.uri.fsPath;
  const keys = await rememberTrackedKeys()(folder);
  if (keys.length === 0) {
    void notifier.inform('Git tracks no private key of this folder.');
    return;
  }
  const answer = await ask(
    'Take the private key out of git?',
    [
      untrackLine(keys, { workspace, folder }),
      'The file stays where it is. Your next commit takes it out of the repository; the commits before it keep it, and so do all who have them.',
    ].join('\n\n'),
    UNTRACK,
  );
  if (answer !== UNTRACK) return;
  await untrackKeys(folder, keys);
  await active.server.refreshProject();
  const offered = await isOfferedToGit(certificateFiles(folder).key);
  void notifier.inform(
    [
      'Git does not track the private key any more. Commit that.',
      ...(offered ? ['Add it to .gitignore, or git will take it again.'] : []),
      'If it was ever pushed, it is known: make a new certificate.',
    ].join(' '),
    toButton('regenerateCertificate'),
  );
};
