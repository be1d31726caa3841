import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ImportPlan } from '../../certificates/import/import-plan.ts';
import { readNames } from '../../certificates/inspect/certificate-names.ts';
import { describeLineage } from '../../certificates/public/certbot/describe-lineage.ts';
import type { Adopted, TerminalProgram } from '../../workspace/public/adopt-lineage.ts';
import type { WorkspaceContext } from '../../workspace/context.ts';
import { listNames, readAcmeSource, readRoots } from './acme-source.ts';
import { UsageError } from '../arguments.ts';
import { confirm } from '../confirm.ts';
import { openForFetching, say, sayAftercare, sayCertificate, type CliContext } from '../verbs.ts';

/**
 * Has certbot request a certificate, or takes one that it keeps (`--adopt NAME`); `--adopt` alone says
 * which there are.
 */
export async function certbot(context: CliContext): Promise<number> {
  const { adopt, 'config-dir': named, ...others } = context.options.fetching;
  if ((others['eab-kid'] ?? others['eab-hmac-file']) !== undefined) {
    throw new UsageError(
      'certbot takes the key of a bound account (EAB) on its command line, where others can read it: use request.',
    );
  }
  const configFolder = named === undefined ? undefined : resolve(named);
  if (adopt === '') return list(configFolder);
  const workspace = await openForFetching(context);
  const adopted =
    adopt === undefined
      ? await request(context, workspace, configFolder)
      : await take(context, workspace, adopt, configFolder);
  sayAdopted(adopted);
  return 0;
}

async function list(configFolder: string | undefined): Promise<number> {
  const { listLineages } = await import('../../workspace/public/adopt-lineage.ts');
  const lineages = await listLineages(configFolder);
  if (lineages.length === 0) say('certbot keeps no certificate that can be seen from here.');
  const now = Date.now();
  for (const lineage of lineages) {
    say(`${lineage.name}  ${describeLineage(lineage, now)}; ${lineage.live}`);
  }
  return 0;
}

async function take(
  context: CliContext,
  workspace: WorkspaceContext,
  name: string,
  configFolder: string | undefined,
): Promise<Adopted> {
  const { adoptLineage } = await import('../../workspace/public/adopt-lineage.ts');
  return adoptLineage(workspace, name, {
    configFolder,
    terminal: await findTerminal(),
    roots: await readRoots(context.options.fetching),
    signal: context.signal,
    confirm: (plan) => confirmWarnings(context, workspace, plan),
  });
}

async function request(
  context: CliContext,
  workspace: WorkspaceContext,
  configFolder: string | undefined,
): Promise<Adopted> {
  const { fetching } = context.options;
  const typed = await readAcmeSource(fetching);
  const source = { ...typed, names: listNames(context, workspace.domain) };
  const { planRequest, requestByCertbot } = await import('../../workspace/public/certbot.ts');
  const plan = await planRequest(workspace, source, {
    agreeToTerms: fetching['agree-tos'],
    configFolder,
  });
  await confirm(context, {
    question: 'Run it?',
    details: [...plan.notes, `This is the command (certbot ${plan.certbot.version}):`, plan.line],
    refused: 'certbot was not run.',
  });
  return requestByCertbot(workspace, plan, {
    terminal: await findTerminal(),
    signal: context.signal,
    confirm: (warned) => confirmWarnings(context, workspace, warned),
    report: (line) => {
      process.stderr.write(`${line}\n`);
    },
  });
}

async function confirmWarnings(
  context: CliContext,
  { domain }: WorkspaceContext,
  { warnings }: ImportPlan,
): Promise<void> {
  await confirm(context, {
    question: `Use this certificate for ${domain}?`,
    details: warnings.map(({ what }) => what),
    refused: 'The certificate that was there stays.',
  });
}

/** This very program, by its real path: a link to it may go. */
async function findTerminal(): Promise<TerminalProgram> {
  const [node = process.execPath, cli = ''] = process.argv;
  return { node: await realpath(node), cli: await realpath(cli) };
}

function sayAdopted(adopted: Adopted): void {
  const { files, lineage, plan, hook, isOurs } = adopted;
  say(`Took certbot’s certificate ${lineage.name} into ${files.certificate}`);
  sayCertificate({
    names: readNames(plan.leaf).servers,
    notAfter: new Date(plan.leaf.validTo),
  });
  say(
    isOurs
      ? 'chroma-tls renew has certbot renew it when it is time; run it daily.'
      : 'certbot goes on renewing it.',
  );
  say(
    hook.kind === 'placed'
      ? `Whenever it does, certbot runs ${hook.path}, and the running server takes the new one.`
      : `To have the running server take the new one at once, run this, which takes an administrator:\n  ${hook.line}\nWithout it, chroma-tls renew takes it.`,
  );
  sayAftercare(adopted, plan.bringsAuthority);
}
