import type { Snapshot } from '../../chroma/status/snapshot.ts';

/** What the view, the status bar and the context keys are rendered from. */
export type UiState =
  | { readonly kind: 'no-folder' }
  /** Every folder that is open lies elsewhere than on this machine's disk, as on GitHub. */
  | { readonly kind: 'virtual' }
  /** The user has not trusted this workspace. */
  | { readonly kind: 'untrusted' }
  /** Several folders are open and none is selected. */
  | { readonly kind: 'unchosen' }
  | {
      readonly kind: 'folder';
      /** The folder's name, where several are open. */
      readonly name?: string;
      readonly snapshot: Snapshot;
    };
