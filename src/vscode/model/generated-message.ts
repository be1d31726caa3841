import { relative } from 'node:path';
import type { GenerateResult } from '../../certificates/generate.ts';
import { explainTrustLoss, type TrustChange } from '../../certificates/authorities/trust-change.ts';
import type { FormerTrust } from './former-trust.ts';
import { formatDate } from './wording.ts';

/** What was made, where it is, what became of what was there, and whether trust must be given again. */
export function describeGenerated(
  result: GenerateResult,
  workspace: string,
  former?: FormerTrust,
): string {
  const { facts, files, endsEarly, backup, passphraseLost } = result;
  const until = formatDate(facts.notAfter);
  const end = endsEarly ? `${until}, when its authority ends` : until;
  return [
    `The certificate for ${facts.names.join(', ')} is ready, valid until ${end}.`,
    ...(passphraseLost ? ['The new key has no passphrase.'] : []),
    describeTrust(result, relative(workspace, files.ca)),
    ...(former ? [former.message] : []),
    ...(backup === undefined
      ? []
      : [`The previous files are kept in ${relative(workspace, backup)}.`]),
  ].join(' ');
}

function describeTrust(change: TrustChange, ca: string): string {
  switch (change.authority) {
    case 'created':
      return `Clients verify it with ${ca}.`;
    case 'reused':
      return `The authority is the same, so clients that use ${ca} need nothing new.`;
    case 'replaced':
      return `The authority is new: give clients the new ${ca}. ${explainTrustLoss(change.trustLost)}`;
    case 'none':
      return change.trustLost === undefined
        ? `It is self-signed: clients verify it with ${ca}.`
        : `It is self-signed: give clients the new ${ca}.`;
  }
}
