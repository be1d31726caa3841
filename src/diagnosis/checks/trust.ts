import { X509Certificate } from 'node:crypto';
import type { TriedStore } from '../../certificates/trust/try-stores.ts';
import { parseCertificates } from '../../certificates/encoding/pem-certificates.ts';
import { probeName } from '../../chroma/health/heartbeat-request.ts';
import { certificateFiles } from '../../project/certificate-files.ts';
import { parseCertificateName } from '../../project/certificate-name.ts';
import { parseServerName } from '../../project/domain.ts';
import type { Problem } from '../../system/errors.ts';
import { readIfThere } from '../../system/files/replace-file.ts';
import { judge, skipped, type Check, type Subject } from '../check.ts';

/**
 * Each trust store of this machine, tried with a throw-away certificate rather than believed. That
 * none trusts the authority is not a fault: clients can name it.
 */
export const TRUST: Check = {
  id: 'trust',
  after: ['name', 'certificate'],
  look: async (subject) => {
    const { certificate } = await subject.seen;
    if (certificate.kind !== 'present') return skipped('There is no certificate to try.');
    if (certificate.facts.selfSigned) return skipped('A self-signed certificate has no authority.');
    const leaf = await findLeaf(subject, certificate.facts.names);
    if (leaf === undefined) return skipped('There is no authority in ca.pem to try.');
    const { tryStores } = await import('../../certificates/trust/try-stores.ts');
    const { workspace, certificatesFolder, domain } = subject;
    const name = probeName(parseServerName(domain).value);
    const tried = await tryStores(workspace, certificatesFolder, { leaf, name });
    return judge(tried.flatMap(findProblems), describe(tried));
  },
};

/** One of today that is thrown away; where the authority's key is not kept, the one in use. */
async function findLeaf(
  { workspace, certificatesFolder }: Subject,
  names: readonly string[],
): Promise<string | undefined> {
  const files = certificateFiles(certificatesFolder);
  const [ca] = parseCertificates((await readIfThere(files.ca)) ?? '');
  if (!ca) return undefined;
  // Loaded only now: it brings the library that signs.
  const { signThrowAway } = await import('../../certificates/trust/throw-away-leaf.ts');
  const made = await signThrowAway(workspace, ca, names.map(parseCertificateName));
  if (made !== undefined) return made;
  const pem = await readIfThere(files.certificate);
  return pem === undefined ? undefined : new X509Certificate(pem).toString();
}

function findProblems({ name, state, hasFormer, verdict }: TriedStore): readonly Problem[] {
  const cure = {
    next: 'Trust the certificate again, which replaces what is there.',
    action: 'trustCertificate',
  } as const;
  if (state === 'trusted' && verdict === 'refuses') {
    const what = `The trust store of ${name} has the authority, and refuses what it signs.`;
    return [{ code: 'trust-refused', what, ...cure }];
  }
  if (state === 'not-trusted' && hasFormer && verdict !== 'accepts') {
    const what = `The trust store of ${name} has a former authority of this folder, not the present one.`;
    return [{ code: 'trust-former', what, ...cure }];
  }
  return [];
}

function describe(tried: readonly TriedStore[]): string {
  const list = (wanted: TriedStore['verdict'], word: string): readonly string[] => {
    const names = new Set(
      tried.filter(({ verdict }) => verdict === wanted).map(({ name }) => name),
    );
    return names.size === 0 ? [] : [`${word} ${[...names].join(', ')}`];
  };
  return tried.length === 0
    ? 'No trust store was found'
    : [
        ...list('accepts', 'accepted by'),
        ...list('refuses', 'not trusted by'),
        ...list(undefined, 'not tried:'),
      ].join('; ');
}
