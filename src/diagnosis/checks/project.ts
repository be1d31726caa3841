import { relative } from 'node:path';
import { judge, type Check } from '../check.ts';

/** The folder: its settings can be, and its files can be read. */
export const PROJECT: Check = {
  id: 'project',
  after: [],
  look: async ({ workspace, certificatesFolder, seen }) => {
    const { settings, domain } = await seen;
    const problem = settings?.problem;
    const folder = relative(workspace, certificatesFolder) || '.';
    return judge(
      problem ? [problem] : [],
      `CHROMA_DOMAIN is ${domain}; certificates in ${folder}; runtime ${settings?.settings.runtime ?? 'auto'}`,
    );
  },
};
