import { join, resolve } from 'node:path';
import { inspectCertificate } from '../certificates/inspect/inspect.ts';
import { findDataPaths } from '../chroma/runtimes/compose/service-data.ts';
import { isServerName, resolveNames } from '../project/certificate-name.ts';
import { readDomain } from '../project/env-file.ts';
import type { Settings } from '../project/settings.ts';
import { locateProject } from '../project/project-paths.ts';
import { readIfThere } from '../system/files/replace-file.ts';
import { mapOf } from '../system/yaml/yaml-value.ts';
import type { ComposePlan } from './compose-plan.ts';
import type { Inquiry } from './inquiry.ts';
import { describeOurServices, writeOurFile } from './our-services.ts';
import { planCompose } from './plan-choices.ts';
import { readPresentProject, readSeparateProject } from './present-project.ts';
import { refuseContradiction } from './proposal-check.ts';
import { describeAssumption, describeDataAtRisk, describeMerge } from './proposal-notes.ts';
import { patchUserFile } from './user-file-patch.ts';

/** What is asked for. Without Compose and an engine to ask, none of `Inquiry` is there. */
export interface ComposeRequest extends Partial<Inquiry> {
  readonly workspace: string;
  readonly settings: Settings;
  /** The settings that a user has made; every other one leaves the file as it is. */
  readonly chosen: ReadonlySet<keyof Settings>;
  /** Whether clients have to present CHROMA_TOKEN; none: as the file has it. */
  readonly bearerToken?: boolean;
  /** Write a file of its own, even where there is another. */
  readonly separate?: boolean;
}

/** A change to a Compose file that a user has yet to agree to. */
export interface ComposeProposal {
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

/**
 * What a Compose file has to be for Chroma to run from it over TLS: a new file, or the user's own
 * with our services in it and every other byte as it was. Compose is asked what the project is, and
 * what the proposal would make of it.
 *
 * @throws ExplainedError `compose-broken`, `compose-not-mergeable`, `compose-contradicted`, those of
 *   `readPresentProject` and `planCompose`
 */
export async function proposeComposeFile(request: ComposeRequest): Promise<ComposeProposal> {
  const { workspace, settings, chosen, bearerToken, separate = false } = request;
  const read = separate ? readSeparateProject : readPresentProject;
  const { folder, target, resolved, names } = await read(workspace, request.resolve);
  const known = mapOf(mapOf(resolved['services'])[names.chroma]);
  const { envFile, ...certificate } = await readPresentCertificate(workspace, settings);
  const plan = planCompose({
    settings,
    chosen,
    ...certificate,
    sharesEnvFile: envFile === join(workspace, '.env'),
    projectFolder: folder,
    project: target.says,
    resolved,
    names,
    dataPaths: await findDataPaths(known, (source) => readIfThere(resolve(folder, source))),
    ...(bearerToken === undefined ? {} : { bearerToken }),
  });
  const { name, file, text: before } = target;
  const change = { plan, name, file, ...(before === undefined ? {} : { before }) };
  const ours = describeOurServices(plan);
  if (before === undefined || before.trim() === '') {
    const notes = describeAssumption(plan, ours.chroma);
    return { ...change, after: writeOurFile(plan), notes };
  }
  const { merged, after } = patchUserFile({ ...target, text: before }, plan, ours, resolved);
  const notes = describeMerge(resolved, merged, plan, certificate.certificateNames);
  if (after === before || separate) return { ...change, after, notes };
  const trial = await request.tryChange?.({ name, before, after });
  if (trial) refuseContradiction(trial, plan, ours);
  const risk = await request.findDataAtRisk?.(names.chroma);
  return { ...change, after, notes: [...(risk ? [describeDataAtRisk(risk)] : []), ...notes] };
}

/** What the certificate is good for, or will be once it is made, and whether its key is encrypted. */
async function readPresentCertificate(workspace: string, settings: Settings) {
  const { certificatesFolder, envFile } = await locateProject(workspace, settings);
  const domain = await readDomain(envFile);
  const certificate = await inspectCertificate(certificatesFolder, domain);
  const present = certificate.kind === 'present' ? certificate.facts : undefined;
  const future = resolveNames(domain, settings.additionalNames).filter(isServerName);
  return {
    certificatesFolder,
    envFile,
    domain,
    certificateNames: present?.names ?? future.map(({ value }) => value),
    keyEncrypted: present?.keyEncrypted ?? false,
  };
}
