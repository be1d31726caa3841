import type { Settings } from '../../project/settings.ts';
import { createAuthority } from '../issue/authority.ts';
import type { Issuer } from '../issue/issuer.ts';
import { issueCookbook, issueLeaf, issueSelfSigned } from '../issue/leaf.ts';
import type { IssuerOptions } from './openssl-issuer.ts';

type ChosenIssuer = IssuerOptions & { readonly engine: Settings['certificateEngine'] };

/**
 * Pulls the image, which may take minutes, before a lock is held.
 *
 * @throws ExplainedError those of a container engine; AbortError when the signal fires
 */
export async function prepareIssuer(options: ChosenIssuer): Promise<void> {
  if (options.engine !== 'docker') return;
  const { pullOpenssl } = await import('./container-openssl.ts');
  await pullOpenssl(options);
}

/**
 * Does work with the issuer that the settings choose. Call it under the lock. Nothing of OpenSSL is
 * loaded for the built-in issuer.
 *
 * @throws ExplainedError `openssl-not-installed`, `openssl-too-old`, `openssl-failed`, those of a
 *   container engine, `data-folder-not-usable`; AbortError when the signal fires
 */
export async function withIssuer<T>(
  options: ChosenIssuer,
  work: (issuer: Issuer) => Promise<T>,
): Promise<T> {
  switch (options.engine) {
    case 'builtin':
      return work({ createAuthority, issueLeaf, issueSelfSigned, issueCookbook });
    case 'openssl': {
      const { withHostOpenssl } = await import('./host-openssl.ts');
      return withHostOpenssl(options, work);
    }
    case 'docker': {
      const { withContainerOpenssl } = await import('./container-openssl.ts');
      return withContainerOpenssl(options, work);
    }
  }
}
