import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describePlan, describeSource } from '../../certificates/public/renewal-words.ts';
import { workspaceId } from '../../project/data-folder.ts';
import { describePassedOn, type PassedOn } from '../../workspace/public/acm.ts';
import type { Renewal } from '../../workspace/public/renew.ts';
import { UsageError } from '../arguments.ts';
import { sayRecords } from './request-verb.ts';
import { renderTimer } from './timer-texts.ts';
import { open, say, sayAftercare, sayCertificate, type CliContext } from '../verbs.ts';

/** Renews the certificate where it came from, if that is due, and says when it is. */
export async function renew(context: CliContext): Promise<number> {
  const { options, signal } = context;
  const { force, 'print-timer': scheduler } = options.fetching;
  if (scheduler !== undefined) return printTimer(context, scheduler);
  // Loaded only now: what renews brings libraries that nothing else needs.
  const { renew: renewCertificate } = await import('../../workspace/public/renew.ts');
  const renewal = await renewCertificate(await open(context), {
    force,
    signal,
    ...(process.stdin.isTTY ? { showRecords: sayRecords } : {}),
    report: (step) => {
      process.stderr.write(`Renewing the certificate: ${step}…\n`);
    },
  });
  sayRenewal(renewal);
  return sayPassedOn(renewal.passedOn);
}

/** @returns the exit code */
function sayPassedOn(passedOn: PassedOn | undefined): number {
  if (passedOn === undefined) return 0;
  if (passedOn.kind === 'imported') {
    say(describePassedOn(passedOn));
    return 0;
  }
  process.stderr.write(`${describePassedOn(passedOn)}\n`);
  return 1;
}

/** Prints what a user saves; nothing is put in place. @throws UsageError */
function printTimer({ workspace, settings, chosen }: CliContext, scheduler: string): number {
  if (scheduler !== 'systemd' && scheduler !== 'launchd') {
    throw new UsageError(`--print-timer cannot be ${scheduler}. It is systemd or launchd.`);
  }
  const data = process.env['CHROMA_TLS_DATA_DIR'];
  const text = renderTimer(scheduler, {
    workspace,
    id: workspaceId(workspace),
    command: [
      process.execPath,
      fileURLToPath(new URL('cli.js', import.meta.url)),
      'renew',
      ...(chosen.has('certificatesFolder') ? ['--folder', settings.certificatesFolder] : []),
      ...(chosen.has('containerCommand') ? ['--container-command', settings.containerCommand] : []),
    ],
    environment: {
      // Where Docker and hooks are found: a scheduler has a PATH of its own.
      PATH: process.env['PATH'] ?? '',
      ...(data === undefined ? {} : { CHROMA_TLS_DATA_DIR: resolve(data) }),
      // Desktop VS Code's own executable is Electron; this makes it the Node.js it contains.
      ...(process.versions['electron'] === undefined ? {} : { ELECTRON_RUN_AS_NODE: '1' }),
    },
  });
  process.stdout.write(text);
  return 0;
}

function sayRenewal(renewal: Renewal): void {
  const { source, plan } = renewal;
  const from = describeSource(source);
  switch (renewal.kind) {
    case 'waits':
      say(plan.due ? 'Nothing is to be renewed yet.' : 'Nothing is renewed here.');
      say(`  from     ${from}`);
      say(`  renewal  ${describePlan(plan)}`);
      return;
    case 'unchanged':
      say(`${from} has no newer certificate yet.`);
      return;
    case 'renewed':
      say(`Renewed. ${from}`);
      sayCertificate(renewal.facts);
      say(`  renewal  ${describePlan(plan)}`);
      sayAftercare(renewal.result, !renewal.facts.selfSigned);
  }
}
