import { judge, type Check } from '../check.ts';
import { findUnverified } from '../verification-off.ts';

/** How many places are named. */
const NAMED = 3;

/** The workspace's own code and settings: nothing in them turns verification off. */
export const CODE: Check = {
  id: 'code',
  after: [],
  look: async ({ files }) => {
    const read = await files;
    const found = findUnverified(read);
    const [first, ...others] = found.map(({ path, line, what }) => `${path}:${line}: ${what}.`);
    if (first === undefined) return judge([], `${read.length} files, none turns verification off`);
    const more = others.length - (NAMED - 1);
    const rest = [...others.slice(0, NAMED - 1), ...(more > 0 ? [`And ${more} more.`] : [])];
    return judge(
      [
        {
          code: 'verification-off',
          what: first,
          ...(rest.length > 0 ? { why: rest.join(' ') } : {}),
          next: 'Name ca.pem there instead: Copy Client Code has the lines for your client.',
          inTerminal:
            'Name ca.pem there instead: chroma-tls clients has the lines for your client.',
          action: 'copyClientCode',
        },
      ],
      '',
    );
  },
};
