import { shownRenewal } from '../../../chroma/status/shown-renewal.ts';
import { describeRenewal } from '../../model/public/renewal-message.ts';
import { formatDate } from '../../model/messages/wording.ts';
import { runCancellable } from '../../window/cancellable.ts';
import { ask } from '../../window/plain-window.ts';
import type { CommandHandler } from '../command-context.ts';
import { withRecordPages } from './record-pages.ts';
import { isBusy } from '../bring-up.ts';
import { tellAndServe } from '../certificate/serve-certificate.ts';

const RENEW = 'Renew Now';

/** Renews the certificate where it came from. Asks first where it is not time yet. */
export const renewCertificate: CommandHandler = async (context) => {
  const active = await context.session.require();
  if (!active || isBusy(context, active)) return;
  const plan = shownRenewal(active.server.snapshot, Date.now())?.plan;
  if (plan?.due && !plan.overdue) {
    const answer = await ask(
      'Renew the certificate before its time?',
      `It is due on ${formatDate(plan.due)}. Authorities issue only so many certificates for a name.`,
      RENEW,
    );
    if (answer !== RENEW) return;
  }
  const workspace = await active.open();
  // Loaded only now: what renews brings libraries that nothing else needs.
  const { renew } = await import('../../../workspace/public/renew.ts');
  const renewal = await withRecordPages((showRecords) =>
    runCancellable(
      'Renewing the certificate',
      (task) => renew(workspace, { force: true, showRecords, ...task }),
      { log: workspace.server.environment.log },
    ),
  );
  const { message, button } = describeRenewal(renewal);
  await tellAndServe(context, active, false, message, ...(button ? [button] : []));
};
