import type { Action } from '../../system/errors.ts';
import type { Status } from '../../chroma/status/derive-status.ts';
import { lastingProblems } from '../../chroma/status/certificate-problems.ts';
import { isExternal, type Snapshot } from '../../chroma/status/snapshot.ts';
import { ours, toButton, type Button } from './actions.ts';
import { COMMANDS, type IconCommandId } from './command-ids.ts';
import { ownServer } from './facts.ts';

/** An action as the view, the status bar and the quick pick offer it. */
export interface OfferedAction extends Button {
  readonly icon: string;
}

type NameOf<Id> = Id extends `chromaTls.${infer Name}` ? Name : never;
type CommandName = NameOf<IconCommandId>;

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
      .map((name) => `chromaTls.${name}` as const)
      .filter((command) => command !== cure?.command || cure.arguments.length > 0)
      .map((command) => ({ ...ours(command), icon: COMMANDS[command].icon })),
    ...(isExternal(snapshot) && named !== 'openSettings'
      ? [{ ...toButton('openSettings'), icon: 'gear' }]
      : []),
  ];
}

/** For a server that someone else runs: use it, or say where it is. */
function externalCommands({ state }: Status): readonly CommandName[] {
  return state === 'healthy' || state === 'degraded'
    ? ['copyClientCode', 'copyEndpoint', 'testConnection', 'setDomain']
    : ['setDomain', 'diagnose', 'copyEndpoint'];
}

/** In every state: a key in a repository is copied with it. */
function untrackCommands({ certificate }: Snapshot): readonly CommandName[] {
  const tracked = lastingProblems(certificate).some(({ code }) => code === 'key-tracked');
  return tracked ? ['untrackKey'] : [];
}

/** A plain command keeps its own icon; another cure gets a light bulb. */
function chooseIcon({ command, arguments: given }: Button): string {
  const own = Object.entries(COMMANDS).find(([id]) => id === command);
  return own && given.length === 0 && 'icon' in own[1] ? own[1].icon : 'lightbulb';
}

/** What fits a state, the likeliest first. */
function fittingCommands(status: Status, snapshot: Snapshot): readonly CommandName[] {
  const certificate = ['generateCertificate', 'setDomain'] as const;
  switch (status.state) {
    case 'checking':
    case 'stopping':
      return ['showLogs'];
    case 'unconfigured':
      return [
        'startServer',
        'generateCertificate',
        'requestCertificate',
        'importCertificate',
        'setDomain',
      ];
    case 'stopped':
      return ['startServer', ...certificate];
    case 'failed':
      // A server can run although a setting is invalid.
      return [
        ownServer(snapshot) ? 'stopServer' : 'startServer',
        'diagnose',
        'showLogs',
        ...certificate,
      ];
    case 'starting':
      return ['stopServer', 'showLogs'];
    case 'healthy':
      return [
        'copyClientCode',
        'copyEndpoint',
        'testConnection',
        'restartServer',
        'stopServer',
        'showLogs',
        ...certificate,
      ];
    case 'degraded': {
      // A new certificate on disk needs a restart; any other problem needs a new certificate.
      const cures = ['restartServer', 'generateCertificate'] as const;
      const isRestart = status.problems.every(({ code }) => code === 'serves-previous-certificate');
      const ordered = isRestart ? cures : cures.toReversed();
      return [
        ...ordered,
        'diagnose',
        'copyEndpoint',
        'testConnection',
        'stopServer',
        'showLogs',
        'setDomain',
      ];
    }
    case 'unreachable':
      return [
        'restartServer',
        'diagnose',
        'showLogs',
        'generateCertificate',
        'stopServer',
        'setDomain',
      ];
  }
}

/** The cure that a failure names. */
function namedCure(status: Status): Action | undefined {
  switch (status.state) {
    case 'failed':
      return status.problem.action;
    case 'unreachable':
      return status.failure.action;
    case 'degraded':
      return status.problems.map(({ action }) => action).find(Boolean);
    default:
      return undefined;
  }
}
