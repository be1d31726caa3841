import { describeSource } from '../certificates/public/renewal-source.ts';
import type { RenewalPlan } from '../certificates/public/renewal-plan.ts';
import { renew as renewCertificate, type Renewal } from '../workspace/renew.ts';
import { open, say, sayAftercare, sayCertificate, type CliContext } from './verbs.ts';

/** Renews the certificate where it came from, if that is due, and says when it is. */
export async function renew(context: CliContext): Promise<number> {
  const { options, signal } = context;
  const { force } = options.fetching;
  const renewal = await renewCertificate(await open(context), {
    force,
    signal,
    report: (step) => {
      process.stderr.write(`${step}…\n`);
    },
  });
  sayRenewal(renewal);
  return 0;
}

function sayRenewal(renewal: Renewal): void {
  const { source, plan } = renewal;
  const from = describeSource(source);
  switch (renewal.kind) {
    case 'waits':
      say(`Nothing is due. ${from}: ${describePlan(plan)}.`);
      return;
    case 'unchanged':
      say(`${from} has no newer certificate yet.`);
      return;
    case 'renewed':
      say(`Renewed. ${from}: ${describePlan(plan)}.`);
      sayCertificate(renewal.facts);
      sayAftercare(renewal.result, !renewal.facts.selfSigned);
  }
}

/** When it is renewed next, as a phrase. Pure. */
function describePlan({ due, why }: RenewalPlan): string {
  const day = due?.toISOString().slice(0, 16).replace('T', ' ');
  return due === undefined
    ? 'whoever got it there has to renew it, and chroma-tls import puts the next one in place'
    : `next renewal on ${day ?? ''} UTC (${WORDS[why]})`;
}

const WORDS: Readonly<Record<RenewalPlan['why'], string>> = {
  ari: 'its authority asks for that',
  'two-thirds': 'after two thirds of its lifetime',
  'by certbot': 'certbot renews it, and it is taken then',
  'by AWS': 'AWS renews it, and it is exported then',
  never: 'never',
};
