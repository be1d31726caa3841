import {
  isStaging,
  resolveDirectory,
} from '../../../certificates/public/acme/known-directories.ts';
import { readSource } from '../../../certificates/public/certificate-source.ts';
import type { WorkspaceContext } from '../../../workspace/context.ts';
import type { Installed } from '../../../workspace/public/install-issued.ts';
import { requestCertificate as request } from '../../../workspace/public/request.ts';
import { COMMANDS } from '../../model/command-ids.ts';
import { ours, readArgument } from '../../model/actions.ts';
import {
  describeFormerTrust,
  describeRequested,
} from '../../model/messages/certificate-message.ts';
import { chooseNextStep } from '../../model/next-step.ts';
import { runCancellable } from '../../window/cancellable.ts';
import type { ActiveFolder } from '../../session/session.ts';
import { agreeToTerms } from './agree-to-terms.ts';
import type { CommandContext, CommandHandler } from '../command-context.ts';
import { askForRequest, type RequestedCertificate } from './request-questions.ts';
import { withRecordPages } from './record-pages.ts';
import { isBusy } from '../bring-up.ts';

/** Requests a certificate from an ACME authority, and puts it in the place of the folder's own. */
export const requestCertificate: CommandHandler = async (context, argument) => {
  const active = await context.session.require();
  if (!active || isBusy(context, active)) return;
  const workspace = await active.open();
  const again = readArgument(argument).production
    ? await findTriedRequest(active, workspace)
    : undefined;
  const requested =
    again ??
    (await askForRequest({
      title: COMMANDS['chromaTls.requestCertificate'].title,
      domain: workspace.domain,
    }));
  tellRequested(context, active, requested, await run(workspace, requested));
};

/** The same answers as for the certificate that is there, where it came from staging. */
async function findTriedRequest(
  { server }: ActiveFolder,
  { workspace }: WorkspaceContext,
): Promise<RequestedCertificate | undefined> {
  const { certificate } = server.snapshot;
  if (certificate.kind !== 'present') return undefined;
  const source = await readSource(workspace, certificate.facts.fingerprint256);
  if (source?.kind !== 'acme' || !isStaging(source.directory)) return undefined;
  return { source: { ...source, directory: resolveDirectory('production') } };
}

async function run(
  workspace: WorkspaceContext,
  { source, eab }: RequestedCertificate,
): Promise<Installed> {
  return withRecordPages((showRecords) =>
    runCancellable(
      'Requesting the certificate',
      ({ signal, report }) =>
        request(workspace, source, { signal, report, eab, agreeToTerms, showRecords }),
      { log: workspace.server.environment.log },
    ),
  );
}

function tellRequested(
  { notifier }: CommandContext,
  active: ActiveFolder,
  { source }: RequestedCertificate,
  result: Installed,
): void {
  const isTrial = isStaging(source.directory);
  const former = describeFormerTrust(result.formerTrust, result.plan.bringsAuthority);
  // Not awaited: the message may stay, but the certificate is there.
  void notifier.inform(
    describeRequested(result, source, former),
    ...(isTrial
      ? [ours('chromaTls.requestCertificate', 'Request from Let’s Encrypt', { production: true })]
      : chooseNextStep(active.server.snapshot)),
    ...(former ? [former.button] : []),
  );
}
