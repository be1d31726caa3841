import { SEPARATE_COMPOSE_FILE } from '../../containers/compose/project-files.ts';
import type { Action } from '../../system/errors.ts';
import { COMMANDS, EXTENSION_ID, TERMINAL_COMMAND, type CommandId } from './command-ids.ts';

/** A button: what it says, and the command behind it. */
export interface Button {
  readonly label: string;
  readonly command: string;
  readonly arguments: readonly unknown[];
}

/** What our own buttons say to our own commands. */
export interface CommandArgument {
  /** Generate: go on although what is there is broken; it is backed up. */
  readonly replaceBroken?: true;
  /** Generate: restart the server afterwards, without asking. */
  readonly restart?: true;
  /** Protect: ask for the passphrase at once. */
  readonly enterPassphrase?: true;
  /** Generate: with this engine, which becomes the workspace's setting. */
  readonly engine?: 'builtin';
  /** Start: on this port, which becomes the workspace's setting. */
  readonly port?: number;
  /** Create Compose File: as a file of its own. */
  readonly separate?: true;
}

/** Reads a command's argument; a tree node, or nothing at all, asks for nothing special. */
export function readArgument(argument: unknown): CommandArgument {
  if (typeof argument !== 'object' || argument === null) return {};
  const given = new Map<string, unknown>(Object.entries(argument));
  const port = given.get('port');
  return {
    ...(given.get('replaceBroken') === true ? { replaceBroken: true } : {}),
    ...(given.get('restart') === true ? { restart: true } : {}),
    ...(given.get('enterPassphrase') === true ? { enterPassphrase: true } : {}),
    ...(given.get('engine') === 'builtin' ? { engine: 'builtin' } : {}),
    ...(typeof port === 'number' ? { port } : {}),
    ...(given.get('separate') === true ? { separate: true } : {}),
  };
}

/** The button a problem asks for. Each one is a command, so that none needs to know another's code. */
export function toButton(action: Action): Button {
  switch (action) {
    case 'generateCertificate':
    case 'trustCertificate':
    case 'startServer':
    case 'restartServer':
    case 'showLogs':
      return ours(`chromaTls.${action}`);
    case 'setDomain':
      return ours('chromaTls.setDomain', 'Set Domain');
    case 'regenerateCertificate':
      return ours('chromaTls.generateCertificate', 'Regenerate Certificate');
    case 'replaceBrokenPair':
      return ours('chromaTls.generateCertificate', 'Back Up and Regenerate', {
        replaceBroken: true,
      });
    case 'enterPassphrase':
      return ours('chromaTls.protectKey', 'Enter Passphrase', { enterPassphrase: true });
    case 'useBuiltinEngine':
      return ours('chromaTls.generateCertificate', 'Use the Built-in Engine', {
        engine: 'builtin',
      });
    case 'openSettings':
      return {
        label: 'Open Settings',
        command: 'workbench.action.openSettings',
        arguments: [`@ext:${EXTENSION_ID}`],
      };
    case 'createComposeFile':
      return ours('chromaTls.createComposeFile', 'Create Compose File');
    case 'createSeparateComposeFile':
      return ours('chromaTls.createComposeFile', `Write ${SEPARATE_COMPOSE_FILE}`, {
        separate: true,
      });
    case 'openFolder':
      return { label: 'Open Folder', command: 'vscode.openFolder', arguments: [] };
    default:
      if ('usePort' in action) {
        return ours('chromaTls.startServer', `Use Port ${action.usePort}`, {
          port: action.usePort,
        });
      }
      if ('openSetting' in action) {
        return {
          label: 'Open Setting',
          command: 'workbench.action.openSettings',
          arguments: [`@id:${action.openSetting}`],
        };
      }
      return 'terminal' in action
        ? { label: action.label, command: TERMINAL_COMMAND, arguments: [action.terminal] }
        : { label: action.label, command: 'vscode.open', arguments: [action.open] };
  }
}

/** One of our own commands as a button. */
export function ours(
  command: CommandId,
  label: string = COMMANDS[command].title,
  argument?: CommandArgument,
): Button {
  return { label, command, arguments: argument === undefined ? [] : [argument] };
}
