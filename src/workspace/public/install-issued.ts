import type { AskPassphrase } from '../../certificates/encoding/passphrase.ts';
import {
  announceSource,
  writeSource,
  type CertificateSource,
} from '../../certificates/public/certificate-source.ts';
import type { IssuedCertificate } from '../../certificates/public/issued-certificate.ts';
import type { ImportResult } from '../../certificates/install-import.ts';
import type { ImportPlan } from '../../certificates/import/import-plan.ts';
import { takeCareOf, type Aftercare } from '../aftercare.ts';
import { keepPassphrase, type WorkspaceContext } from '../context.ts';
import { requirePassphrase } from '../key-passphrase.ts';
import { setDomain } from '../set-domain.ts';
import { readServed } from './present-certificate.ts';

export interface Installed extends ImportResult, Aftercare {
  readonly plan: ImportPlan;
}

/**
 * Puts an issued certificate in the place of the folder's own, has the running server take it, and
 * notes where it came from. A key that had a passphrase keeps it. A new domain is written with it.
 *
 * @param confirm asked before anything changes where clients will stumble over something
 * @throws ExplainedError as `planImport`, `installImport` and `setDomain` do; `key-locked` where it
 *   has one that is not known; what `confirm` throws
 */
export async function installIssued(
  context: WorkspaceContext,
  issued: IssuedCertificate,
  source: CertificateSource,
  confirm: (plan: ImportPlan) => Promise<void> = () => Promise.resolve(),
): Promise<Installed> {
  const { workspace, certificatesFolder: folder, domain } = context;
  const [{ readBundle }, { planImport }, { installImport }] = await Promise.all([
    import('../../certificates/encoding/read-bundle.ts'),
    import('../../certificates/import/import-plan.ts'),
    import('../../certificates/install-import.ts'),
  ]);
  const content = Buffer.from([issued.key, issued.chain, issued.root ?? ''].join('\n'));
  const bundle = await readBundle([{ name: 'issued.pem', content }], NO_PASSPHRASE);
  const plan = await planImport(bundle, { domain, ownKey: undefined });
  if (plan.warnings.length > 0) await confirm(plan);
  const passphrase = await requirePassphrase(context);
  const { fingerprint256 } = plan.leaf;
  const present = await readServed(context);
  // A process that is killed between the two steps must not leave one that nobody renews.
  await announceSource(workspace, fingerprint256, source, present?.fingerprint256);
  const result = await installImport({ workspace, folder, plan, passphrase });
  await keepPassphrase(context, passphrase);
  await writeSource(workspace, fingerprint256, source);
  // Not before: what was there until now is for the name that was there.
  const named = context.isDomainNew === true ? await setDomain(context, domain) : context;
  return { ...result, ...(await takeCareOf(named, result.backup !== undefined)), plan };
}

/** What was issued is open. */
const NO_PASSPHRASE: AskPassphrase = () => Promise.reject(new Error('An issued key is open.'));
