import { realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readIfThere, replaceFile } from '../system/files/replace-file.ts';
import { inspectCertificate } from '../certificates/inspect/inspect.ts';
import { makeCertificate } from '../chroma/server/server-certificate.ts';
import { ExplainedError } from '../system/errors.ts';
import { isServerName, resolveNames } from '../project/certificate-name.ts';
import { readDomain } from '../project/env-file.ts';
import type { Settings } from '../project/settings.ts';
import { resolveInWorkspace } from '../project/workspace-path.ts';
import { provideBearerToken } from './bearer-token.ts';
import { chooseNames, planCompose, type ComposeCircumstances } from './compose-choices.ts';
import {
  findComposeFiles,
  NEW_COMPOSE_FILE,
  SEPARATE_COMPOSE_FILE,
  type ComposeFiles,
} from '../chroma/runtimes/compose/project-files.ts';
import type { ComposePlan, ServiceNames } from './compose-plan.ts';
import { describeProject, writeProject, type ComposeProject } from './compose-project.ts';
import { describeAssumption, describeHolder, describeMerge } from './merge-notes.ts';
import { mapOf, mergeProject } from './merge-project.ts';
import { refuseContradiction } from './proposal-check.ts';
import {
  resolvePlainProject,
  type FindHolder,
  type ResolveProject,
  type TryChange,
} from '../chroma/runtimes/compose/resolved-project.ts';
import { findDataPaths } from '../chroma/runtimes/compose/service-data.ts';
import { chooseTarget, type ProjectFile } from './target-file.ts';
import { NotPatchableError, parseYaml, patchYaml, readYaml } from '../system/yaml/yaml-patch.ts';
import { isYamlMap, type YamlMap } from '../system/yaml/yaml-text.ts';

export interface ComposeRequest {
  readonly workspace: string;
  readonly settings: Settings;
  /** Which of them a user has made: every other one leaves a file as it is. */
  readonly chosen: ReadonlySet<keyof Settings>;
  /** Whether clients have to present CHROMA_TOKEN; none: as the file has it by now. */
  readonly bearerToken?: boolean;
  /** Into a file of its own, whatever else is there. */
  readonly separate?: boolean;
  /** Asks Compose what the project comes to; none where there is nobody to ask. */
  readonly resolve?: ResolveProject;
  /** Asks Compose what a change would make of it. */
  readonly tryChange?: TryChange;
  /** Asks the engine whether a container holds the only data. */
  readonly findHolder?: FindHolder;
}

/** A change to a Compose file that a user has yet to agree to. */
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
  /** What a user should know before they agree, as sentences. */
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
 * Where there is Compose it is asked what the project is, and what the proposal would make of it.
 *
 * @throws ExplainedError `compose-broken`, `compose-not-mergeable`, `compose-contradicted`, those of
 *   `chooseTarget`, `resolvePlainProject` and `planCompose`
 */
export async function proposeComposeFile(request: ComposeRequest): Promise<ComposeProposal> {
  const { workspace, settings, chosen } = request;
  const present = await readPresent(request);
  const { names, target, resolved } = present;
  const known = mapOf(mapOf(resolved['services'])[names.chroma]);
  const certificatesFolder = await resolveInWorkspace(workspace, settings.certificatesFolder);
  const envFile = await resolveInWorkspace(workspace, settings.envFile);
  const domain = await readDomain(envFile);
  const certificate = await readCertificate(certificatesFolder, domain, settings);
  const plan = planCompose({
    workspace,
    settings,
    chosen,
    certificatesFolder,
    domain,
    sharesEnvFile: envFile === join(workspace, '.env'),
    ...certificate,
    projectFolder: present.folder,
    project: target.says,
    resolved,
    names,
    dataPaths: await findDataPaths(known, (source) => readIfThere(resolve(present.folder, source))),
    ...(request.bearerToken === undefined ? {} : { bearerToken: request.bearerToken }),
  });
  const { name, file } = target;
  const before = present.isThere ? target.text : undefined;
  const change = { request, plan, name, file, ...(before === undefined ? {} : { before }) };
  const ours = describeProject(plan);
  if (before === undefined || before.trim() === '') {
    const notes = describeAssumption(plan, ours.chroma);
    return { ...change, after: writeProject(plan), notes };
  }
  const merged = mergeProject(target.says, plan, ours, resolved);
  const after = patch(before, merged, ours, name);
  if (after !== before && request.separate !== true) {
    const trial = await request.tryChange?.({ name, before, after });
    if (trial) refuseContradiction(trial, plan, ours);
  }
  const notes = describeMerge(resolved, merged, plan, certificate.certificateNames);
  const holder =
    after === before || request.separate === true
      ? undefined
      : await request.findHolder?.(names.chroma);
  return { ...change, after, notes: [...(holder ? [describeHolder(holder)] : []), ...notes] };
}

/** The project as it is, and the file of it that Chroma is to be put into. */
interface Present {
  readonly folder: string;
  readonly target: ProjectFile;
  /** Whether that file is there. */
  readonly isThere: boolean;
  /** What the project comes to that the file belongs to. */
  readonly resolved: YamlMap;
  readonly names: ServiceNames;
}

async function readPresent({
  workspace,
  separate,
  resolve: ask,
}: ComposeRequest): Promise<Present> {
  const found = await findComposeFiles(workspace);
  if (separate === true) {
    const [own] = await readFiles(workspace, [SEPARATE_COMPOSE_FILE]);
    const target = own ?? (await missingFile(workspace, SEPARATE_COMPOSE_FILE));
    const resolved = await resolvePlainProject(target.says, { files: [target.name] }, workspace);
    const taken = await findTakenNames(workspace, found, ask);
    const names = chooseNames(mapOf(resolved['services']), taken);
    return { folder: workspace, target, isThere: own !== undefined, resolved, names };
  }
  const files = await readFiles(workspace, found.files);
  const [first] = files;
  const { folder } = found;
  if (!first) {
    const target = await missingFile(workspace, found.files[0] ?? NEW_COMPOSE_FILE);
    return { folder, target, isThere: false, resolved: {}, names: chooseNames({}, []) };
  }
  const isEmpty = files.every(({ says }) => Object.keys(says).length === 0);
  const resolved =
    (isEmpty ? {} : await ask?.()) ?? (await resolvePlainProject(first.says, found, workspace));
  const services = mapOf(resolved['services']);
  const names = chooseNames(services, []);
  const target = chooseTarget(files, names.chroma, names.chroma in services) ?? first;
  return { folder, target, isThere: true, resolved, names };
}

/** What the services of a user's own project are called. Broken or not, it is not to be changed. */
async function findTakenNames(
  workspace: string,
  { files }: ComposeFiles,
  ask: ResolveProject | undefined,
): Promise<readonly string[]> {
  const resolved = await ask?.().catch(() => undefined);
  if (resolved) return Object.keys(mapOf(resolved['services']));
  const read = await Promise.all(files.map((name) => readFiles(workspace, [name]).catch(() => [])));
  return read.flat().flatMap(({ says }) => Object.keys(mapOf(says['services'])));
}

/** The files of a project that are there, as they are. */
async function readFiles(
  workspace: string,
  names: readonly string[],
): Promise<readonly ProjectFile[]> {
  const read = names.map(async (name) => {
    const file = await resolveInWorkspace(workspace, name);
    const text = await readIfThere(file);
    return text === undefined ? [] : [{ name, file, text, says: readProject(text, file) }];
  });
  return (await Promise.all(read)).flat();
}

async function missingFile(workspace: string, name: string): Promise<ProjectFile> {
  return { name, file: await resolveInWorkspace(workspace, name), text: '', says: {} };
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
      next: 'Create the Compose file again, to see the changes again.',
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
