import { explainTrustLoss } from '../certificates/authorities/trust-change.ts';
import { describeExpiry } from '../certificates/inspect/expiry.ts';
import { problemsOf } from '../chroma/status/certificate-problems.ts';
import { parseServerName } from '../project/domain.ts';
import type { Settings } from '../project/settings.ts';
import type { Aftercare } from '../workspace/aftercare.ts';
import { openWorkspace, type WorkspaceContext, type WorkspaceParts } from '../workspace/context.ts';
import type { CliOptions } from './arguments.ts';
import type { CliPassphrases } from './terminal-passphrases.ts';

export interface CliContext extends WorkspaceParts {
  /** Which of the settings the command line names. */
  readonly chosen: ReadonlySet<keyof Settings>;
  readonly options: CliOptions;
  readonly signal: AbortSignal;
  readonly passphrases: CliPassphrases;
}

/** The workspace, with the domain that `--domain` names. */
export async function open(context: CliContext): Promise<WorkspaceContext> {
  const workspace = await openWorkspace(context);
  const { domain } = context.options;
  if (domain === undefined) return workspace;
  const { setDomain } = await import('../workspace/set-domain.ts');
  return setDomain(workspace, domain);
}

/**
 * The workspace for a verb that fetches a certificate from elsewhere, which may fail: a new domain is
 * written together with the certificate.
 */
export async function openForFetching(context: CliContext): Promise<WorkspaceContext> {
  const workspace = await openWorkspace(context);
  const { domain } = context.options;
  if (domain === undefined) return workspace;
  return { ...workspace, domain: parseServerName(domain).value, isDomainNew: true };
}

export async function generate(context: CliContext): Promise<number> {
  const { server, options, signal } = context;
  const { generate: generateCertificate } = await import('../workspace/generate.ts');
  const result = await generateCertificate(await open(context), {
    replaceBroken: options.yes,
    replaceForeign: options.yes,
    signal,
    report: (step) => {
      process.stderr.write(`Making the certificate, ${step}…\n`);
    },
  });
  const { facts, files, endsEarly } = result;
  say(`Made ${files.certificate}`);
  sayCertificate(facts, endsEarly ? ', when its authority ends' : '');
  for (const { what } of problemsOf(server.snapshot.certificate, Date.now()))
    say(`Beware: ${what}`);
  if (result.trustLost !== undefined) {
    say(
      `Trust ca.pem again where you trusted the old one, because ${explainTrustLoss(result.trustLost)}.`,
    );
  }
  sayAftercare(result, result.authority !== 'none');
  return 0;
}

/** What a certificate is good for, and until when. */
export function sayCertificate(
  { names, notAfter }: { readonly names: readonly string[]; readonly notAfter: Date },
  end = '',
): void {
  say(`  good for ${names.join(', ')}`);
  say(
    `  until    ${notAfter.toISOString().slice(0, 10)} (${describeExpiry(notAfter, Date.now())})${end}`,
  );
}

/** What is left to do once another certificate is in place. */
export function sayAftercare(
  { reload, formerTrust, backup }: Aftercare & { readonly backup?: string },
  hasAuthority: boolean,
): void {
  if (reload !== undefined) say(`The server that runs still serves the one before. ${reload}`);
  if (backup !== undefined) {
    say(`What was there before is in ${backup}: chroma-tls restore brings it back.`);
  }
  if (formerTrust !== '') {
    const verb = hasAuthority ? 'trust replaces' : 'untrust removes';
    say(`The one before is trusted by ${formerTrust}: chroma-tls ${verb} it.`);
  }
}

export async function start(context: CliContext): Promise<number> {
  const { server, options, chosen, signal } = context;
  if (options.domain !== undefined) await open(context);
  let shown = '';
  server.onDidChange((snapshot) => {
    if (snapshot.operation?.kind !== 'starting') return;
    const { step } = snapshot.operation;
    const words = STEP_WORDS[step.kind];
    if (words !== shown) process.stderr.write(`${words}…\n`);
    shown = words;
  });
  const { startChroma } = await import('../workspace/start.ts');
  await startChroma(server, {
    signal,
    note: (text) => process.stderr.write(`${text}\n`),
    consent: (question) => {
      if (!options.yes) process.stderr.write(`${question} Say so with --yes.\n`);
      return Promise.resolve(options.yes);
    },
    acceptChange: () => Promise.resolve(options.yes ? 'change' : 'refuse'),
    isTokenUnsaid: !chosen.has('token'),
  });
  // It was only just seen.
  return sayStatus(context);
}

export async function stop({ server, settings, signal }: CliContext): Promise<number> {
  const { stopChroma } = await import('../workspace/stop.ts');
  const { describeStop } = await import('./ending.ts');
  const seen = await stopChroma(server, signal);
  const { text, isWell } = describeStop(seen, server.snapshot, settings.containerCommand);
  if (isWell) say(text);
  else process.stderr.write(`${text}\n`);
  return isWell ? 0 : 1;
}

/** How the server is, for a user or a script; `statusExitCode` says which code means what. */
export async function status(context: CliContext): Promise<number> {
  const { server } = context;
  await Promise.all([server.refreshProject(), server.observe()]);
  await server.probe();
  return sayStatus(context);
}

async function sayStatus({ server, options }: CliContext): Promise<number> {
  const { explainStatus, renderStatus, statusExitCode } = await import('./status-text.ts');
  const { reportStatus } = await import('../chroma/status/report-status.ts');
  const { snapshot } = server;
  const now = Date.now();
  say(
    options.json
      ? JSON.stringify(reportStatus(snapshot, now), undefined, 2)
      : renderStatus(snapshot, now),
  );
  const explained = explainStatus(snapshot, now);
  if (explained !== undefined) process.stderr.write(`${explained}\n`);
  return statusExitCode(snapshot, now);
}

export async function logs({ server }: CliContext): Promise<number> {
  await server.observe();
  // Loaded only now: it brings a library for schemas.
  const { readLastRun } = await import('../chroma/server/last-run.ts');
  const { heading, lines } = await readLastRun(server, 200);
  if (heading !== undefined) process.stderr.write(`${heading}\n`);
  for (const line of lines) say(line);
  return 0;
}

const STEP_WORDS = {
  waiting: 'Waiting for another window or terminal',
  choosing: 'Choosing how to run Chroma',
  certificate: 'Making a certificate',
  pulling: 'Pulling the image',
  installing: 'Installing Chroma',
  creating: 'Starting Chroma',
  heartbeat: 'Waiting for the first verified heartbeat',
  elsewhere: 'Another window or terminal starts it',
} as const;

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
