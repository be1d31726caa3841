import type { WorkspaceContext } from '../../../workspace/context.ts';
import { generate, type Generated, type GenerateOptions } from '../../../workspace/generate.ts';
import { ours, readArgument } from '../../model/actions.ts';
import {
  describeFormerTrust,
  describeGenerated,
} from '../../model/messages/certificate-message.ts';
import { readConfiguration, writeSetting } from '../../window/configuration.ts';
import { needsRestart } from '../../model/next-step.ts';
import { runCancellable } from '../../window/cancellable.ts';
import { ask } from '../../window/plain-window.ts';
import type { CommandHandler } from '../command-context.ts';
import { isBusy } from '../bring-up.ts';
import { askToRestart, tellAndServe } from './serve-certificate.ts';

const REPLACE = 'Replace It';

/**
 * Makes the certificate. Asks first where the present one came from elsewhere, and where a server
 * runs that would go on with it; otherwise nothing can be lost, because what was there is kept.
 */
export const generateCertificate: CommandHandler = async (context, argument) => {
  const active = await context.session.require();
  if (!active || isBusy(context, active)) return;
  const { replaceBroken = false, restart, engine, addName } = readArgument(argument);
  const replaceForeign = replaceBroken ? false : await askToReplace(await active.open());
  if (replaceForeign === undefined) return;
  const andRestart = restart
    ? needsRestart(active.server.snapshot)
    : await askToRestart(
        active,
        'Regenerate',
        'Make a new certificate while the server runs?',
        'The server goes on serving the present one until it is restarted. The present files are kept as a backup.',
      );
  if (andRestart === undefined) return;
  // Only now: a question that is left unanswered leaves the settings alone.
  if (engine !== undefined) await writeSetting(active.folder, 'certificateEngine', engine);
  if (addName !== undefined) {
    const { additionalNames } = readConfiguration(active.folder);
    const names = [...new Set([...additionalNames, addName])];
    await writeSetting(active.folder, 'additionalNames', names);
  }

  const workspace = await active.open();
  const result = await generateInView(workspace, {
    replaceBroken,
    replaceForeign,
    // "Back Up and Regenerate" is also what a user picks who has lost it; it is said afterwards.
    withoutPassphrase: replaceBroken,
  });
  const former = describeFormerTrust(result.formerTrust, result.authority !== 'none');
  const message = describeGenerated(result, workspace.workspace, former);
  const again = [
    ...(former ? [former.button] : []),
    ...(replaceForeign ? [ours('chromaTls.restoreCertificate')] : []),
  ];
  await tellAndServe(context, active, andRestart, message, ...again);
};

/** True where one from elsewhere may go, false where there is none, undefined for "leave it". */
async function askToReplace({
  workspace,
  certificatesFolder,
}: WorkspaceContext): Promise<boolean | undefined> {
  const { describeForeign, findForeign } =
    await import('../../../certificates/authorities/made-here.ts');
  const foreign = await findForeign(workspace, certificatesFolder);
  if (!foreign) return false;
  const answer = await ask(
    'Replace a certificate that was not made here?',
    `${describeForeign(foreign)} Chroma TLS cannot make it again. It is kept as a backup: Restore Previous brings it back.`,
    REPLACE,
  );
  return answer === REPLACE ? true : undefined;
}

async function generateInView(
  workspace: WorkspaceContext,
  options: GenerateOptions,
): Promise<Generated> {
  return runCancellable(
    'Making the certificate',
    (task) => generate(workspace, { ...options, ...task }),
    // The built-in issuer is done at once.
    { cancellable: workspace.settings.certificateEngine !== 'builtin' },
  );
}
