import type { Snapshot } from '../../chroma/status/status.ts';

/** What all surfaces are rendered from: which folder they speak of, and what is known of it. */
export type UiState =
  | { readonly kind: 'no-folder' }
  /** The user has not said that this workspace may run anything. */
  | { readonly kind: 'untrusted' }
  /** Several folders are open and none has been picked. */
  | { readonly kind: 'unchosen' }
  | {
      readonly kind: 'folder';
      /** The folder's name, where there are several to tell apart. */
      readonly name?: string;
      readonly snapshot: Snapshot;
    };
