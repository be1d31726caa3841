import { describePlan, describeSource } from '../certificates/public/renewal-words.ts';
import { explain } from '../system/errors.ts';
import type { PassedOn } from '../workspace/acm.ts';
import type { Renewal } from '../workspace/renew.ts';
import { open, say, sayAftercare, sayCertificate, type CliContext } from './verbs.ts';

/** Renews the certificate where it came from, if that is due, and says when it is. */
export async function renew(context: CliContext): Promise<number> {
  const { options, signal } = context;
  const { force } = options.fetching;
  // Loaded only now: what renews brings libraries that nothing else needs.
  const { renew: renewCertificate } = await import('../workspace/renew.ts');
  const renewal = await renewCertificate(await open(context), {
    force,
    signal,
    report: (step) => {
      process.stderr.write(`${step}…\n`);
    },
  });
  sayRenewal(renewal);
  return sayPassedOn(renewal.passedOn);
}

/** @returns the exit code */
function sayPassedOn(passedOn: PassedOn | undefined): number {
  if (passedOn === undefined) return 0;
  if (passedOn.kind === 'imported') {
    say(`Imported again into AWS Certificate Manager in ${passedOn.region} (${passedOn.arn}).`);
    return 0;
  }
  process.stderr.write(
    `AWS Certificate Manager still has the certificate before this one. ${explain(passedOn.problem)}\n`,
  );
  return 1;
}

function sayRenewal(renewal: Renewal): void {
  const { source, plan } = renewal;
  const from = describeSource(source);
  switch (renewal.kind) {
    case 'waits':
      say(plan.due ? 'Nothing is to be renewed yet.' : 'Nothing is renewed here.');
      say(`  from     ${from}`);
      say(`  renewal  ${describePlan(plan)}`);
      return;
    case 'unchanged':
      say(`${from} has no newer certificate yet.`);
      return;
    case 'renewed':
      say(`Renewed. ${from}`);
      sayCertificate(renewal.facts);
      say(`  renewal  ${describePlan(plan)}`);
      sayAftercare(renewal.result, !renewal.facts.selfSigned);
  }
}
