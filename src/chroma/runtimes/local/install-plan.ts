import type { Command } from '../../../system/processes/program.ts';

/** How much a package is, in bytes. */
export interface PackageSize {
  readonly download: number;
  readonly onDisk: number;
}

/** How a private Chroma is installed, as data. */
export interface InstallPlan {
  /** What is installed, for a user: `chromadb 1.5.9`. */
  readonly what: string;
  /** Undefined where nobody measured this version. */
  readonly size?: PackageSize | undefined;
  /** Files to be written first, by their path inside the folder. */
  readonly files: Readonly<Record<string, string>>;
  readonly commands: readonly Command[];
  /** What grows while it is installed. */
  readonly growth?: Growth;
}

/** What to watch while a package is installed. */
export interface Growth {
  readonly folder: string;
  /** Whether it is unpacked while it comes; else it is kept whole first. */
  readonly isStreamed: boolean;
}

/** Where installers keep what is not to stay; it is removed with a cancelled or a finished install. */
export const PARTIAL = 'partial';

const MB = 1e6;

/** A size for a user: `23 MB`. Pure. */
export function formatSize(bytes: number): string {
  return `${Math.max(1, Math.round(bytes / MB))} MB`;
}

/**
 * How far an install is, by how much it has written. Pure.
 *
 * @param written bytes
 */
export function readGrowth(
  written: number,
  { isStreamed }: Pick<Growth, 'isStreamed'>,
  size: PackageSize | undefined,
): { readonly progress: string; readonly fraction?: number } {
  if (size === undefined) return { progress: `${formatSize(written)} so far` };
  const total = isStreamed ? size.onDisk : size.download + size.onDisk;
  const fraction = Math.min(written / total, 1);
  const known = isStreamed ? size.onDisk : size.download;
  if (written >= known) return { progress: 'unpacking', fraction };
  return { progress: `${Math.round(written / MB)} of ${formatSize(known)}`, fraction };
}
