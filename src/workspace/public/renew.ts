import { join } from 'node:path';
import type { CertificateFacts } from '../../certificates/inspect/certificate-state.ts';
import {
  isRested,
  nextLook,
  planRenewal,
  type RenewalPlan,
} from '../../certificates/public/renewal-plan.ts';
import { addFailure, writeRenewal } from '../../certificates/public/renewal-record.ts';
import type { RenewalSource } from '../../certificates/public/renewal-source.ts';
import type { KnownRenewal } from '../../chroma/status/snapshot.ts';
import { workspaceDataFolder } from '../../project/data-folder.ts';
import { holdDataLock } from '../../project/data-lock.ts';
import { ExplainedError, isCancellation, toProblem } from '../../system/errors.ts';
import type { LockOptions } from '../../system/files/file-lock.ts';
import { passOnToAcm, type PassedOn } from './acm.ts';
import type { WorkspaceContext } from '../context.ts';
import { readServed } from './present-certificate.ts';
import { renewFrom, type Renewed } from './renewers.ts';
import type { RequestQuestions } from './request.ts';

export interface RenewOptions {
  /** Renews although it is not due. */
  readonly force: boolean;
  readonly signal: AbortSignal;
  /** Hears what is being done, as a phrase. */
  readonly report: (step: string) => void;
  /** Where a user is there who can set the DNS records that prove a name. */
  readonly showRecords?: RequestQuestions['showRecords'];
}

/** What came of it. */
export type Renewal =
  /** Nothing is due yet, or nobody here renews it. */
  | { readonly kind: 'waits'; readonly source: RenewalSource; readonly plan: RenewalPlan }
  /** The issuer has no newer certificate. */
  | { readonly kind: 'unchanged'; readonly source: RenewalSource; readonly plan: RenewalPlan }
  | {
      readonly kind: 'renewed';
      readonly source: RenewalSource;
      readonly plan: RenewalPlan;
      readonly facts: CertificateFacts;
      readonly result: Renewed;
    };

interface Present extends KnownRenewal {
  readonly facts: CertificateFacts;
}

/**
 * Renews the certificate where it came from, if that is due, and has the running server take it. Of
 * several windows and terminals one at a time does it; the next one then finds nothing due.
 *
 * @throws ExplainedError `no-certificate`, `not-renewable`, and those of where it came from, which are
 *   noted for the next attempt and for the status; AbortError when the signal fires
 */
export async function renew(
  context: WorkspaceContext,
  options: RenewOptions,
): Promise<Renewal & { readonly passedOn?: PassedOn }> {
  const renewal = await renewAlone(context, options);
  // Whatever made the certificate that lies there now, AWS is to have it too.
  const passedOn = await passOnToAcm(context, options.signal);
  return passedOn === undefined ? renewal : { ...renewal, passedOn };
}

async function renewAlone(context: WorkspaceContext, options: RenewOptions): Promise<Renewal> {
  const { facts: before } = await readPresent(context);
  return holdRenewal(context.workspace, options.signal, async () => {
    const present = await askIssuer(context, await readPresent(context), options.signal);
    const { source, record, facts } = present;
    const plan = planRenewal(source, facts, record, Date.now());
    // What another window or terminal has renewed meanwhile is what was wanted here too.
    const force = options.force && facts.fingerprint256 === before.fingerprint256;
    if (!force && !isWorthTrying(source, plan)) return { kind: 'waits', source, plan };
    if (source.kind === 'imported') throw explainImported(facts);
    const result = await attempt(context, present, { ...options, force });
    return conclude(context, present, result, options.signal);
  });
}

/** What certbot has renewed only needs to be taken, which costs nothing. */
function isWorthTrying({ kind }: RenewalSource, { overdue }: RenewalPlan): boolean {
  return overdue || kind === 'certbot';
}

/** Somebody else is at it: that says nothing of the certificate. */
const BUSY: ReadonlySet<string> = new Set([
  'request-busy',
  'acme-account-busy',
  'generation-busy',
  'certbot-busy',
]);

/** Asks an ACME server when to renew (RFC 9773), where it wants to be asked by now, and notes it. */
async function askIssuer(
  { workspace, certificatesFolder, server }: WorkspaceContext,
  present: Present,
  signal: AbortSignal,
): Promise<Present> {
  const { source, record, facts } = present;
  const look = nextLook(source, record, Date.now());
  if (source.kind !== 'acme' || look === undefined || Date.now() < look) return present;
  const leaf = await readServed({ certificatesFolder });
  if (leaf?.fingerprint256 !== facts.fingerprint256) return present;
  const { askForRenewal } = await import('../../certificates/public/acme/renewal-information.ts');
  const before = record.information;
  const asked = { ...record, information: await askForRenewal(source, leaf, { before, signal }) };
  await writeRenewal(workspace, facts.fingerprint256, asked);
  await server.refreshProject();
  return { ...present, record: asked };
}

async function attempt(
  context: WorkspaceContext,
  { source, record, facts }: Present,
  { force, signal, report, showRecords }: RenewOptions,
): Promise<Renewed | undefined> {
  try {
    const mayAsk = force || isRested(record, facts, Date.now());
    return await renewFrom(source, { context, facts, force, mayAsk, signal, report, showRecords });
  } catch (error) {
    const problem = toProblem(error);
    if (!isCancellation(error) && !BUSY.has(problem.code)) {
      const failed = addFailure(record, Date.now(), problem);
      await writeRenewal(context.workspace, facts.fingerprint256, failed);
      await context.server.refreshProject();
    }
    throw error;
  }
}

/** Notes that it went well, by the certificate that is there now. */
async function conclude(
  context: WorkspaceContext,
  before: Present,
  result: Renewed | undefined,
  signal: AbortSignal,
): Promise<Renewal> {
  const { workspace } = context;
  const { facts } = await readPresent(context);
  const at = Date.now();
  await writeRenewal(
    workspace,
    facts.fingerprint256,
    result
      ? { last: { ok: true, at } }
      : { ...before.record, last: { ok: true, at, unchanged: true } },
  );
  const { source, record } = await askIssuer(context, await readPresent(context), signal);
  const plan = planRenewal(source, facts, record, at);
  return result
    ? { kind: 'renewed', source, plan, facts, result }
    : { kind: 'unchanged', source, plan };
}

/** @throws ExplainedError `no-certificate` */
async function readPresent({ server }: WorkspaceContext): Promise<Present> {
  await server.refreshProject();
  const { certificate, renewal } = server.snapshot;
  if (certificate.kind === 'present' && renewal) return { ...renewal, facts: certificate.facts };
  const problem = certificate.kind === 'broken' ? certificate.problems[0] : undefined;
  throw new ExplainedError({
    code: 'no-certificate',
    what: 'There is no certificate to renew.',
    ...(problem === undefined ? {} : { why: problem.what }),
    next: 'Generate, request or import one first.',
    action: 'generateCertificate',
  });
}

function explainImported({ issuerName }: CertificateFacts): ExplainedError {
  return new ExplainedError({
    code: 'not-renewable',
    what: 'This certificate cannot be renewed here.',
    why: `It was imported${issuerName === '' ? '' : `, and "${issuerName}" signed it`}.`,
    next: 'Get a new one where it came from, then import it.',
  });
}

async function holdRenewal<T>(
  workspace: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const options: LockOptions = {
    doing: 'renewing the certificate',
    signal,
    explain: ({ pid }) => ({
      code: 'renewal-busy',
      what: `Process ${pid} is renewing the certificate of this workspace.`,
    }),
  };
  return holdDataLock(join(workspaceDataFolder(workspace), 'renewal.lock'), options, work);
}
