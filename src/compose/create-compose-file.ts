import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readIfThere, replaceFile } from '../certificates/files.ts';
import { inspectCertificate } from '../certificates/inspect.ts';
import { makeCertificate } from '../chroma/server-certificate.ts';
import { ExplainedError } from '../errors.ts';
import { isServerName, resolveNames } from '../project/certificate-name.ts';
import { readDomain } from '../project/env-file.ts';
import type { Settings } from '../project/settings.ts';
import { resolveInWorkspace } from '../project/workspace-path.ts';
import { provideBearerToken } from './bearer-token.ts';
import { planCompose, type ComposeCircumstances } from './compose-choices.ts';
import { findComposeFiles, NEW_COMPOSE_FILE, SEPARATE_COMPOSE_FILE } from './compose-file.ts';
import type { ComposePlan } from './compose-plan.ts';
import { describeProject, writeProject, type ComposeProject } from './compose-project.ts';
import { describeAssumption, describeMerge } from './merge-notes.ts';
import { mapOf, mergeProject } from './merge-project.ts';
import { NotPatchableError, parseYaml, patchYaml, readYaml } from './yaml-patch.ts';
import { isYamlMap, type YamlMap } from './yaml-text.ts';

export interface ComposeRequest {
  readonly workspace: string;
  readonly settings: Settings;
  /** Which of them a person has made: every other one leaves a file as it is. */
  readonly chosen: ReadonlySet<keyof Settings>;
  /** Whether clients have to present CHROMA_TOKEN; none: as the file has it by now. */
  readonly bearerToken?: boolean;
  /** Into a file of its own, whatever else is there. */
  readonly separate?: boolean;
}

/** A change to a Compose file that a person has yet to agree to. */
export interface ComposeProposal {
  readonly request: ComposeRequest;
  readonly plan: ComposePlan;
  /** Its name in the workspace. */
  readonly name: string;
  /** Absolute path. */
  readonly file: string;
  /** What is in it; none where there is no such file. */
  readonly before?: string;
  readonly after: string;
  /** What a person should know before they agree, as sentences. */
  readonly notes: readonly string[];
}

export interface ComposeResult {
  /** A certificate was made, because there was none. */
  readonly certificateMade: boolean;
}

/**
 * Says what a Compose file would have to be for Chroma to run from it over TLS: a new one, or the
 * one that is there with our services in it and every other byte as it was.
 *
 * @throws ExplainedError `compose-broken`, `compose-not-mergeable`, and those of `planCompose`
 */
export async function proposeComposeFile(request: ComposeRequest): Promise<ComposeProposal> {
  const { workspace, settings, chosen, separate = false } = request;
  const { main } = await findComposeFiles(workspace);
  const name = separate ? SEPARATE_COMPOSE_FILE : (main ?? NEW_COMPOSE_FILE);
  const file = await resolveInWorkspace(workspace, name);
  const before = await readIfThere(file);
  const other =
    separate && main !== undefined ? await readIfThere(join(workspace, main)) : undefined;
  const certificatesFolder = await resolveInWorkspace(workspace, settings.certificatesFolder);
  const envFile = await resolveInWorkspace(workspace, settings.envFile);
  const domain = await readDomain(envFile);
  const project = readProject(before ?? '', file);
  const certificate = await readCertificate(certificatesFolder, domain, settings);
  const plan = planCompose({
    workspace,
    settings,
    chosen,
    certificatesFolder,
    domain,
    sharesEnvFile: envFile === join(workspace, '.env'),
    ...certificate,
    project,
    // Broken or not, the other file is not the one to be changed.
    takenNames: Object.keys(mapOf(peekAtServices(other))),
    ...(request.bearerToken === undefined ? {} : { bearerToken: request.bearerToken }),
  });
  const known = { request, plan, name, file, ...(before === undefined ? {} : { before }) };
  const ours = describeProject(plan);
  if (before === undefined || before.trim() === '') {
    const notes = describeAssumption(plan, ours.chroma);
    return { ...known, after: writeProject(plan), notes };
  }
  const merged = mergeProject(project, plan, ours);
  return {
    ...known,
    after: patch(before, merged, ours, name),
    notes: describeMerge(project, merged, plan, certificate.certificateNames),
  };
}

/**
 * Carries a proposal out, and makes what the file relies on: a certificate and, where it asks for
 * one, a token.
 *
 * @throws ExplainedError `compose-changed` where the file is no longer what the proposal was made
 *   for; those of the certificate and of the env file; AbortError when the signal fires
 */
export async function writeComposeFile(
  proposal: ComposeProposal,
  signal: AbortSignal,
): Promise<ComposeResult> {
  const { request, plan, name, file, before, after } = proposal;
  const { workspace, settings } = request;
  if ((await readIfThere(file)) !== before) {
    throw new ExplainedError({
      code: 'compose-changed',
      what: `${name} has changed in the meantime.`,
      next: 'Create the Compose file again, to see the changes anew.',
      action: 'createComposeFile',
    });
  }
  const certificateMade = await provideCertificate(workspace, settings, signal);
  if (plan.bearerToken) await provideBearerToken(await resolveInWorkspace(workspace, '.env'));
  if (after !== before) {
    const target = before === undefined ? file : await realpath(file);
    const mode = before === undefined ? 0o644 : (await stat(target)).mode & 0o777;
    await replaceFile(target, after, mode);
  }
  return { certificateMade };
}

/** @throws ExplainedError `compose-not-mergeable` */
function patch(before: string, merged: YamlMap, { look }: ComposeProject, name: string): string {
  try {
    return patchYaml(before, merged, look);
  } catch (error) {
    if (!(error instanceof NotPatchableError)) throw error;
    throw new ExplainedError(
      {
        code: 'compose-not-mergeable',
        what: `Chroma cannot be put into ${name} without changing more than its own part of it.`,
        why: error.message,
        next: `Have it written to ${SEPARATE_COMPOSE_FILE} instead.`,
        action: 'createSeparateComposeFile',
      },
      error,
    );
  }
}

/** @throws ExplainedError `compose-broken` */
function readProject(text: string, file: string): YamlMap {
  const document = parseYaml(text);
  const [error] = document.errors;
  const said = error ? undefined : (readYaml(document) ?? {});
  if (isYamlMap(said)) return said;
  throw new ExplainedError({
    code: 'compose-broken',
    what: `${file} is no Compose file that can be read.`,
    why: error?.message.split('\n')[0] ?? 'It is no map of services.',
    next: 'Correct it, then try again.',
    action: { open: pathToFileURL(file).href, label: 'Open File' },
  });
}

function peekAtServices(text: string | undefined) {
  const document = parseYaml(text ?? '');
  const said = document.errors.length === 0 ? readYaml(document) : undefined;
  return mapOf(said ?? undefined)['services'];
}

/** What the certificate is good for, or will be once it is made, and whether its key is closed. */
async function readCertificate(
  folder: string,
  domain: string,
  settings: Settings,
): Promise<Pick<ComposeCircumstances, 'certificateNames' | 'keyEncrypted'>> {
  const certificate = await inspectCertificate(folder, domain);
  if (certificate.kind === 'present') {
    const { names, keyEncrypted } = certificate.facts;
    return { certificateNames: names, keyEncrypted };
  }
  const names = resolveNames(domain, settings.additionalNames).filter(isServerName);
  return { certificateNames: names.map(({ value }) => value), keyEncrypted: false };
}

async function provideCertificate(
  workspace: string,
  settings: Settings,
  signal: AbortSignal,
): Promise<boolean> {
  const folder = await resolveInWorkspace(workspace, settings.certificatesFolder);
  const domain = await readDomain(await resolveInWorkspace(workspace, settings.envFile));
  if ((await inspectCertificate(folder, domain)).kind !== 'none') return false;
  await makeCertificate(workspace, folder, domain, settings, signal);
  return true;
}
