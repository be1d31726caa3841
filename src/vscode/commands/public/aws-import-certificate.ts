import type { AcmCertificate } from '../../../certificates/public/acm/acm-certificate.ts';
import { readImportRecord } from '../../../certificates/public/acm/acm-import-record.ts';
import {
  describeState,
  IMPORT_FACTS,
} from '../../../certificates/public/acm/describe-certificate.ts';
import { readExportable } from '../../../certificates/exportable.ts';
import { cancellation } from '../../../system/errors.ts';
import { importIntoAcm, listAcm } from '../../../workspace/public/acm.ts';
import type { WorkspaceContext } from '../../../workspace/context.ts';
import { COMMANDS } from '../../model/command-ids.ts';
import { runCancellable } from '../../window/cancellable.ts';
import { ask, showQuickPick, type PlainItem } from '../../window/plain-window.ts';
import { askForLocation } from './aws-questions.ts';
import type { CommandHandler } from '../command-context.ts';

const TITLE = COMMANDS['chromaTls.awsImportCertificate'].title;
const IMPORT = 'Import';

/** Where it is to go. */
type Target = Parameters<typeof importIntoAcm>[1];

/** Puts the folder's certificate and key into AWS Certificate Manager. */
export const awsImportCertificate: CommandHandler = async ({ session, notifier }) => {
  const active = await session.require();
  if (!active) return;
  const workspace = await active.open();
  // Read before anything is asked: without a certificate there is nothing to choose.
  await readExportable(workspace.certificatesFolder);
  const target = (await pickFormer(workspace)) ?? (await pickTarget());
  const { arn, region, replaced } = await runCancellable(
    'Importing into AWS Certificate Manager',
    ({ signal }) => importIntoAcm(workspace, target, { signal, confirm }),
  );
  const done = replaced ? 'has the new certificate' : 'has the certificate';
  void notifier.inform(
    `AWS Certificate Manager ${done} in ${region}: ${arn}. A renewal here brings the next one there.`,
  );
};

/** Where the one before went; undefined for elsewhere, or where there was none. */
async function pickFormer({ workspace }: WorkspaceContext): Promise<Target | undefined> {
  const record = await readImportRecord(workspace);
  if (!record) return undefined;
  const again = `Again into ${record.region}`;
  const picked = await showQuickPick(
    [
      { label: again, icon: 'history', detail: record.arn },
      { label: 'Elsewhere', icon: 'add', detail: 'What was imported before stays as it is.' },
    ],
    { title: TITLE },
  );
  if (!picked) throw cancellation();
  return picked.label === again ? {} : undefined;
}

async function pickTarget(): Promise<Target> {
  const location = await askForLocation(TITLE);
  const there = await runCancellable('Asking AWS', ({ signal }) => listAcm(location, signal));
  const items: readonly (PlainItem & { readonly arn?: string })[] = [
    { label: 'A New Certificate', icon: 'add', detail: 'With an ARN of its own.' },
    ...there.filter(({ type }) => type === 'IMPORTED').map(toItem),
  ];
  const picked = await showQuickPick(items, {
    title: TITLE,
    placeHolder: 'What it takes the place of',
    matchOnDetail: true,
  });
  if (!picked) throw cancellation();
  return { ...location, ...(picked.arn === undefined ? { asNew: true } : { arn: picked.arn }) };
}

/** A certificate to choose. */
export function toItem(certificate: AcmCertificate): PlainItem & { readonly arn: string } {
  const { arn, names } = certificate;
  return {
    label: names.join(', ') || arn,
    icon: 'verified',
    description: describeState(certificate),
    detail: arn,
    arn,
  };
}

/** A key leaves this machine, so its owner says yes; to the same place only once. */
async function confirm({
  region,
  arn,
  again,
}: Parameters<Parameters<typeof importIntoAcm>[2]['confirm']>[0]): Promise<void> {
  if (again) return;
  const where = arn === undefined ? '' : ` in the place of ${arn}`;
  const question = `Send the certificate and its key to AWS in ${region}${where}?`;
  if ((await ask(question, IMPORT_FACTS.join('\n'), IMPORT)) !== IMPORT) throw cancellation();
}
