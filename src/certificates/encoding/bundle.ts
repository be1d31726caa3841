import type { KeyObject, X509Certificate } from 'node:crypto';

/** A file as a user chose it. */
export interface BundleFile {
  readonly name: string;
  readonly content: Buffer;
}

export interface BundleKey {
  readonly key: KeyObject;
  /** What opened it, where it was closed. */
  readonly passphrase?: string;
}

/** Certificates and keys, in the order in which they were found. */
export interface Bundle {
  readonly certificates: readonly X509Certificate[];
  readonly keys: readonly BundleKey[];
  /** Of the files that hold neither, what each is, as sentences: one may be taken for another. */
  readonly others?: readonly string[];
}

export function joinBundles(bundles: readonly Bundle[]): Bundle {
  const others = bundles.flatMap((bundle) => bundle.others ?? []);
  return {
    certificates: bundles.flatMap(({ certificates }) => certificates),
    keys: bundles.flatMap(({ keys }) => keys),
    ...(others.length > 0 ? { others } : {}),
  };
}
