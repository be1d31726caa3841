import type { Action } from '../errors.ts';
import type { Status } from '../chroma/status.ts';
import type { CommandId } from './command-ids.ts';

/** What one can sensibly do in a state, the likeliest first. */
export function fittingCommands(status: Status): readonly CommandId[] {
  switch (status.state) {
    case 'unconfigured':
      return ['chromaTls.startServer', 'chromaTls.generateCertificate', 'chromaTls.setDomain'];
    case 'stopped':
      return ['chromaTls.startServer', 'chromaTls.generateCertificate', 'chromaTls.setDomain'];
    case 'failed':
      return [
        'chromaTls.startServer',
        'chromaTls.showLogs',
        'chromaTls.generateCertificate',
        'chromaTls.setDomain',
      ];
    case 'starting':
      return ['chromaTls.stopServer', 'chromaTls.showLogs'];
    case 'healthy':
      return [
        'chromaTls.copyEndpoint',
        'chromaTls.restartServer',
        'chromaTls.stopServer',
        'chromaTls.showLogs',
        'chromaTls.generateCertificate',
        'chromaTls.setDomain',
      ];
    case 'degraded': {
      // A new certificate on disk wants a restart; anything else wrong with it wants a new one.
      const restartCures = status.problems.every(
        ({ code }) => code === 'serves-previous-certificate',
      );
      const cures: readonly CommandId[] = [
        'chromaTls.restartServer',
        'chromaTls.generateCertificate',
      ];
      return [
        ...(restartCures ? cures : cures.toReversed()),
        'chromaTls.copyEndpoint',
        'chromaTls.stopServer',
        'chromaTls.showLogs',
        'chromaTls.setDomain',
      ];
    }
    case 'unreachable':
      return [
        'chromaTls.restartServer',
        'chromaTls.showLogs',
        'chromaTls.generateCertificate',
        'chromaTls.stopServer',
        'chromaTls.setDomain',
      ];
    case 'stopping':
      return ['chromaTls.showLogs'];
  }
}

/** The cure a failure names itself. */
export function namedCure(status: Status): Action | undefined {
  switch (status.state) {
    case 'failed':
      return status.problem.action;
    case 'unreachable':
      return status.failure.action;
    case 'unconfigured':
    case 'stopped':
    case 'starting':
    case 'healthy':
    case 'degraded':
    case 'stopping':
      return undefined;
  }
}
