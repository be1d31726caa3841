import { lookup } from 'node:dns/promises';
import type { ServerName } from '../../../project/domain.ts';
import { ExplainedError } from '../../../system/errors.ts';
import { TimeoutError, withTimeLimit } from '../../../system/time-limit.ts';
import type { AcmeSource } from '../certificate-source.ts';
import { isAwsEndpoint } from './aws-endpoint.ts';
import type { Directory } from './directory.ts';
import { allowedAuthorities, findCaa, hostOf, isAllowed } from './dns/caa.ts';
import { askDns, chooseNameServers, type NameServers } from './dns/name-servers.ts';
import { findKnownDirectory } from './known-directories.ts';
import { isPrivateAddress } from '../private-name.ts';

/** An order before it is placed. */
export interface Preflight {
  readonly names: readonly ServerName[];
  readonly source: Pick<AcmeSource, 'challenge' | 'profile'>;
  readonly directory: Pick<Directory, 'url' | 'caaIdentities'>;
  /** The names that an authority for trying has issued for. */
  readonly rehearsed: readonly string[];
  /** Hears what may well go wrong, as a few words. */
  readonly report: (advice: string) => void;
  readonly signal: AbortSignal;
}

/** Milliseconds for all that is asked of the DNS. */
const LIMIT = 10_000;

/**
 * Sees what can be known before an attempt is spent with an authority, and refuses what it would
 * refuse. What cannot be known, as where no name server answers, does not count as a failure.
 *
 * @throws ExplainedError `acme-profile-unfit`, `caa-forbids`, `name-not-found`; AbortError
 */
export async function preflight(order: Preflight, dns = chooseNameServers()): Promise<void> {
  refuseProfile(order);
  adviseRehearsal(order);
  const hosts = order.names.filter(({ kind }) => kind === 'dns');
  try {
    await withTimeLimit(LIMIT, order.signal, () =>
      Promise.all([
        ...hosts.map((name) => requireCaa(name, order, dns)),
        ...hosts.map((name) => requireAddress(name, order, dns)),
      ]),
    );
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    order.report('the DNS does not answer here; the names were not checked');
  }
}

/** Let's Encrypt signs addresses for six days only. */
function refuseProfile({ names, source, directory }: Preflight): void {
  const word = findKnownDirectory(directory.url)?.word;
  const address = names.find(({ kind }) => kind === 'ip');
  if (!address || source.profile === 'shortlived') return;
  if (word !== 'staging' && word !== 'production') return;
  throw new ExplainedError({
    code: 'acme-profile-unfit',
    what: `Let’s Encrypt signs the address ${address.display} in its profile shortlived only.`,
    why:
      source.profile === undefined
        ? 'No profile is asked for.'
        : `The profile ${source.profile} is asked for.`,
    next: 'Choose the profile shortlived, whose certificates last six days.',
    inTerminal: 'Add --profile shortlived, whose certificates last six days.',
  });
}

function adviseRehearsal({ names, directory, rehearsed, report }: Preflight): void {
  if (findKnownDirectory(directory.url)?.word !== 'production') return;
  const untried = names.filter(({ value }) => !rehearsed.includes(value));
  if (untried.length === 0) return;
  const listed = untried.map(({ display }) => display).join(', ');
  report(`${listed} was not tried with staging, where failures cost nothing`);
}

async function requireCaa(
  name: ServerName,
  { directory, source }: Preflight,
  dns: NameServers,
): Promise<void> {
  const identities = directory.caaIdentities;
  if (identities.length === 0) return;
  const found = await findCaa(hostOf(name), dns);
  const wildcard = name.kind === 'dns' && name.wildcard;
  const asked = { wildcard, identities, challenge: source.challenge.type };
  if (!found || isAllowed(found.records, asked)) return;
  const allowed = allowedAuthorities(found.records, wildcard);
  throw new ExplainedError({
    code: 'caa-forbids',
    what: `The DNS does not let this authority issue for ${name.display}.`,
    why: `Its CAA records allow ${allowed.length === 0 ? 'nobody' : allowed.join(', ')}, and this authority is ${identities.join(' or ')}.`,
    next: `Add ${found.at} CAA 0 ${wildcard ? 'issuewild' : 'issue'} "${identities[0] ?? ''}", or ask an authority that is allowed.`,
  });
}

/** The authority follows the name; by dns-01 it does not. */
async function requireAddress(
  name: ServerName,
  { directory, source, report }: Preflight,
  dns: NameServers,
): Promise<void> {
  if (source.challenge.type === 'dns-01') return;
  const host = hostOf(name);
  const [v4, v6] = await Promise.all([
    askDns(dns.own.resolve4(host)),
    askDns(dns.own.resolve6(host)),
  ]);
  const found = [...(v4 ?? []), ...(v6 ?? [])];
  const isPublic = findKnownDirectory(directory.url) !== undefined || isAwsEndpoint(directory.url);
  if (isPublic && found.length > 0 && found.every(isPrivateAddress)) {
    report(`no authority can reach ${name.display}: here it leads to ${found.join(', ')}`);
  }
  if (found.length > 0 || !v4 || !v6) return;
  if (!isPublic) {
    // A private authority may know it by other means, as this machine may.
    const isKnown = await lookup(host).then(
      () => true,
      () => false,
    );
    if (!isKnown) report(`the DNS here knows no address of ${name.display}`);
    return;
  }
  throw new ExplainedError({
    code: 'name-not-found',
    what: `The DNS knows no address of ${name.display}, so the authority cannot ask it.`,
    why: 'It has neither an A nor an AAAA record, or they are not known everywhere yet.',
    next: 'Set one that leads to this machine, or prove the name by DNS.',
    inTerminal: 'Set one that leads to this machine, or prove the name by --challenge dns-01.',
  });
}
