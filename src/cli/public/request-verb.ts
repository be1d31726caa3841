import { readNames } from '../../certificates/inspect/certificate-names.ts';
import type { DnsRecord } from '../../certificates/public/acme/create-responder.ts';
import { ExplainedError } from '../../system/errors.ts';
import { requestCertificate } from '../../workspace/public/request.ts';
import { listNames, readAcmeSource, readBinding } from './acme-source.ts';
import { agrees } from '../confirm.ts';
import { openForFetching, say, sayAftercare, sayCertificate, type CliContext } from '../verbs.ts';

/** Requests a certificate from an ACME server, and puts it in place. */
export async function request(context: CliContext): Promise<number> {
  const { options, signal } = context;
  const typed = await readAcmeSource(options.fetching);
  const eab = await readBinding(options.fetching);
  const workspace = await openForFetching(context);
  const source = { ...typed, names: listNames(context, workspace.domain) };
  const { plan, ...result } = await requestCertificate(workspace, source, {
    eab,
    signal,
    agreeToTerms: (terms) => agreeToTerms(context, terms),
    showRecords: sayRecords,
    report: (step) => {
      process.stderr.write(`Requesting the certificate: ${step}…\n`);
    },
  });
  say(`Installed ${result.files.certificate}`);
  sayCertificate({ names: readNames(plan.leaf).servers, notAfter: new Date(plan.leaf.validTo) });
  sayAftercare(result, plan.bringsAuthority);
  return 0;
}

/** The records that a user sets by hand; they are looked for at once. */
export function sayRecords(records: readonly DnsRecord[]): Promise<void> {
  say('Set these records in the DNS:');
  for (const { name, value } of records) say(`  ${name} TXT ${value}`);
  return Promise.resolve();
}

/** @throws ExplainedError `terms-not-agreed`; AbortError */
async function agreeToTerms(
  { options, signal }: Pick<CliContext, 'options' | 'signal'>,
  terms: string,
): Promise<void> {
  process.stderr.write(`The authority's terms are at ${terms}\n`);
  if (options.fetching['agree-tos']) return;
  if (process.stdin.isTTY && (await agrees('Do you agree to them?', signal))) return;
  throw new ExplainedError({
    code: 'terms-not-agreed',
    what: 'Nothing was requested: the authority wants its terms agreed to.',
    why: `They are at ${terms}.`,
    inTerminal: 'Read them, then agree with --agree-tos.',
  });
}
