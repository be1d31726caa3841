import type { ChangeResult } from '../certificates/trust/change-trust.ts';
import type { Consent } from '../certificates/trust/consent.ts';
import { describeTrust } from '../certificates/trust/trust-state.ts';
import { explainInTerminal } from '../system/errors.ts';
import {
  describeStillTrusted,
  planTrust,
  trust as trustAuthority,
  untrust as untrustAuthority,
  type TrustOptions,
} from '../workspace/trust.ts';
import { agrees, askWord } from './confirm.ts';
import { open, say, type CliContext } from './verbs.ts';

/** Has this machine's stores trust the folder's authority. Exit 1 where one would not, or no yes. */
export async function trust(context: CliContext): Promise<number> {
  const workspace = await open(context);
  const plan = await planTrust(workspace);
  const { candidate, consent, trust: before } = plan;
  if (!consent) {
    say(`${candidate.name}: ${describeTrust(before)}.`);
    const unread = before.flatMap(({ problem }) => problem ?? []);
    for (const problem of unread) complain(explainInTerminal(problem));
    return before.length > 0 && unread.length === 0 ? 0 : 1;
  }
  if (!(await agree(consent, context))) return 1;
  const result = await trustAuthority(workspace, plan, inTerminal(context));
  say(`${candidate.name}: ${describeTrust(result.trust)}.`);
  tellOfWindows(result.windows);
  return reportFailures(result);
}

/** Removes the folder's authority and former ones of it from this machine's stores. */
export async function untrust(context: CliContext): Promise<number> {
  const result = await untrustAuthority(await open(context), inTerminal(context));
  for (const { name, location } of result.changed) say(`Removed from ${name} (${location}).`);
  const remains = describeStillTrusted(result);
  if (remains !== '') say(remains);
  else if (result.failed.length === 0) say('No store of this machine trusts this authority.');
  tellOfWindows(result.windows);
  return reportFailures(result);
}

function inTerminal({ signal }: CliContext): TrustOptions {
  return { signal, hasTerminal: process.stdin.isTTY };
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
  return allowsOption
    ? agrees('Go on?', signal)
    : (await askWord('Type "trust" to go on: ', signal)) === 'trust';
}

function tellOfWindows(line: string | undefined): void {
  if (line !== undefined) say(`For programs of Windows itself, run: ${line}`);
}

function reportFailures({ failed }: ChangeResult): number {
  for (const { problem } of failed) complain(explainInTerminal(problem));
  return failed.length === 0 ? 0 : 1;
}

function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}
