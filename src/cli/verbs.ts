import { describeExpiry } from '../certificates/inspect/expiry.ts';
import { explainTrustLoss } from '../certificates/authorities/trust-change.ts';
import type { KeyPassphrase } from '../certificates/encoding/passphrase.ts';
import { listFormer } from '../certificates/trust/trust-state.ts';
import type { Server } from '../chroma/server/server.ts';
import { startChroma } from '../chroma/server/start.ts';
import { stopChroma } from '../chroma/server/stop.ts';
import { adviseReload, isExternal, problemsOf } from '../chroma/status/status.ts';
import { parseServerName } from '../project/domain.ts';
import { writeDomain } from '../project/env-file.ts';
import { certificateSettings, type Settings } from '../project/settings.ts';
import { resolveInWorkspace } from '../project/workspace-path.ts';
import type { CliOptions } from './arguments.ts';
import { describeStop } from './ending.ts';
import { explainStatus, renderStatus, reportStatus, statusExitCode } from './report.ts';

export interface CliContext {
  readonly workspace: string;
  readonly settings: Settings;
  /** Which of them the command line names. */
  readonly chosen: ReadonlySet<keyof Settings>;
  readonly options: CliOptions;
  readonly signal: AbortSignal;
  readonly keyPassphrase: KeyPassphrase;
  readonly server: Server;
}

export async function generate(context: CliContext): Promise<number> {
  const { workspace, settings, server, options, signal } = context;
  await setDomain(context);
  await server.refreshProject();
  const { generateCertificate } = await import('../certificates/generate.ts');
  const result = await generateCertificate({
    workspace,
    folder: await resolveInWorkspace(workspace, settings.certificatesFolder),
    domain: server.snapshot.domain,
    ...certificateSettings(settings),
    replaceBroken: options.yes,
    replaceForeign: options.yes,
    keyPassphrase: context.keyPassphrase,
    signal,
    report: (step) => {
      process.stderr.write(`Making the certificate, ${step}…\n`);
    },
  });
  // A server that runs goes on with it, where its TLS proxy can take a new certificate.
  await server.refreshProject();
  await server.observe();
  const isServed = await server.renewCertificate();
  const { facts, files, backup, endsEarly } = result;
  say(`Made ${files.certificate}`);
  say(`  good for ${facts.names.join(', ')}`);
  const until = facts.notAfter.toISOString().slice(0, 10);
  const expiry = describeExpiry(facts.notAfter, Date.now());
  say(`  until    ${until} (${expiry})${endsEarly ? ', when its authority ends' : ''}`);
  for (const { message } of problemsOf(server.snapshot.certificate, Date.now()))
    say(`Beware: ${message}`);
  const { observation } = server.snapshot;
  if (!isServed && observation.kind === 'running' && !isExternal(server.snapshot)) {
    say(`The server that runs still serves the one before. ${adviseReload(observation.server)}`);
  }
  if (backup !== undefined) {
    say(`What was there before is in ${backup}: chroma-tls restore brings it back.`);
  }
  if (result.trustLost !== undefined) {
    say(
      `Trust ca.pem again where you trusted the one before. ${explainTrustLoss(result.trustLost)}`,
    );
    await server.refreshTrust();
    const former = listFormer(server.snapshot.trust ?? []);
    const verb = result.authority === 'none' ? 'untrust removes' : 'trust replaces';
    if (former !== '') say(`The one before is trusted by ${former}: chroma-tls ${verb} it.`);
  }
  return 0;
}

export async function start(context: CliContext): Promise<number> {
  const { server, options, signal } = context;
  await setDomain(context);
  let shown = '';
  server.onDidChange((snapshot) => {
    if (snapshot.operation?.kind !== 'starting') return;
    const { step } = snapshot.operation;
    const words = step.kind === 'waiting' ? step.text : STEP_WORDS[step.kind];
    if (words !== shown) process.stderr.write(`${words}…\n`);
    shown = words;
  });
  await startChroma(server, {
    signal,
    note: (text) => process.stderr.write(`${text}\n`),
    consent: (question) => {
      if (!options.yes) process.stderr.write(`${question} Say so with --yes.\n`);
      return Promise.resolve(options.yes);
    },
    acceptChange: () => Promise.resolve(options.yes ? 'change' : 'refuse'),
  });
  return status(context);
}

export async function stop({ server, settings, signal }: CliContext): Promise<number> {
  await server.refreshProject();
  await server.observe();
  const seen = await stopChroma(server, signal);
  const { text, isWell } = describeStop(seen, server.snapshot, settings.containerCommand);
  if (isWell) say(text);
  else process.stderr.write(`${text}\n`);
  return isWell ? 0 : 1;
}

/** How the server is, for a user or a script; `statusExitCode` says which code means what. */
export async function status({ server, options }: CliContext): Promise<number> {
  await server.refreshProject();
  await server.observe();
  await server.probe();
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
  for (const line of await server.readLog(200)) say(line);
  return 0;
}

const STEP_WORDS = {
  choosing: 'Choosing how to run Chroma',
  certificate: 'Making a certificate',
  pulling: 'Pulling the image',
  installing: 'Installing Chroma into a private Python environment',
  creating: 'Starting Chroma',
  heartbeat: 'Waiting for the first verified heartbeat',
  elsewhere: 'Another window or terminal starts it',
} as const;

/** Writes what `--domain` says into the env file. */
export async function setDomain({ workspace, settings, options }: CliContext): Promise<void> {
  if (options.domain === undefined) return;
  const { value } = parseServerName(options.domain);
  await writeDomain(await resolveInWorkspace(workspace, settings.envFile), value);
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
