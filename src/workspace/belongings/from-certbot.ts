import { foldersOf, listFolders } from '../../certificates/public/certbot/certbot-folders.ts';
import { findHooks, removeHook } from '../../certificates/public/certbot/deploy-hook.ts';
import { listSources } from '../../certificates/public/certificate-source.ts';
import { REMOVED, type Findings } from '../clean-plan.ts';

/** The hooks by which certbot tells a folder of a renewal. */
export async function findCertbotHooks(workspace: string): Promise<Findings> {
  const lineages = (await listSources(workspace)).flatMap((source) =>
    source.kind === 'certbot' ? [foldersOf(source.live)] : [],
  );
  const configs = [...listFolders(undefined), ...lineages].map(({ config }) => config);
  const hooks = await findHooks(workspace, configs);
  return {
    found: hooks.map((path) => ({
      kind: 'hook',
      name: 'Hook of certbot',
      locations: [path],
      how: 'deleted',
      isData: false,
      remove: async () => {
        await removeHook(path);
        return REMOVED;
      },
    })),
    stays: hooks.length === 0 ? [] : ['certbot keeps the certificate: certbot delete removes it.'],
    unknown: [],
  };
}
