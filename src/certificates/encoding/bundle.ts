import type { KeyObject, X509Certificate } from 'node:crypto';

/** A file as a user chose it. */
export interface BundleFile {
  readonly name: string;
  readonly content: Buffer;
}

export interface BundleKey {
  readonly key: KeyObject;
  /** Its passphrase, where it was encrypted. */
  readonly passphrase?: string;
}

/** Certificates and keys, in the order in which they were found. */
export interface Bundle {
  readonly certificates: readonly X509Certificate[];
  readonly keys: readonly BundleKey[];
  /** What the files that hold neither are, as sentences. */
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
