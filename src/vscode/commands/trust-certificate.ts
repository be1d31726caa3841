import { env } from 'vscode';
import { describeTrust } from '../../certificates/trust/trust-state.ts';
import { ExplainedError } from '../../system/errors.ts';
import { planTrust, trust, type TrustPlan } from '../../workspace/trust.ts';
import { toButton } from '../model/actions.ts';
import type { Notifier } from '../window/notify.ts';
import { ask } from '../window/plain-window.ts';
import { changeTrust, listStores } from './trust-progress.ts';
import type { CommandHandler } from './command-context.ts';

/** Has the stores of this machine trust the folder's authority, once the user has agreed. */
export const trustCertificate: CommandHandler = async ({ notifier, session }) => {
  const active = await session.require();
  if (!active) return;
  const workspace = await active.open();
  const plan = await planTrust(workspace);
  if (!(await agree(plan, notifier))) return;
  const result = await changeTrust(notifier, `Trusting ${plan.candidate.name}`, (options) =>
    trust(workspace, plan, options),
  );
  if (result.changed.length === 0) return;
  const { windows } = result;
  void notifier.inform(
    [
      `${describeTrust(result.trust)}.`,
      ...(/Chromium|Firefox/.test(listStores(result)) ? ['Restart browsers that are open.'] : []),
      ...(windows === undefined ? [] : ['Programs of Windows itself have a store of their own.']),
    ].join(' '),
    ...(windows === undefined
      ? []
      : [toButton({ terminal: windows, label: 'Trust in Windows Too' })]),
  );
};

/** Whether the user agrees, having read what it means; false where there is nothing to do. */
async function agree(
  { candidate, trust: stores, consent }: TrustPlan,
  notifier: Notifier,
): Promise<boolean> {
  if (!consent) {
    const unknown = stores.find(({ state }) => state === 'unknown');
    if (unknown?.problem) throw new ExplainedError(unknown.problem);
    void notifier.inform(
      stores.length === 0
        ? 'This machine has no trust store that Chroma TLS knows.'
        : `${candidate.name} is trusted already. ${describeTrust(stores)}.`,
    );
    return false;
  }
  const answer = await ask(
    consent.question,
    [...consent.meaning, consent.stores.join('\n'), ...explainRemote()].join('\n\n'),
    consent.agree,
  );
  return answer === consent.agree;
}

/** In a remote window the stores are those of the machine it runs on. */
function explainRemote(): readonly string[] {
  const { remoteName } = env;
  if (remoteName === undefined || remoteName === 'wsl') return [];
  return [
    `These are the stores of the machine this window runs on (${remoteName}). A browser on another computer goes by that computer's own.`,
  ];
}
