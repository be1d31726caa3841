import type { ImportPlan } from '../../certificates/import/import-plan.ts';
import { findIssuingPath } from '../../certificates/public/acme/issuing-path.ts';
import {
  foldersOf,
  isOwn,
  listFolders,
} from '../../certificates/public/certbot/certbot-folders.ts';
import { placeHook, type HookPlacement } from '../../certificates/public/certbot/deploy-hook.ts';
import {
  findLineage,
  listLineages as listAll,
  readLineage,
  type Lineage,
  type LineageContent,
  type ListedLineage,
} from '../../certificates/public/certbot/lineages.ts';
import type { CertbotSource } from '../../certificates/public/certificate-source.ts';
import { certificateFiles } from '../../project/certificate-files.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../project/settings.ts';
import { ExplainedError } from '../../system/errors.ts';
import { readIfThere } from '../../system/files/replace-file.ts';
import { readOwnUser } from '../../system/processes/own-user.ts';
import type { WorkspaceContext } from '../context.ts';
import { installIssued, type Installed } from './install-issued.ts';

/** The terminal's program, which certbot calls after each renewal. */
export interface TerminalProgram {
  /** Absolute path of Node.js, or of the Electron that has it. */
  readonly node: string;
  /** Absolute path of our `cli.js`. */
  readonly cli: string;
}

/** How a lineage is taken. */
export interface Adoption {
  readonly terminal: TerminalProgram;
  /** PEM of roots that the certificate may stand on besides the public ones. */
  readonly roots: string | undefined;
  /** Asked before anything changes where clients will stumble over something. */
  readonly confirm: (plan: ImportPlan) => Promise<void>;
  readonly signal: AbortSignal;
}

/** The certificate of a lineage is in place. */
export interface Adopted extends Installed {
  readonly lineage: Lineage;
  readonly hook: HookPlacement;
  /** Whether it is renewed by `chroma-tls renew` only, as certbot's timer does not know of it. */
  readonly isOurs: boolean;
}

/** Every lineage that can be adopted. @param configFolder the only folder, where a user named one */
export async function listLineages(
  configFolder: string | undefined,
): Promise<readonly ListedLineage[]> {
  return listAll(listFolders(configFolder));
}

/**
 * Takes the certificate that certbot keeps under a name, and has certbot call us when it renews it.
 *
 * @throws ExplainedError `lineage-not-found`, and as `takeLineage` does
 */
export async function adoptLineage(
  context: WorkspaceContext,
  name: string,
  adoption: Adoption & { readonly configFolder: string | undefined },
): Promise<Adopted> {
  const lineage = await findLineage(listFolders(adoption.configFolder), name);
  return takeLineage(context, lineage, adoption);
}

/**
 * Copies what a lineage holds now into the workspace. certbot goes on renewing it.
 *
 * @throws ExplainedError `lineage-not-readable`, `lineage-broken`, `root-unknown`, and as
 *   `installIssued` does; what `confirm` throws
 */
export async function takeLineage(
  context: WorkspaceContext,
  lineage: Lineage,
  { terminal, roots, confirm, signal }: Adoption,
): Promise<Adopted> {
  const content = await readLineage(lineage);
  const source = {
    kind: 'certbot',
    lineage: lineage.name,
    live: lineage.live,
    ...(roots === undefined ? {} : { directoryRoots: roots }),
  } as const;
  const installed = await installContent(context, content, source, { confirm, signal });
  const hook = await placeHook({
    workspace: context.workspace,
    lineage,
    ...terminal,
    options: listOptions(context.settings),
    owner: readOwnUser(),
  });
  return { ...installed, lineage, hook, isOurs: isOwn(foldersOf(lineage.live)) };
}

/**
 * Puts what a lineage holds into the workspace. Its root is looked for among the public ones, those
 * that were named, and the one that the workspace has from before.
 *
 * @throws ExplainedError `root-unknown`, and as `installIssued` does; what `confirm` throws; AbortError
 */
export async function installContent(
  context: WorkspaceContext,
  { chain, key }: LineageContent,
  source: CertbotSource,
  { confirm, signal }: Pick<Adoption, 'signal'> & Partial<Pick<Adoption, 'confirm'>>,
): Promise<Installed> {
  const present = await readIfThere(certificateFiles(context.certificatesFolder).ca);
  const more = [source.directoryRoots ?? '', present ?? ''];
  const path = await findIssuingPath({ chain, more, signal }).catch((error: unknown) => {
    throw explainRoot(error, source.lineage);
  });
  return installIssued(context, { ...path, key }, source, confirm);
}

/** In the words of what was adopted, not requested. */
function explainRoot(error: unknown, lineage: string): unknown {
  if (!(error instanceof ExplainedError) || error.code !== 'issuing-root-unknown') return error;
  return new ExplainedError(
    {
      ...error.problem,
      code: 'root-unknown',
      what: `The root of certbot’s certificate ${lineage} is not known here.`,
      next: 'Get it from the authority, then choose its file (PEM).',
      inTerminal: 'Get it from the authority, then name its file (PEM) with --directory-root.',
    },
    error,
  );
}

/** What a terminal has to be told that does not read this editor's settings. */
function listOptions(settings: Settings): readonly string[] {
  const told = {
    folder: 'certificatesFolder',
    runtime: 'runtime',
    'container-command': 'containerCommand',
    port: 'port',
    'bind-address': 'bindAddress',
  } as const satisfies Readonly<Record<string, keyof Settings>>;
  return Object.entries(told).flatMap(([option, name]) =>
    settings[name] === DEFAULT_SETTINGS[name] ? [] : [`--${option}=${settings[name]}`],
  );
}
