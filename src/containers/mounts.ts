import { ExplainedError } from '../system/errors.ts';
import type { EngineFacts } from './engine-facts.ts';

/**
 * The option that shows a folder to a container, read-only. With SELinux the folder gets the label
 * that containers share (Docker has that in `--volume` only).
 *
 * Docker reads `--mount` as one line of CSV, so a workspace may be called anything. Podman before
 * 4.5 just splits it at commas, and `--volume` is split at colons by both.
 *
 * @throws ExplainedError `folder-not-mountable` where its name fits neither
 */
export function bindMountArgs(
  source: string,
  target: string,
  { kind, selinux }: Pick<EngineFacts, 'kind' | 'selinux'>,
): readonly string[] {
  if (kind === 'docker' && !selinux) {
    return ['--mount', toCsv(['type=bind', `source=${source}`, `target=${target}`, 'readonly'])];
  }
  if (!source.includes(':')) {
    return ['--volume', [source, target, selinux ? 'ro,z' : 'ro'].join(':')];
  }
  if (kind === 'podman' && !source.includes(',')) {
    const relabel = selinux ? ',relabel=shared' : '';
    return ['--mount', `type=bind,source=${source},target=${target},ro=true${relabel}`];
  }
  throw new ExplainedError({
    code: 'folder-not-mountable',
    what: `The folder ${source} cannot be shown to a container.`,
    why: `${kind} cannot take a folder with such a name here.`,
    next: 'Rename it, without a colon, then start again.',
  });
}

/** The option that gives a container a named volume. */
export function volumeMountArgs(name: string, target: string): readonly string[] {
  return ['--mount', `type=volume,source=${name},target=${target}`];
}

/** One line of CSV as RFC 4180 has it. */
function toCsv(fields: readonly string[]): string {
  return fields
    .map((field) => (/[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field))
    .join(',');
}
