import { env } from 'vscode';
import { ours } from '../../model/actions.ts';
import { endpointOf } from '../../model/facts.ts';
import { noteConnected } from '../../views/context-keys.ts';
import { showBriefly } from '../../window/plain-window.ts';
import type { CommandHandler } from '../command-context.ts';

/** Copies the address clients use. */
export const copyEndpoint: CommandHandler = async ({ session, notifier }) => {
  const active = await session.require();
  if (!active) return;
  const address = endpointOf(active.server.snapshot);
  if (address === undefined) {
    void notifier.inform('There is no address yet: no server runs.', ours('chromaTls.startServer'));
    return;
  }
  await env.clipboard.writeText(address);
  noteConnected();
  showBriefly(`Copied ${address}`, 3000);
};
