import type { Disposable } from 'vscode';
import type { Session } from '../../session/session.ts';

/** Tells when the MCP server of the active folder becomes another one, begins or ends. */
export function watchMcpServer(session: Session, changed: () => void): Disposable {
  let last = describe(session);
  return session.onDidChange(() => {
    const present = describe(session);
    if (present === last) return;
    last = present;
    changed();
  });
}

/** All that its definition comes from, as a text. */
function describe({ active }: Session): string {
  if (!active) return '';
  const { observation, domain, settings } = active.server.snapshot;
  if (observation.kind !== 'running') return '';
  const { runtime, port, image } = observation.server;
  const folder = active.folder.uri.toString();
  return JSON.stringify([folder, runtime, port, image, domain, settings?.settings]);
}
