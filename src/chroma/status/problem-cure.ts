import type { Action, Problem } from '../../system/errors.ts';
import { isExternal, type Snapshot } from './snapshot.ts';

/**
 * What to do about a problem: what it names itself, else what its code asks for; undefined where
 * nothing here helps. The view, the status bar and the doctor all go by it. Pure.
 */
export function chooseAction(problem: Problem, snapshot: Snapshot): Action | undefined {
  if (problem.code === 'exposed') return { openSetting: 'chromaTls.bindAddress' };
  if (problem.action !== undefined || isExternal(snapshot)) return problem.action;
  return actionByCode(problem.code, snapshot);
}

function actionByCode(code: string, snapshot: Snapshot): Action | undefined {
  switch (code) {
    case 'key-locked':
      return 'protectKey';
    case 'key-tracked':
      return 'untrackKey';
    case 'aws-behind':
      return 'importIntoAws';
    case 'renewal-failed':
    case 'renewal-late':
      return 'renewCertificate';
    case 'invalid-name':
    case 'name-not-resolved':
      return 'setDomain';
    case 'corrupt':
    case 'mismatched-pair':
    case 'half-pair':
      return snapshot.certificate.kind === 'broken' ? 'replaceBrokenPair' : renew(snapshot);
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
function renew({ renewal }: Snapshot): Action {
  switch (renewal?.source.kind) {
    case 'imported':
      return 'importCertificate';
    case 'acme':
    case 'certbot':
    case 'acm':
      return 'renewCertificate';
    case 'own-authority':
    case 'self-signed':
    case undefined:
      return 'generateCertificate';
  }
}

/** A restart of Chroma does not reach a TLS proxy of the user's own. */
function restart({ observation }: Snapshot): Action | undefined {
  const isOurs = observation.kind === 'running' && observation.server.proxyService === undefined;
  return isOurs ? 'restartServer' : undefined;
}
