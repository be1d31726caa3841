import { env, window, type TextEditor } from 'vscode';
import { findMissingName, orderFor } from '../../../clients/catalogue.ts';
import type { Client, Verification } from '../../../clients/client.ts';
import type { Connection } from '../../../clients/connection.ts';
import { renderSnippet } from '../../../clients/render-snippet.ts';
import { findBearerToken } from '../../../workspace/client-token.ts';
import { describeConnection } from '../../../workspace/describe-connection.ts';
import { ours } from '../../model/actions.ts';
import { noteConnected } from '../../views/context-keys.ts';
import { readChosenSettings, writeSetting } from '../../window/configuration.ts';
import type { ActiveFolder } from '../../session/session.ts';
import {
  showBriefly,
  showMessage,
  showQuickPick,
  type PlainItem,
} from '../../window/plain-window.ts';
import type { CommandHandler } from '../command-context.ts';

/** Gives the code that connects a client: into a file of its language at the cursor, else copied. */
export const copyClientCode: CommandHandler = async ({ session, notifier }) => {
  const active = await session.require();
  if (!active) return;
  const context = await active.open();
  const connection = await describeConnection(context);
  const editor = window.activeTextEditor;
  const client = await pick(connection, editor);
  if (!client) return;
  const code = renderSnippet(client, connection);
  if (editor && client.languages.includes(editor.document.languageId)) {
    await editor.edit((edit) => {
      edit.replace(editor.selection, code);
    });
    showBriefly(`Inserted the code for ${client.name}`, TOLD);
  } else {
    await env.clipboard.writeText(code);
    showBriefly(`Copied the code for ${client.name}`, TOLD);
  }
  noteConnected();
  if (connection.tokenVariable !== undefined) void offerToken(active, connection.tokenVariable);
  else if (client.verification === 'environment' && connection.ca !== undefined) {
    void offerTerminals(active);
  }
  const missing = findMissingName(client, connection);
  if (missing !== undefined) {
    void notifier.inform(
      `${client.name} finds the server as ${missing}, and the certificate does not have that name.`,
      ours('chromaTls.generateCertificate', 'Add Name and Regenerate', { addName: missing }),
    );
  }
  if (client.verification === 'machine' && connection.ca !== undefined) {
    void notifier.inform(
      `${client.name} verifies with this machine’s trust store.`,
      ours('chromaTls.trustCertificate'),
    );
  }
};

/** The token is in no code: a user may have it in the clipboard, once they say so. */
async function offerToken({ folder, server }: ActiveFolder, variable: string): Promise<void> {
  const { observation } = server.snapshot;
  if (observation.kind !== 'running') return;
  const picked = await showMessage({
    severity: 'information',
    message: `The code takes the server’s token from ${variable}.`,
    labels: [COPY_TOKEN],
  });
  if (picked !== COPY_TOKEN) return;
  const token = await findBearerToken(folder.uri.fsPath, observation.server);
  if (token === undefined) return;
  await env.clipboard.writeText(token);
  showBriefly('Copied the token', TOLD);
}

/** Such a program needs a variable: a user may have it in the folder's terminals, once they say so. */
async function offerTerminals({ folder }: ActiveFolder): Promise<void> {
  if (readChosenSettings(folder).has('terminalEnvironment')) return;
  const picked = await showMessage({
    severity: 'information',
    message:
      'Terminals, tasks and debug sessions of this folder can verify the server by themselves.',
    labels: [SET_UP],
  });
  if (picked === SET_UP) await writeSetting(folder, 'terminalEnvironment', true);
}

const SET_UP = 'Set Up Terminals';
const COPY_TOKEN = 'Copy Token';

/** How long (ms) it is said what was done. */
const TOLD = 5000;

interface ClientItem extends PlainItem {
  readonly client: Client;
}

async function pick(
  connection: Connection,
  editor: TextEditor | undefined,
): Promise<Client | undefined> {
  const { host, port } = connection;
  const items: readonly ClientItem[] = orderFor(editor?.document.languageId)
    .filter(({ refuse }) => refuse?.(connection) === undefined)
    .map((client) => ({
      client,
      icon: 'code',
      label: client.name,
      description: connection.ca === undefined ? '' : VERIFICATIONS[client.verification],
    }));
  const picked = await showQuickPick(items, {
    title: 'Chroma: Copy Client Code',
    placeHolder: `What connects to https://${host}:${port}`,
  });
  return picked?.client;
}

const VERIFICATIONS: Readonly<Record<Verification, string>> = {
  option: 'names the authority in the code',
  environment: 'needs a variable or an option when it starts',
  machine: 'needs Trust Certificate',
};
