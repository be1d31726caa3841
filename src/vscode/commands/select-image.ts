import { listImageChoices } from '../../chroma/image-choices.ts';
import { findDataLeft } from '../../chroma/runtimes/data-left.ts';
import { findRuntime } from '../../chroma/server/agree-on-runtime.ts';
import type { RuntimeKind } from '../../chroma/server-facts.ts';
import { explainInvalidSetting } from '../../project/settings.ts';
import { folderTitle } from '../window/folder-title.ts';
import { readConfiguration, writeSetting } from '../window/configuration.ts';
import { ownServer } from '../model/facts.ts';
import { describeImageChoice } from '../model/image-item.ts';
import { describeChosenImage } from '../model/next-step.ts';
import { ask, showInputBox, showQuickPick, type PlainItem } from '../window/plain-window.ts';
import type { ActiveFolder } from '../session/session.ts';
import type { CommandHandler } from './command-context.ts';

interface ImageItem extends PlainItem {
  /** None: the user wants to name another one. */
  readonly image?: string;
}

const CHOOSE = 'Choose It';

/** How long (ms) the list waits for what is known of the images. */
const PATIENCE = 2500;

/** Chooses the Chroma image, saying what follows from it for TLS, safety and the data. */
export const selectImage: CommandHandler = async ({ session, notifier }) => {
  const active = await session.require();
  if (!active) return;
  const { folder, server } = active;
  const { image: present } = readConfiguration(folder);
  const image = await pickImage(active, present);
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

async function pickImage(
  { folder, server }: ActiveFolder,
  present: string,
): Promise<string | undefined> {
  const { containerCommand } = readConfiguration(folder);
  const picked = await showQuickPick(
    listItems(present, ownServer(server.snapshot)?.image, containerCommand),
    {
      title: folderTitle('Chroma: Select Image', folder),
      placeHolder: 'The data of 0.x and of 1.x is kept apart; nothing is deleted',
      matchOnDetail: true,
    },
  );
  if (!picked) return undefined;
  return picked.image ?? (await askForImage(present));
}

/** With how large each image is, where the engine or its registry says so in time. */
async function listItems(
  chosen: string,
  runs: string | undefined,
  containerCommand: string,
): Promise<readonly ImageItem[]> {
  const choices = listImageChoices(chosen);
  // Loaded only now: they bring a library for schemas.
  const [{ Engine }, { sizeImages }] = await Promise.all([
    import('../../containers/engine.ts'),
    import('../../containers/image-sizes.ts'),
  ]);
  const images = choices.map(({ image }) => image);
  const limit = AbortSignal.timeout(PATIENCE);
  const sizes = await sizeImages(new Engine(containerCommand), images, limit);
  return [
    ...choices.map((choice) => ({
      image: choice.image,
      icon: choice.generation === 'rust' ? 'package' : 'warning',
      label: choice.image,
      description: describeImageChoice(choice, { chosen, runs, sizes }),
      detail: choice.consequences,
    })),
    { icon: 'edit', label: 'Another image…', detail: 'Any tag, digest or build of your own.' },
  ];
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
