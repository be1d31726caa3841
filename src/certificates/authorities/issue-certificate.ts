import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { parseServerName } from '../../project/domain.ts';
import type { CertificateSettings } from '../../project/settings.ts';
import { createAuthority, explainUnfit } from '../issue/authority.ts';
import { loadAuthority } from './authority-store.ts';
import type { Authority, Issuer, Leaf, LeafRequest } from '../issue/issuer.ts';
import { issueCookbook, issueLeaf, issueSelfSigned, signForHosts } from '../issue/leaf.ts';
import type { IssuerOptions } from '../issuers/openssl-issuer.ts';
import { rememberAuthority } from './known-authorities.ts';
import { toPem } from '../issue/profile.ts';
import type { Issued } from './trust-change.ts';

type ChosenIssuer = IssuerOptions & Pick<CertificateSettings, 'engine'>;

interface IssueRequest extends Pick<CertificateSettings, 'kind' | 'keepAuthorityKey'> {
  readonly workspace: string;
  readonly domain: string;
}

/**
 * Pulls the image that an issuer in a container needs, which may take minutes, before a lock is held.
 *
 * @throws ExplainedError those of a container engine; AbortError when the signal fires
 */
export async function prepareIssuer(options: ChosenIssuer): Promise<void> {
  if (options.engine !== 'docker') return;
  const { pullOpenssl } = await import('../issuers/container-openssl.ts');
  await pullOpenssl(options);
}

/**
 * Has the issuer of the settings make the certificate files, by the workspace's authority where it has
 * one that still fits, or by a new one. Call it under the lock. Nothing of OpenSSL is loaded for the
 * built-in issuer.
 *
 * @throws ExplainedError `data-folder-not-usable`, `openssl-not-installed`, `openssl-too-old`,
 *   `openssl-failed`, those of a container engine; AbortError when the signal fires
 */
export async function issueCertificate(
  options: ChosenIssuer & IssueRequest,
  leafRequest: LeafRequest,
): Promise<Issued> {
  const issue = (issuer: Issuer): Promise<Issued> => issueFiles(issuer, options, leafRequest);
  switch (options.engine) {
    case 'builtin':
      return issue({ createAuthority, issueLeaf, issueSelfSigned, issueCookbook });
    case 'openssl': {
      const { withHostOpenssl } = await import('../issuers/host-openssl.ts');
      return withHostOpenssl(options, issue);
    }
    case 'docker': {
      const { withContainerOpenssl } = await import('../issuers/container-openssl.ts');
      return withContainerOpenssl(options, issue);
    }
  }
}

async function issueFiles(
  issuer: Issuer,
  request: IssueRequest,
  leafRequest: LeafRequest,
): Promise<Issued> {
  switch (request.kind) {
    case 'local-ca':
      return issueByAuthority(issuer, request, leafRequest);
    case 'self-signed':
      return vouchForItself(await issuer.issueSelfSigned(leafRequest));
    case 'seed':
      return vouchForItself(
        await issuer.issueCookbook(parseServerName(request.domain), leafRequest.now),
      );
  }
}

async function issueByAuthority(
  issuer: Issuer,
  { workspace, keepAuthorityKey }: IssueRequest,
  leafRequest: LeafRequest,
): Promise<Issued> {
  const kept = await loadAuthority(workspace);
  const because = kept && explainUnfit(kept, leafRequest);
  const reusable = because === undefined ? kept : undefined;
  const label = basename(workspace);
  const authority = reusable ?? (await issuer.createAuthority({ label, ...leafRequest }));
  const leaf = await issuer.issueLeaf(authority, leafRequest);
  // A kept one too: it may have been forgotten when no store and no ca.pem had it.
  await rememberAuthority(workspace, 'made', authority.certificate);
  const certificate = toPem(leaf.certificate, authority.certificate);
  const names = issueForHosts(authority, leaf, certificate, leafRequest);
  const files = {
    key: leaf.keyPem,
    certificate,
    ca: toPem(authority.certificate),
    ...(names === undefined ? {} : { names }),
  };
  if (reusable) return { files, authority: 'kept' };
  const made = { files, ...(keepAuthorityKey ? { toKeep: authority } : {}) };
  if (because !== undefined) return { ...made, authority: 'instead-of-kept', because };
  return { ...made, authority: 'fresh' };
}

/**
 * The text of the certificate for host names alone. Its first line is the checksum of the file that it
 * belongs to, by which a shell sees that it lies beside another one now (`sha256sum -c`). Whichever
 * issuer made the key and the certificate, this one is signed here.
 */
function issueForHosts(
  authority: Authority,
  leaf: Leaf,
  certificate: string,
  request: LeafRequest,
): string | undefined {
  const names = signForHosts(authority, leaf.certificate, request);
  if (!names) return undefined;
  const sum = createHash('sha256').update(certificate).digest('hex');
  return `${sum}  servercert.pem\n${toPem(names, authority.certificate)}`;
}

function vouchForItself({ certificate, keyPem }: Leaf): Issued {
  const pem = toPem(certificate);
  return { files: { key: keyPem, certificate: pem, ca: pem }, authority: 'none' };
}
