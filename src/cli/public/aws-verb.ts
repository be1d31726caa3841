import type {
  AcmCertificate,
  AcmCertificateDetails,
} from '../../certificates/public/acm/acm-certificate.ts';
import type { AcmLocation } from '../../certificates/public/acm/acm-location.ts';
import {
  describeState,
  IMPORT_FACTS,
  ORDER_FACTS,
} from '../../certificates/public/acm/describe-certificate.ts';
import { readNames } from '../../certificates/inspect/certificate-names.ts';
import { parseServerName } from '../../project/domain.ts';
import { ExplainedError } from '../../system/errors.ts';
import { describeAcm, importIntoAcm, listAcm } from '../../workspace/public/acm.ts';
import { covers, exportFromAcm, requestFromAcm } from '../../workspace/public/acm-order.ts';
import { confirm } from '../confirm.ts';
import {
  open,
  openForFetching,
  say,
  sayAftercare,
  sayCertificate,
  type CliContext,
} from '../verbs.ts';

const ACTIONS = {
  import: importThere,
  request,
  export: exportHere,
  list,
} as const;

/** Brings the certificate into AWS Certificate Manager, or one out of it. */
export async function aws(context: CliContext): Promise<number> {
  const { action = '' } = context.options.fetching;
  // The arguments name one of them.
  return ACTIONS[action as keyof typeof ACTIONS](context);
}

function locate({ options }: CliContext): AcmLocation & { readonly arn?: string | undefined } {
  const { region, profile, arn, 'endpoint-url': endpoint } = options.fetching;
  return { region, profile, endpoint, arn };
}

async function importThere(context: CliContext): Promise<number> {
  const { options, signal } = context;
  const asNew = options.fetching.force;
  const { arn, region, replaced } = await importIntoAcm(
    await open(context),
    { ...locate(context), asNew },
    {
      signal,
      confirm: ({ region: there, again, leftBehind }) =>
        again
          ? Promise.resolve()
          : confirm(context, {
              question: `Send the certificate and its key to AWS Certificate Manager in ${there}?`,
              details: [
                ...IMPORT_FACTS,
                ...(leftBehind === undefined
                  ? []
                  : [`What was imported before (${leftBehind}) stays as it is.`]),
              ],
              refused: 'Nothing was sent to AWS.',
            }),
    },
  );
  say(`${replaced ? 'Imported again into' : 'Imported into'} ${region}`);
  say(`  ${arn}`);
  return 0;
}

async function request(context: CliContext): Promise<number> {
  const { options, signal } = context;
  const { wait } = options.fetching;
  const { order, wasThere } = await requestFromAcm(await open(context), locate(context), {
    signal,
    wait,
    confirmCost: (names, region) =>
      confirm(context, {
        question: `Order a certificate for ${names.join(', ')} in ${region}?`,
        details: ORDER_FACTS,
        refused: 'Nothing was ordered.',
      }),
    showRecords: (pending) => {
      for (const line of listRecords(pending)) process.stderr.write(`${line}\n`);
      process.stderr.write('Waiting until AWS has issued it…\n');
    },
  });
  say(wasThere ? 'It was ordered before; nothing was ordered again.' : 'Ordered.');
  sayDetails(order);
  if (order.status === 'ISSUED') say(`chroma-tls aws export --arn ${order.arn} brings it here.`);
  return order.status === 'ISSUED' || order.status === 'PENDING_VALIDATION' ? 0 : 1;
}

async function exportHere(context: CliContext): Promise<number> {
  const { signal } = context;
  const workspace = await openForFetching(context);
  const { plan, ...result } = await exportFromAcm(workspace, locate(context), {
    signal,
    choose: (certificates) => Promise.resolve(chooseArn(certificates, workspace.domain)),
    confirm: async ({ names }, coversDomain) => {
      if (coversDomain) return;
      await confirm(context, {
        question: 'Put it in place all the same?',
        details: [
          `It is for ${names.join(', ')}; clients of ${workspace.domain} will not accept it.`,
        ],
        refused: 'Nothing was exported.',
      });
    },
  });
  say(`Exported ${result.files.certificate}`);
  sayCertificate({ names: readNames(plan.leaf).servers, notAfter: new Date(plan.leaf.validTo) });
  sayAftercare(result, plan.bringsAuthority);
  return 0;
}

/** The one that is issued for the domain. @throws ExplainedError `aws-certificate-not-named` */
function chooseArn(certificates: readonly AcmCertificate[], domain: string): string {
  const fitting = certificates.filter((one) => covers(one, parseServerName(domain)));
  const [only, ...more] = fitting;
  if (only && more.length === 0) return only.arn;
  throw new ExplainedError({
    code: 'aws-certificate-not-named',
    what: only
      ? `There are several exportable certificates for ${domain} in AWS.`
      : `There is no exportable certificate for ${domain} in AWS.`,
    ...(certificates.length === 0
      ? {}
      : { why: `These can be exported: ${certificates.map(describeChoice).join('; ')}.` }),
    inTerminal: only
      ? 'Name one with --arn.'
      : 'Order one with chroma-tls aws request, or name one with --arn and its --region.',
  });
}

function describeChoice({ arn, names, status }: AcmCertificate): string {
  return `${arn} (${names.join(', ')}, ${status})`;
}

async function list(context: CliContext): Promise<number> {
  const { options, signal } = context;
  const { arn, ...location } = locate(context);
  if (arn !== undefined) {
    const details = await describeAcm(location, arn, signal);
    if (options.json) say(JSON.stringify(details, undefined, 2));
    else sayDetails(details);
    return 0;
  }
  const certificates = await listAcm(location, signal);
  if (options.json) say(JSON.stringify(certificates, undefined, 2));
  else if (certificates.length === 0) say('There is no certificate in this region.');
  else certificates.forEach(sayCertificateThere);
  return 0;
}

function sayCertificateThere(certificate: AcmCertificate): void {
  say(certificate.arn);
  say(`  for ${certificate.names.join(', ')}`);
  say(`  ${describeState(certificate)}`);
}

function sayDetails(details: AcmCertificateDetails): void {
  sayCertificateThere(details);
  for (const user of details.usedBy) say(`  used by ${user}`);
  if (details.failure !== undefined) say(`  AWS says why: ${details.failure}`);
  for (const line of listRecords(details)) say(line);
}

/** The DNS records, a line each. Pure. */
function listRecords({ records, unproved }: AcmCertificateDetails): readonly string[] {
  if (records.length === 0) return [];
  const state =
    unproved.length > 0
      ? `Set these records; ${unproved.join(', ')} waits for them:`
      : 'Leave these records in place: AWS renews the certificate by them.';
  return [state, ...records.map(({ name, type, value }) => `  ${name} ${type} ${value}`)];
}
