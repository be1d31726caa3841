import { basename } from 'node:path';
import { parseServerName } from '../../project/domain.ts';
import type { CertificateSettings } from '../../project/settings.ts';
import { explainUnfit } from '../issue/authority.ts';
import { loadAuthority } from './authority-store.ts';
import type { Issuer, Leaf, LeafRequest } from '../issue/issuer.ts';
import { rememberAuthority } from './known-authorities.ts';
import { toPem } from '../issue/profile.ts';
import type { Issued } from './trust-change.ts';

interface IssueRequest extends Pick<CertificateSettings, 'kind' | 'keepAuthorityKey'> {
  readonly workspace: string;
  readonly domain: string;
}

/**
 * Has an issuer make the certificate files, by the workspace's authority where it has one that
 * still fits, or by a new one.
 *
 * @throws ExplainedError `data-folder-not-usable`, and what the issuer throws
 */
export async function issueCertificate(
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
  await rememberAuthority(workspace, 'made', toPem(authority.certificate));
  const files = {
    key: leaf.keyPem,
    certificate: toPem(leaf.certificate, authority.certificate),
    ca: toPem(authority.certificate),
  };
  if (reusable) return { files: files, authority: 'kept' };
  const made = { files, ...(keepAuthorityKey ? { toKeep: authority } : {}) };
  if (because !== undefined) return { ...made, authority: 'instead-of-kept', because };
  return { ...made, authority: 'fresh' };
}

function vouchForItself({ certificate, keyPem }: Leaf): Issued {
  const pem = toPem(certificate);
  return { files: { key: keyPem, certificate: pem, ca: pem }, authority: 'none' };
}
