import { constants } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { certonlyCommand } from '../../certificates/public/certbot/certbot-commands.ts';
import {
  chooseFolders,
  isOwn,
  MACHINE_FOLDER,
  type CertbotFolders,
} from '../../certificates/public/certbot/certbot-folders.ts';
import { findCertbot, type Certbot } from '../../certificates/public/certbot/certbot-program.ts';
import { chooseLineageName } from '../../certificates/public/certbot/lineage-name.ts';
import type { Lineage } from '../../certificates/public/certbot/lineages.ts';
import { writeRoots } from '../../certificates/public/certbot/roots-file.ts';
import { runCertbot, type Watching } from '../../certificates/public/certbot/run-certbot.ts';
import { elevate } from '../../certificates/trust/elevation.ts';
import type { AcmeSource, Challenge } from '../../certificates/public/certificate-source.ts';
import { ExplainedError } from '../../system/errors.ts';
import { isAccessible } from '../../system/files/replace-file.ts';
import type { Command } from '../../system/processes/program.ts';
import { toShellLine } from '../../system/processes/shell-line.ts';
import { takeLineage, type Adopted, type Adoption } from './adopt-lineage.ts';
import type { WorkspaceContext } from '../context.ts';

/** What a user reads before certbot runs. */
export interface CertbotPlan {
  readonly certbot: Certbot;
  readonly command: Command;
  /** The command as a line for a shell. */
  readonly line: string;
  /** What they should know of it, a sentence or two each. */
  readonly notes: readonly string[];
  readonly lineage: Lineage;
  readonly source: AcmeSource;
}

/** How a request is made. */
export interface CertbotOptions {
  readonly agreeToTerms: boolean;
  /** Absolute path, where a user named one. */
  readonly configFolder: string | undefined;
}

/**
 * Works out the command that requests a certificate. Nothing is run yet but `certbot --version`.
 *
 * @throws ExplainedError `certbot-not-found`, `certbot-broken`, `certbot-too-old`,
 *   `certbot-challenge`, `dns-hook-not-found`, `data-folder-not-usable`
 */
export async function planRequest(
  { workspace, settings }: WorkspaceContext,
  source: AcmeSource,
  { agreeToTerms, configFolder }: CertbotOptions,
): Promise<CertbotPlan> {
  const certbot = await findCertbot();
  await refuseHook(source.challenge);
  const folders = await chooseFolders(configFolder);
  const name = await chooseLineageName(folders, source.names);
  const request = { source, keyType: settings.keyType, lineage: name, agreeToTerms };
  const rootsFile = await writeRoots(workspace, source.directoryRoots);
  const command = certonlyCommand(certbot, { ...request, folders, rootsFile });
  const machine = { config: MACHINE_FOLDER, isMachine: true };
  const asRoot = certonlyCommand(certbot, { ...request, folders: machine, rootsFile });
  return {
    certbot,
    command,
    line: toShellLine(command),
    notes: describeFolders(folders, asRoot, name),
    lineage: { name, live: join(folders.config, 'live', name) },
    source,
  };
}

/**
 * Has certbot request the certificate, and puts it into the workspace.
 *
 * @throws ExplainedError as `runCertbot` and `takeLineage` do; AbortError when the signal fires
 */
export async function requestByCertbot(
  context: WorkspaceContext,
  { command, lineage, source }: CertbotPlan,
  { terminal, confirm, signal, report }: Omit<Adoption, 'roots'> & Watching,
): Promise<Adopted> {
  const said = await runCertbot(command, { signal, report });
  return takeLineage(context, findSaved(said) ?? lineage, {
    terminal,
    confirm,
    signal,
    roots: source.directoryRoots,
  });
}

/** Before certbot has told the authority anything. @throws ExplainedError `dns-hook-not-found` */
async function refuseHook(challenge: Challenge): Promise<void> {
  if (challenge.type !== 'dns-01' || challenge.hook === undefined) return;
  if (await isAccessible(challenge.hook, constants.X_OK)) return;
  throw new ExplainedError({
    code: 'dns-hook-not-found',
    what: `The program ${challenge.hook} is missing, or you may not run it.`,
    next: 'Name it by its full path, and make it executable (chmod +x).',
    inTerminal: 'Name it by its full path with --dns-hook, and make it executable (chmod +x).',
  });
}

/** Where certbot says that it is: under another name where leftovers were in the way. */
function findSaved(said: string): Lineage | undefined {
  const [, file] = /^Certificate is saved at:\s*(\/.+)$/m.exec(said) ?? [];
  if (file === undefined) return undefined;
  const live = dirname(file.trim());
  return { name: basename(live), live };
}

/** Where certbot keeps it, and why there. */
function describeFolders(
  folders: CertbotFolders,
  asRoot: Command,
  name: string,
): readonly string[] {
  if (!isOwn(folders)) return [];
  const line = toShellLine(elevate(asRoot, 'sudo'));
  return [
    `${MACHINE_FOLDER} is root’s, so certbot keeps this one in ${folders.config}. Its own timer does not look there: chroma-tls renew, or VS Code, has it renewed.`,
    `To have it in ${MACHINE_FOLDER} instead, run: ${line} and then: chroma-tls certbot --adopt ${name}`,
  ];
}
