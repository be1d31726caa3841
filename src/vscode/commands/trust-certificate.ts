import { env } from 'vscode';
import type { Candidate } from '../../certificates/trust/candidate.ts';
import { describeTrust, type TrustState } from '../../certificates/trust/trust-state.ts';
import { ExplainedError } from '../../system/errors.ts';
import { toButton } from '../model/actions.ts';
import { ask, showMessage } from '../window/plain-window.ts';
import type { CommandHandler } from './command-context.ts';
import { changeTrust, listStores } from './change-trust.ts';
import { locateCertificates } from '../session/locate-certificates.ts';

/** Has the stores of this machine trust the folder's authority, once the user has agreed. */
export const trustCertificate: CommandHandler = async (context) => {
  const { notifier, session } = context;
  const active = await session.require();
  if (!active) return;
  const { folder, server } = active;
  const certificates = await locateCertificates(active);
  // Loaded only now: reading what an authority may sign brings a library that nothing else needs.
  const { readCandidate } = await import('../../certificates/trust/candidate.ts');
  const candidate = await readCandidate(folder.uri.fsPath, certificates);
  await server.refreshTrust();
  const trust = server.snapshot.trust ?? [];
  const agreedStores = await agree(candidate, trust);
  if (!agreedStores) return;

  const { giveTrust } = await import('../../certificates/trust/change-trust.ts');
  const title = `Trusting ${candidate.name}`;
  const result = await changeTrust(context, active, title, (request) =>
    giveTrust(candidate, { ...request, agreedStores }),
  );
  if (result.changed.length === 0) return;
  const { windowsSide } = await import('../../certificates/trust/stores/wsl.ts');
  const windows = await windowsSide(certificates);
  void notifier.inform(
    [
      `${describeTrust(server.snapshot.trust ?? [])}.`,
      ...(/Chromium|Firefox/.test(listStores(result)) ? ['Restart browsers that are open.'] : []),
      ...(windows ? ['Programs of Windows itself have a store of their own.'] : []),
    ].join(' '),
    ...(windows ? [toButton({ terminal: windows.trust, label: 'Trust in Windows Too' })] : []),
  );
};

/**
 * The ids of the stores that the user agrees to have changed, having read what it means;
 * undefined without a yes, and where nothing is to be done.
 */
async function agree(
  candidate: Candidate,
  trust: TrustState,
): Promise<readonly string[] | undefined> {
  const { describeConsent, isToChange } = await import('../../certificates/trust/consent.ts');
  const unknown = trust.find(({ state }) => state === 'unknown');
  if (!trust.some(isToChange)) {
    if (unknown?.problem) throw new ExplainedError(unknown.problem);
    void showMessage(
      'information',
      trust.length === 0
        ? 'This machine has no trust store that Chroma TLS knows.'
        : `${candidate.name} is trusted already. ${describeTrust(trust)}.`,
    );
    return undefined;
  }
  const {
    question,
    meaning,
    stores,
    agreedStores,
    agree: button,
  } = describeConsent(candidate, trust);
  const answer = await ask(
    question,
    [...meaning, stores.join('\n'), ...explainRemote()].join('\n\n'),
    button,
  );
  return answer === button ? agreedStores : undefined;
}

/** In a remote window the stores are those of the machine it runs on. */
function explainRemote(): readonly string[] {
  const { remoteName } = env;
  if (remoteName === undefined || remoteName === 'wsl') return [];
  return [
    `These are the stores of the machine this window runs on (${remoteName}). A browser on another computer goes by that computer's own.`,
  ];
}
