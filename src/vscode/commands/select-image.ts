import { listImageChoices } from '../../chroma/image-choices.ts';
import { findDataLeft } from '../../chroma/runtimes/data-left.ts';
import { findRuntime } from '../../chroma/server/agree-on-runtime.ts';
import type { RuntimeKind } from '../../chroma/server-facts.ts';
import { explainInvalidSetting } from '../../project/settings.ts';
import { readConfiguration, writeSetting } from '../window/configuration.ts';
import { ownServer } from '../model/facts.ts';
import { describeChosenImage } from '../model/next-step.ts';
import { ask, showInputBox, showQuickPick, type PlainItem } from '../window/plain-window.ts';
import type { ActiveFolder } from '../session/session.ts';
import type { CommandHandler } from './command-context.ts';

interface ImageItem extends PlainItem {
  /** None: the user wants to name another one. */
  readonly image?: string;
}

const CHOOSE = 'Choose It';

/** Chooses the Chroma image, saying what follows from it for TLS, safety and the data. */
export const selectImage: CommandHandler = async ({ session, notifier }) => {
  const active = await session.require();
  if (!active) return;
  const { folder, server } = active;
  const present = readConfiguration(folder).image;
  const image = await pickImage(present);
  if (image === undefined) return;
  const runtime = await findRuntime(server);
  // A Compose file may have another one all the same.
  if (image === present && runtime !== 'compose') return;
  if (!(await acceptDataLeft(active, runtime, image))) return;
  await writeSetting(folder, 'image', image);
  const isRunning = ownServer(server.snapshot) !== undefined;
  const { text, button } = describeChosenImage(image, runtime, isRunning);
  // Not awaited: the message may stay, but the choice is made.
  void notifier.inform(text, ...(button ? [button] : []));
};

async function pickImage(present: string): Promise<string | undefined> {
  const items: readonly ImageItem[] = [
    ...listImageChoices(present).map(({ image, generation, reason, consequences }) => ({
      image,
      icon: generation === 'rust' ? 'package' : 'warning',
      label: image,
      description: image === present ? `set now, ${reason}` : reason,
      detail: consequences,
    })),
    { icon: 'edit', label: 'Another image…', detail: 'Any tag, digest or build of your own.' },
  ];
  const picked = await showQuickPick(items, {
    title: 'Chroma: Select Image',
    placeHolder: 'The data of 0.x and of 1.x is kept apart; nothing is deleted',
    matchOnDetail: true,
  });
  if (!picked) return undefined;
  return picked.image ?? (await askForImage(present));
}

async function askForImage(present: string): Promise<string | undefined> {
  const entered = await showInputBox({
    title: 'Chroma: Select Image',
    prompt:
      'Where the tag does not name a version, what the image runs says which generation of Chroma it is.',
    value: present,
    validateInput: (text) => explainInvalidSetting('image', text.trim()),
  });
  return entered?.trim();
}

/** A user who has data in the other line hears where it stays before they start again. */
async function acceptDataLeft(
  { folder }: ActiveFolder,
  runtime: RuntimeKind | undefined,
  image: string,
): Promise<boolean> {
  const { containerCommand } = readConfiguration(folder);
  const left = await findDataLeft(runtime, image, folder.uri.fsPath, containerCommand).catch(
    () => undefined,
  );
  if (left === undefined) return true;
  const question = `Choose ${image}, which starts without your present data?`;
  return (await ask(question, left, CHOOSE)) === CHOOSE;
}
