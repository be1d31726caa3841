import { isExternal, type Snapshot } from '../../../chroma/status/snapshot.ts';
import type { Problem } from '../../../system/errors.ts';
import { openSetting, ours, toButton, type Button } from '../actions.ts';
import { ownServer } from '../facts.ts';

/**
 * What to do about a problem: what it names itself, else what its code asks for. Where nothing here
 * helps, the status says all there is. Pure.
 */
export function chooseCure(problem: Problem, snapshot: Snapshot): Button {
  if (problem.code === 'exposed') return openSetting('chromaTls.bindAddress');
  const named = problem.action === undefined ? undefined : toButton(problem.action);
  const found = isExternal(snapshot) ? named : (named ?? cureByCode(problem.code, snapshot));
  return found ?? ours('chromaTls.showStatus');
}

function cureByCode(code: string, snapshot: Snapshot): Button | undefined {
  switch (code) {
    case 'key-locked':
      return ours('chromaTls.protectKey');
    case 'key-tracked':
      return ours('chromaTls.untrackKey');
    case 'aws-behind':
      return ours('chromaTls.awsImportCertificate');
    case 'renewal-failed':
    case 'renewal-late':
      return ours('chromaTls.renewCertificate');
    case 'invalid-name':
    case 'name-not-resolved':
      return ours('chromaTls.setDomain');
    case 'corrupt':
    case 'mismatched-pair':
    case 'half-pair':
      return snapshot.certificate.kind === 'broken'
        ? toButton('replaceBrokenPair')
        : renew(snapshot);
    case 'name-mismatch':
    case 'expired':
    case 'expires-soon':
    case 'not-yet-valid':
    case 'authority-expired':
    case 'authority-expires-soon':
    case 'authority-not-yet-valid':
    case 'chain-broken':
    case 'authority-missing':
    case 'is-authority':
    case 'no-authority-identifier':
    case 'key-readable-by-others':
      return renew(snapshot);
    case 'serves-previous-certificate':
    case 'refused':
    case 'timeout':
    case 'closed':
    case 'bad-answer':
    case 'wrong-api':
    case 'other':
      return restart(snapshot);
    default:
      return undefined;
  }
}

/** A new certificate from where the present one came. */
function renew({ renewal }: Snapshot): Button {
  switch (renewal?.source.kind) {
    case 'imported':
      return ours('chromaTls.importCertificate');
    case 'acme':
    case 'certbot':
    case 'acm':
      return ours('chromaTls.renewCertificate');
    case 'own-authority':
    case 'self-signed':
    case undefined:
      return ours('chromaTls.generateCertificate');
  }
}

/** A restart of Chroma does not reach a TLS proxy of the user's own. */
function restart(snapshot: Snapshot): Button | undefined {
  const server = ownServer(snapshot);
  return server && server.proxyService === undefined ? ours('chromaTls.restartServer') : undefined;
}
