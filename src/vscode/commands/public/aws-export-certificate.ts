import { env } from 'vscode';
import type { AcmCertificateDetails } from '../../../certificates/public/acm/acm-certificate.ts';
import type { AcmLocation } from '../../../certificates/public/acm/acm-location.ts';
import {
  describeRecords,
  ORDER_FACTS,
} from '../../../certificates/public/acm/describe-certificate.ts';
import { cancellation } from '../../../system/errors.ts';
import {
  exportFromAcm,
  listExportableAcm,
  requestFromAcm,
} from '../../../workspace/public/acm-order.ts';
import type { WorkspaceContext } from '../../../workspace/context.ts';
import { ours } from '../../model/actions.ts';
import { describeFormerTrust, describeImported } from '../../model/messages/certificate-message.ts';
import { COMMANDS } from '../../model/command-ids.ts';
import { chooseNextStep } from '../../model/next-step.ts';
import { runCancellable } from '../../window/cancellable.ts';
import { ask, showQuickPick, type PlainItem } from '../../window/plain-window.ts';
import { toItem } from './aws-import-certificate.ts';
import { askForLocation } from './aws-questions.ts';
import type { CommandHandler } from '../command-context.ts';
import { isBusy } from '../bring-up.ts';

const TITLE = COMMANDS['chromaTls.awsExportCertificate'].title;
const ORDER = 'Order';
const COPY = 'Copy Records';
const ANYWAY = 'Export Anyway';

/** Takes a certificate and its key out of AWS Certificate Manager, or orders one there. */
export const awsExportCertificate: CommandHandler = async (context) => {
  const active = await context.session.require();
  if (!active || isBusy(context, active)) return;
  const workspace = await active.open();
  const location = await askForLocation(TITLE);
  const arn = await pickExportable(location, workspace.domain);
  if (arn === undefined) {
    const order = await placeOrder(workspace, location);
    if (order.status !== 'ISSUED') {
      await showRecords(order);
      return;
    }
  }
  const result = await runCancellable('Exporting from AWS Certificate Manager', ({ signal }) =>
    exportFromAcm(
      workspace,
      { ...location, arn },
      {
        signal,
        // One that was ordered and is issued is among them; there may be several by now.
        choose: async (certificates) => {
          const picked = await showQuickPick(certificates.map(toItem), { title: TITLE });
          if (!picked) throw cancellation();
          return picked.arn;
        },
        confirm: (certificate, coversDomain) =>
          coversDomain ? Promise.resolve() : confirmOther(certificate, workspace.domain),
      },
    ),
  );
  const former = describeFormerTrust(result.formerTrust, result.plan.bringsAuthority);
  void context.notifier.inform(
    describeImported(result.plan, result, workspace.workspace, former),
    ...(former ? [former.button] : []),
    ...chooseNextStep(active.server.snapshot),
    ...(result.backup === undefined ? [] : [ours('chromaTls.restoreCertificate')]),
  );
};

/** @returns undefined where one is to be ordered */
async function pickExportable(location: AcmLocation, domain: string): Promise<string | undefined> {
  const there = await runCancellable('Asking AWS', ({ signal }) =>
    listExportableAcm(location, signal),
  );
  const items: readonly (PlainItem & { readonly arn?: string })[] = [
    ...there.map(toItem),
    {
      label: `Order a Certificate for ${domain}`,
      icon: 'add',
      detail: 'A public one that can be exported. What it costs is said before.',
    },
  ];
  const picked = await showQuickPick(items, { title: TITLE, matchOnDetail: true });
  if (!picked) throw cancellation();
  return picked.arn;
}

async function placeOrder(
  workspace: WorkspaceContext,
  location: AcmLocation,
): Promise<AcmCertificateDetails> {
  const { order } = await runCancellable('Ordering a certificate from AWS', ({ signal }) =>
    requestFromAcm(workspace, location, {
      signal,
      wait: false,
      showRecords: () => undefined,
      confirmCost: async (names, region) => {
        const question = `Order a certificate for ${names.join(', ')} in ${region}?`;
        if ((await ask(question, ORDER_FACTS.join('\n'), ORDER)) !== ORDER) throw cancellation();
      },
    }),
  );
  return order;
}

async function showRecords(order: AcmCertificateDetails): Promise<void> {
  const records = describeRecords(order);
  const answer = await ask(
    `AWS issues the certificate once it sees ${order.records.length === 1 ? 'this record' : 'these records'} in the DNS.`,
    `${records}\nThen export it here: this command shows it.`,
    COPY,
  );
  if (answer !== COPY) return;
  const lines = order.records.map(({ name, type, value }) => `${name} ${type} ${value}`);
  await env.clipboard.writeText(lines.join('\n'));
}

async function confirmOther({ names }: AcmCertificateDetails, domain: string): Promise<void> {
  const detail = `It is for ${names.join(', ')}; clients of ${domain} will not accept it.`;
  if ((await ask('Put this certificate in place?', detail, ANYWAY)) !== ANYWAY) {
    throw cancellation();
  }
}
