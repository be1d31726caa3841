import type { RuntimeKind } from '../../chroma/server-facts.ts';
import { isExternal, type Snapshot } from '../../chroma/status/snapshot.ts';
import { canReload } from '../../chroma/termination.ts';
import { ours, type Button } from './actions.ts';
import { ownServer } from './facts.ts';

/** Whether a server of our own takes a new certificate only when it is restarted. Pure. */
export function needsRestart(snapshot: Snapshot): boolean {
  const server = ownServer(snapshot);
  // A TLS proxy of the user's own is reloaded by them: our restart does not reach it.
  return server !== undefined && server.proxyService === undefined && !canReload(server.tls);
}

/** What has a new certificate served. Pure. */
export function chooseNextStep(snapshot: Snapshot): readonly Button[] {
  if (isExternal(snapshot)) return [];
  if (!ownServer(snapshot)) return [ours('chromaTls.startServer')];
  return needsRestart(snapshot) ? [ours('chromaTls.restartServer')] : [];
}

/**
 * When the choice of an image takes effect, and the button for it. Pure.
 *
 * @param runtime what a start would run Chroma with; none where it says what is missing
 * @param isRunning whether a server of ours runs now
 */
export function describeChosenImage(
  image: string,
  runtime: RuntimeKind | undefined,
  isRunning: boolean,
): { readonly text: string; readonly button?: Button } {
  switch (runtime) {
    case 'compose':
      return {
        text: `The Compose file says which image runs. ${image} takes effect with Create Docker Compose File.`,
        button: ours('chromaTls.createComposeFile'),
      };
    case 'external':
      return { text: `${image} is set. The external server keeps its own image.` };
    case 'docker':
    case 'local':
      return {
        text: `The next start runs ${image}.`,
        button: ours(isRunning ? 'chromaTls.restartServer' : 'chromaTls.startServer'),
      };
    case undefined:
      return { text: `${image} is set.`, button: ours('chromaTls.startServer') };
  }
}
