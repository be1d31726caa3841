import { createInterface } from 'node:readline/promises';
import type { ChangeRequest, ChangeResult } from '../certificates/trust/change-trust.ts';
import type { Consent } from '../certificates/trust/consent.ts';
import { describeTrust } from '../certificates/trust/trust-state.ts';
import { explain } from '../system/errors.ts';
import { resolveInWorkspace } from '../project/workspace-path.ts';
import type { CliContext } from './verbs.ts';

/** Has this machine's stores trust the folder's authority. Exit 1 where one would not, or no yes. */
export async function trust(context: CliContext): Promise<number> {
  const { workspace } = context;
  const folder = await locateCertificates(context);
  const { readCandidate } = await import('../certificates/trust/candidate.ts');
  const { readTrust } = await import('../certificates/trust/read-trust.ts');
  const { describeConsent, isToChange } = await import('../certificates/trust/consent.ts');
  const candidate = await readCandidate(workspace, folder);
  const before = await readTrust(workspace, folder);
  if (!before.some(isToChange)) {
    say(`${candidate.name}: ${describeTrust(before)}.`);
    const unread = before.flatMap(({ problem }) => problem ?? []);
    for (const problem of unread) complain(explain(problem));
    return before.length > 0 && unread.length === 0 ? 0 : 1;
  }
  const consent = describeConsent(candidate, before);
  if (!(await agree(consent, context))) return 1;
  const { giveTrust } = await import('../certificates/trust/change-trust.ts');
  const result = await giveTrust(candidate, {
    ...changeRequest(context, folder),
    agreedStores: consent.agreedStores,
  });
  say(`${candidate.name}: ${describeTrust(await readTrust(workspace, folder))}.`);
  await tellOfWindows(folder, 'trust');
  return reportFailures(result);
}

/** Removes the folder's authority and former ones of it from this machine's stores. */
export async function untrust(context: CliContext): Promise<number> {
  const folder = await locateCertificates(context);
  const { removeTrust } = await import('../certificates/trust/change-trust.ts');
  const result = await removeTrust(changeRequest(context, folder));
  for (const { name, location } of result.changed) say(`Removed from ${name} (${location}).`);
  const { describeRemains } = await import('../certificates/trust/trust-state.ts');
  const { readTrust } = await import('../certificates/trust/read-trust.ts');
  const failed = new Set(result.failed.map(({ store }) => store.id));
  const now = await readTrust(context.workspace, folder);
  const remains = describeRemains(now.filter(({ id }) => !failed.has(id)));
  if (remains !== '') say(remains);
  else if (failed.size === 0) say('No store of this machine trusts this authority.');
  await tellOfWindows(folder, 'untrust');
  return reportFailures(result);
}

async function locateCertificates({ workspace, settings }: CliContext): Promise<string> {
  return resolveInWorkspace(workspace, settings.certificatesFolder);
}

function changeRequest({ workspace, signal }: CliContext, folder: string): ChangeRequest {
  return { workspace, folder, signal, hasTerminal: process.stdin.isTTY };
}

/**
 * What is dangerous, or was not made here, is never agreed to by an option: a script would not read
 * the warning, and a repository may have brought the authority.
 */
async function agree(consent: Consent, { options, signal }: CliContext): Promise<boolean> {
  const { question, meaning, stores, allowsOption } = consent;
  if (options.yes && allowsOption) return true;
  complain([question, ...meaning, ...stores].join('\n'));
  if (!process.stdin.isTTY) {
    complain(
      allowsOption
        ? 'Nothing was trusted. Agree with --yes.'
        : 'Nothing was trusted: this takes a word typed in a terminal.',
    );
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const asked = allowsOption ? 'Go on? [y/N] ' : 'Type "trust" to go on: ';
    const answer = (await terminal.question(asked, { signal })).trim().toLowerCase();
    return allowsOption ? ['y', 'yes'].includes(answer) : answer === 'trust';
  } finally {
    terminal.close();
  }
}

async function tellOfWindows(folder: string, line: 'trust' | 'untrust'): Promise<void> {
  const { windowsSide } = await import('../certificates/trust/stores/wsl.ts');
  const windows = await windowsSide(folder);
  if (windows) say(`For programs of Windows itself, run: ${windows[line]}`);
}

function reportFailures({ failed }: ChangeResult): number {
  for (const { problem } of failed) complain(explain(problem));
  return failed.length === 0 ? 0 : 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}
