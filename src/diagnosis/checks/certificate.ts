import { describeExpiry } from '../../certificates/inspect/expiry.ts';
import { shownCertificate, shownProblems } from '../../chroma/status/shown-certificate.ts';
import { judge, skipped, type Check } from '../check.ts';
import { isOfKey } from './key.ts';
import { isOfName } from './name.ts';

/** The certificate: it parses, matches its key, is in date, covers the name, is renewed. */
export const CERTIFICATE: Check = {
  id: 'certificate',
  after: ['name'],
  look: async ({ heard, now }) => {
    const snapshot = await heard;
    const shown = shownCertificate(snapshot);
    const problems = shownProblems(snapshot, now()).filter(
      (problem) => !isOfKey(problem) && !isOfName(problem),
    );
    switch (shown.kind) {
      case 'none':
        return skipped('There is no certificate yet; a start makes one.');
      case 'unseen':
      case 'unverified':
        return skipped('Someone else’s server has not shown one that can be verified.');
      case 'broken':
        return judge(problems, 'Only its key is the matter');
      case 'present': {
        const { names, notAfter, issuerName } = shown.facts;
        const expiry = describeExpiry(notAfter, now());
        return judge(problems, `for ${names.join(', ')}; ${expiry}; signed by ${issuerName}`);
      }
    }
  },
};
