import { Server } from '../../../src/chroma/server/server.ts';
import type { Settings } from '../../../src/project/settings.ts';
import { openWorkspace, type WorkspaceContext } from '../../../src/workspace/context.ts';

/** A workspace with no runtime and no passphrase, as a use case works on it. */
export function openContext(workspace: string, settings: Settings): Promise<WorkspaceContext> {
  const nothing = (): Promise<undefined> => Promise.resolve(undefined);
  return openWorkspace({
    workspace,
    settings,
    passphrases: { read: nothing, keep: nothing, forget: nothing },
    server: new Server({
      workspace,
      readSettings: () => settings,
      runtimes: [],
      log: () => undefined,
      keyPassphrase: nothing,
    }),
  });
}
