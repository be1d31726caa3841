import { relative } from 'node:path';
import type { GenerateResult } from '../certificates/generate.ts';
import { formatDate } from './wording.ts';

/** What was made, where it is, what became of what was there, and whether trust must be given anew. */
export function describeGenerated(result: GenerateResult, workspace: string): string {
  const { facts, files, authority, backup } = result;
  const ca = relative(workspace, files.ca);
  const until = formatDate(facts.notAfter);
  return [
    `The certificate for ${facts.names.join(', ')} is ready, valid until ${until}.`,
    describeTrust(authority, ca),
    ...(backup === undefined
      ? []
      : [`The previous files are kept in ${relative(workspace, backup)}.`]),
  ].join(' ');
}

function describeTrust(authority: GenerateResult['authority'], ca: string): string {
  switch (authority) {
    case 'created':
      return `Clients verify it with ${ca}.`;
    case 'none':
      return `It is self-signed: clients verify it with ${ca}.`;
    case 'reused':
      return `The authority is the same, so clients that use ${ca} need nothing new.`;
    case 'replaced':
      return `The authority is new: give clients the new ${ca}.`;
  }
}
