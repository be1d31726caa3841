import { describePlan, describeSource } from '../../../certificates/public/renewal-words.ts';
import type { PassedOn } from '../../../workspace/public/acm.ts';
import type { Renewal } from '../../../workspace/public/renew.ts';
import { toButton, type Button } from '../actions.ts';
import { describeFormerTrust } from '../messages/certificate-message.ts';
import { formatDate } from '../messages/wording.ts';

/** Tells what came of a renewal, and offers what is left to do. Pure. */
export function describeRenewal(
  renewal: Renewal & { readonly passedOn?: PassedOn },
): RenewalMessage {
  const told = describeAlone(renewal);
  const { passedOn } = renewal;
  if (passedOn === undefined) return told;
  const { message, button } = told;
  if (passedOn.kind === 'imported') return { ...told, message: `${message} AWS has it too.` };
  return {
    message: `${message} AWS still has the one before.`,
    button: button ?? toButton('importIntoAws'),
  };
}

interface RenewalMessage {
  readonly message: string;
  readonly button?: Button;
}

function describeAlone(renewal: Renewal): RenewalMessage {
  const { source, plan } = renewal;
  switch (renewal.kind) {
    case 'waits':
      return { message: describePlan(plan) };
    case 'unchanged':
      return { message: `${describeSource(source)} has no newer certificate yet.` };
    case 'renewed': {
      const { facts, result } = renewal;
      const former = describeFormerTrust(result.formerTrust, !facts.selfSigned);
      const names = facts.names.join(', ');
      const renewed = `The certificate for ${names} is renewed, valid until ${formatDate(facts.notAfter)}.`;
      return former
        ? { message: `${renewed} ${former.message}`, button: former.button }
        : { message: renewed };
    }
  }
}
