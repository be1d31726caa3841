import { isIP } from 'node:net';
import type { Problem } from '../../system/errors.ts';
import { isUndecided, type FoundAddress, type NameLookup } from './name-lookup.ts';

export type LookupProblem = Problem<'name-not-resolved' | 'foreign-listener'>;

/** Problems of looking up a server's name: it answers, but clients may not find it. Pure. */
export function findLookupProblems(
  lookup: NameLookup,
  platform: NodeJS.Platform = process.platform,
): readonly LookupProblem[] {
  const resolved = lookup.found.filter(({ from }) => from === 'resolver');
  const strangers = lookup.found.filter(({ answer }) => answer === 'stranger');
  const mayBeFound =
    isUndecided(lookup) ||
    resolved.some(({ answer }) => answer === 'server' || answer === 'unknown');
  if (!mayBeFound) {
    const what = `${describeMiss(lookup, resolved)} ${advise(lookup, platform)}`;
    return [{ code: 'name-not-resolved', what, action: 'setDomain' }];
  }
  return strangers.length === 0
    ? []
    : [
        {
          code: 'foreign-listener',
          what: describeStrangers(lookup, strangers),
          action: 'openSettings',
        },
      ];
}

function describeMiss(
  { host, port, published, found, failure }: NameLookup,
  resolved: readonly FoundAddress[],
): string {
  if (isIP(host)) {
    return `Clients go to ${host}, where this server cannot be reached: it is published on ${published}.`;
  }
  if (resolved.length > 0) {
    const others = resolved.map(nameAddress).join(', ');
    return `${host} leads to ${others}, where this server cannot be reached on port ${port}: it is published on ${published}.`;
  }
  if (found.some(({ answer }) => answer === 'server')) {
    return `Browsers take ${host} for this machine, but the system's resolver does not know it: other clients, such as Python, do not find the server.`;
  }
  return failure === 'ENOTFOUND' || failure === undefined
    ? `This machine does not know the name ${host}, so no client finds the server.`
    : `This machine cannot look up ${host} (${failure}), so no client finds the server.`;
}

function advise({ host, published }: NameLookup, platform: NodeJS.Platform): string {
  if (isIP(host)) {
    return `Set chromaTls.bindAddress to ${host} if it is an address of this machine, or CHROMA_DOMAIN to ${published}.`;
  }
  const file = platform === 'win32' ? 'C:\\Windows\\System32\\drivers\\etc\\hosts' : '/etc/hosts';
  return `Add this line to ${file}: ${published} ${host}`;
}

function describeStrangers({ host, port }: NameLookup, strangers: readonly FoundAddress[]): string {
  const where = strangers.map(nameAddress).join(', ');
  return `${host} also leads to ${where}: clients may reach that instead of this server. End it, or choose another port than ${port}.`;
}

function nameAddress({ address, answer, holder }: FoundAddress): string {
  return answer === 'stranger'
    ? `${address}, where ${holder ?? 'another program'} listens`
    : address;
}
