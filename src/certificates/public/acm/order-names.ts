import { isServerName, resolveNames } from '../../../project/certificate-name.ts';
import { ExplainedError } from '../../../system/errors.ts';
import { explainPrivate } from '../private-name.ts';

/**
 * The names of a public certificate: the domain, and those of the further names that lie in the public
 * DNS. The first is the domain. Pure.
 *
 * @throws ExplainedError `aws-name-not-public`, `invalid-name`
 */
export function choosePublicNames(
  domain: string,
  additional: readonly string[],
): readonly string[] {
  const names = resolveNames(domain, additional)
    .filter(isServerName)
    .filter((name) => name.kind === 'dns' && explainPrivate(name) === undefined)
    .map(({ value }) => value);
  const [first] = resolveNames(domain, []);
  if (first && names.includes(first.value)) return names;
  throw new ExplainedError({
    code: 'aws-name-not-public',
    what: `AWS signs no certificate for ${domain}.`,
    why: 'It signs only names of the public DNS that you own.',
    next: 'Set CHROMA_DOMAIN to a name of yours, or generate a certificate here.',
    action: 'setDomain',
  });
}
