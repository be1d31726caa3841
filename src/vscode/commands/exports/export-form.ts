import type { Exportable } from '../../../certificates/export.ts';
import type { Settings } from '../../../project/settings.ts';
import type { Notifier } from '../../window/notify.ts';

/** What an export works with. */
export interface ExportContext {
  readonly notifier: Notifier;
  /** Path of the workspace folder. */
  readonly workspace: string;
  /** Path of the certificates folder. */
  readonly folder: string;
  readonly domain: string;
  readonly settings: Settings;
  readonly exportable: Exportable;
  /** What opens the key, where it has a passphrase and that is known. */
  readonly passphrase: string | undefined;
}

/** One way to take a certificate elsewhere, as the quick pick shows it. */
export interface ExportForm {
  readonly label: string;
  readonly icon: string;
  /** What it is for. */
  readonly detail: string;
  /** @throws ExplainedError; AbortError when cancelled */
  readonly run: (context: ExportContext) => Promise<void>;
}

/** The beginning of a file's name, after the domain. */
export function nameFile({ domain }: Pick<ExportContext, 'domain'>, ending: string): string {
  const host = domain.replace('*', 'wildcard').replaceAll(/[^\p{L}\p{N}.-]/gu, '-');
  return `chroma-${host}${ending}`;
}
