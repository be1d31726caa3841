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
  /** Generate: replace broken certificate files; they are backed up. */
  readonly replaceBroken?: true;
  /** Generate: restart the server afterwards, without asking. */
  readonly restart?: true;
  /** Protect: ask for the passphrase at once. */
  readonly enterPassphrase?: true;
  /** Generate: with this engine, which becomes the workspace's setting. */
  readonly engine?: 'builtin';
  /** Generate: with this further name, which becomes one of the workspace's setting. */
  readonly addName?: string;
  /** Start: on this port, which becomes the workspace's setting. */
  readonly port?: number;
  /** Request: from production, with the answers that worked with staging. */
  readonly production?: true;
  /** Create Compose File: as a file of its own. */
  readonly separate?: true;
}

/** Reads a command's argument; a tree node, or nothing at all, asks for nothing special. */
export function readArgument(argument: unknown): CommandArgument {
  if (typeof argument !== 'object' || argument === null) return {};
  const given = new Map<string, unknown>(Object.entries(argument));
  const port = given.get('port');
  const addName = given.get('addName');
  return {
    ...(given.get('replaceBroken') === true && { replaceBroken: true }),
    ...(given.get('restart') === true && { restart: true }),
    ...(given.get('enterPassphrase') === true && { enterPassphrase: true }),
    ...(given.get('engine') === 'builtin' && { engine: 'builtin' }),
    ...(typeof addName === 'string' && { addName }),
    ...(typeof port === 'number' && { port }),
    ...(given.get('production') === true && { production: true }),
    ...(given.get('separate') === true && { separate: true }),
  };
}

/** The button for an action, which runs a command. */
export function toButton(action: Action): Button {
  if (typeof action === 'string') return BUTTONS[action];
  if ('usePort' in action) {
    const port = action.usePort;
    return ours('chromaTls.startServer', `Use Port ${port}`, { port });
  }
  if ('openSetting' in action) return openSetting(action.openSetting);
  return 'terminal' in action
    ? { label: action.label, command: TERMINAL_COMMAND, arguments: [action.terminal] }
    : { label: action.label, command: 'vscode.open', arguments: [action.open] };
}

/** One of our own commands as a button. */
export function ours(
  command: CommandId,
  label: string = COMMANDS[command].title,
  argument?: CommandArgument,
): Button {
  return { label, command, arguments: argument === undefined ? [] : [argument] };
}

const BUTTONS: Readonly<Record<Extract<Action, string>, Button>> = {
  generateCertificate: ours('chromaTls.generateCertificate'),
  trustCertificate: ours('chromaTls.trustCertificate'),
  startServer: ours('chromaTls.startServer'),
  restartServer: ours('chromaTls.restartServer'),
  unpauseServer: ours('chromaTls.unpauseServer'),
  showLogs: ours('chromaTls.showLogs'),
  setDomain: ours('chromaTls.setDomain', 'Set Domain'),
  regenerateCertificate: ours('chromaTls.generateCertificate', 'Regenerate Certificate'),
  renewCertificate: ours('chromaTls.renewCertificate'),
  importIntoAws: ours('chromaTls.awsImportCertificate', 'Import into AWS'),
  importCertificate: ours('chromaTls.importCertificate'),
  protectKey: ours('chromaTls.protectKey'),
  copyClientCode: ours('chromaTls.copyClientCode'),
  selectImage: ours('chromaTls.selectImage'),
  untrackKey: ours('chromaTls.untrackKey'),
  replaceBrokenPair: ours('chromaTls.generateCertificate', 'Back Up and Regenerate', {
    replaceBroken: true,
  }),
  enterPassphrase: ours('chromaTls.protectKey', 'Enter Passphrase', { enterPassphrase: true }),
  useBuiltinEngine: ours('chromaTls.generateCertificate', 'Use the Built-in Engine', {
    engine: 'builtin',
  }),
  openSettings: openSettings('Open Settings', `@ext:${EXTENSION_ID}`),
  createComposeFile: ours('chromaTls.createComposeFile', 'Create Compose File'),
  createSeparateComposeFile: ours('chromaTls.createComposeFile', `Write ${SEPARATE_COMPOSE_FILE}`, {
    separate: true,
  }),
  openFolder: { label: 'Open Folder', command: 'vscode.openFolder', arguments: [] },
};

/** @param name the full name of a setting, such as `chromaTls.port` */
export function openSetting(name: string): Button {
  return openSettings('Open Setting', `@id:${name}`);
}

function openSettings(label: string, query: string): Button {
  return { label, command: 'workbench.action.openSettings', arguments: [query] };
}
