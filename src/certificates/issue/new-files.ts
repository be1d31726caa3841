/** What the files of a certificates folder are to hold, in PEM. */
export interface PemFiles {
  readonly key: string;
  readonly certificate: string;
  readonly ca: string;
  /** What becomes of the configuration the pair is made from: its new text, or undefined to go. */
  readonly config?: { readonly path: string; readonly content: string | undefined };
}
