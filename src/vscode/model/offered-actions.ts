import type { Problem } from '../../certificates/inspect/certificate-state.ts';
import type { Action } from '../../system/errors.ts';
import {
  isExternal,
  lastingProblems,
  type Snapshot,
  type Status,
} from '../../chroma/status/status.ts';
import { ours, toButton, type Button } from './actions.ts';
import { COMMANDS, type CommandId } from './command-ids.ts';
import { ownServer } from './facts.ts';

/** An action as the view, the status bar and the quick pick offer it. */
export interface OfferedAction extends Button {
  readonly icon: string;
}

/** What to offer: the cure that a failure names, then what fits the state. Pure. */
export function offerActions(status: Status, snapshot: Snapshot): readonly OfferedAction[] {
  const named = namedCure(status);
  const cure = named === undefined ? undefined : toButton(named);
  const commands = isExternal(snapshot)
    ? externalCommands(status)
    : [...untrackCommands(snapshot), ...fittingCommands(status, snapshot)];
  return [
    ...(cure ? [{ ...cure, icon: chooseIcon(cure) }] : []),
    ...commands
      .filter((command) => command !== cure?.command || cure.arguments.length > 0)
      .map((command) => ({ ...ours(command), icon: COMMANDS[command].icon })),
    ...(isExternal(snapshot) && named !== 'openSettings'
      ? [{ ...toButton('openSettings'), icon: 'gear' }]
      : []),
  ];
}

/** For a server that someone else runs: use it, or say where it is. */
function externalCommands({ state }: Status): readonly CommandId[] {
  return state === 'healthy' || state === 'degraded'
    ? ['chromaTls.copyEndpoint', 'chromaTls.setDomain']
    : ['chromaTls.setDomain', 'chromaTls.copyEndpoint'];
}

/** In every state: a key in a repository is copied with it. */
function untrackCommands({ certificate }: Snapshot): readonly CommandId[] {
  const tracked = lastingProblems(certificate).some(({ code }) => code === 'key-tracked');
  return tracked ? ['chromaTls.untrackKey'] : [];
}

/** A plain command keeps its own icon; another cure gets a light bulb. */
function chooseIcon({ command, arguments: given }: Button): string {
  const own = Object.entries(COMMANDS).find(([id]) => id === command);
  return own && given.length === 0 ? own[1].icon : 'lightbulb';
}

/** What fits a state, the likeliest first. */
function fittingCommands(status: Status, snapshot: Snapshot): readonly CommandId[] {
  switch (status.state) {
    case 'checking':
    case 'stopping':
      return ['chromaTls.showLogs'];
    case 'unconfigured':
      return [
        'chromaTls.startServer',
        'chromaTls.generateCertificate',
        'chromaTls.importCertificate',
        'chromaTls.setDomain',
      ];
    case 'stopped':
      return ['chromaTls.startServer', 'chromaTls.generateCertificate', 'chromaTls.setDomain'];
    case 'failed':
      return [
        // A server can run although a setting is invalid.
        ownServer(snapshot) ? 'chromaTls.stopServer' : 'chromaTls.startServer',
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
      // A new certificate on disk needs a restart; any other problem needs a new certificate.
      const restartCures = status.problems.every(
        ({ code }) => code === 'serves-previous-certificate',
      );
      const cures = ['chromaTls.restartServer', 'chromaTls.generateCertificate'] as const;
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
  }
}

/** The cures of problems that neither a restart nor a new certificate solves. */
const PROBLEM_CURES: Readonly<Partial<Record<Problem['code'], Action>>> = {
  'invalid-name': 'setDomain',
  exposed: 'openSettings',
  'foreign-listener': 'openSettings',
  'name-not-resolved': 'setDomain',
};

/** The cure that a failure names. */
function namedCure(status: Status): Action | undefined {
  switch (status.state) {
    case 'failed':
      return status.problem.action;
    case 'unreachable':
      return status.failure.action;
    case 'degraded':
      return status.problems.map(({ code }) => PROBLEM_CURES[code]).find(Boolean);
    default:
      return undefined;
  }
}
