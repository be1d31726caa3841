import { deriveStatus } from '../../../chroma/status/derive-status.ts';
import { renderCertificate } from './certificate-rows.ts';
import { renderDomain } from './domain-row.ts';
import { renderServer } from './server-rows.ts';
import type { TreeNode } from './tree-node.ts';
import type { UiState } from '../ui-state.ts';

/**
 * The view's lines. Without any, the view shows its welcome, which names the first step. Pure.
 *
 * The round trip is in the status bar only: it changes with every heartbeat, and a view that is
 * redrawn closes the tooltip that is being read.
 */
export function renderTree(state: UiState, now: number): readonly TreeNode[] {
  if (state.kind !== 'folder') return [];
  const { snapshot } = state;
  const status = deriveStatus(snapshot, now);
  if (status.state === 'unconfigured') return [];
  const server = renderServer(snapshot, status, now);
  // The folder has not been read yet.
  if (snapshot.awaited?.includes('project')) return [server];
  return [server, renderCertificate(snapshot, now), renderDomain(snapshot, now)];
}
