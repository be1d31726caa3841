import type { CaaRecord } from 'node:dns';
import type { ServerName } from '../../../../project/domain.ts';
import type { Challenge } from '../../certificate-source.ts';
import { askDns, climb, type NameServers } from './name-servers.ts';

/** What says who may issue for a name. */
export interface CaaSet {
  /** Where the records are: at the name itself, or above it. */
  readonly at: string;
  readonly records: readonly CaaRecord[];
}

/**
 * The CAA records that count for a name: those nearest to it on the way up (RFC 8659 section 3).
 *
 * @returns undefined where there are none, and where the DNS does not answer
 */
export async function findCaa(host: string, { own }: NameServers): Promise<CaaSet | undefined> {
  for (const at of climb(host)) {
    const records = await askDns(own.resolveCaa(at));
    if (!records) return undefined;
    if (records.length > 0) return { at, records };
  }
  return undefined;
}

/** Who asks for what, and by which proof. */
interface Asked {
  readonly wildcard: boolean;
  /** What the authority calls itself in CAA records; any of them will do. */
  readonly identities: readonly string[];
  readonly challenge: Challenge['type'];
}

/** Of RFC 8659, RFC 8657 and RFC 9495; a critical one that nobody knows forbids all. */
const KNOWN_TAGS = new Set([
  ...['critical', 'issue', 'issuewild', 'iodef'],
  ...['contactemail', 'contactphone', 'issuemail', 'issuevmc'],
]);

/**
 * Whether the records let an authority issue. What `accounturi` asks for is left to the authority.
 * Pure.
 */
export function isAllowed(records: readonly CaaRecord[], asked: Asked): boolean {
  const isUnknown = (record: CaaRecord): boolean =>
    Object.keys(record).some((tag) => !KNOWN_TAGS.has(tag.toLowerCase()));
  if (records.some((record) => record.critical !== 0 && isUnknown(record))) return false;
  const values = relevantValues(records, asked.wildcard);
  // Such as an address for reports alone: it names nobody, and so allows all.
  return values.length === 0 || values.some((value) => namesAuthority(value, asked));
}

/** The authorities that the records allow, for a user to read. Pure. */
export function allowedAuthorities(records: readonly CaaRecord[], wildcard: boolean): string[] {
  return relevantValues(records, wildcard)
    .map((value) => readValue(value).authority)
    .filter((authority) => authority !== '');
}

/** For a wildcard `issuewild` takes the place of `issue`, where there is one. */
function relevantValues(records: readonly CaaRecord[], wildcard: boolean): readonly string[] {
  const all = (tag: 'issue' | 'issuewild'): string[] =>
    records.flatMap((record) => record[tag] ?? []);
  const wild = wildcard ? all('issuewild') : [];
  return wild.length > 0 ? wild : all('issue');
}

function namesAuthority(value: string, { identities, challenge }: Asked): boolean {
  const { authority, methods } = readValue(value);
  if (!identities.some((identity) => identity.toLowerCase() === authority)) return false;
  return methods === undefined || methods.includes(challenge.replace('-webroot', ''));
}

/** `authority; validationmethods=http-01,dns-01; accounturi=…` (RFC 8657). */
function readValue(value: string): {
  readonly authority: string;
  readonly methods?: readonly string[];
} {
  const [authority = '', ...parameters] = value.split(';').map((part) => part.trim());
  const methods = parameters
    .map((parameter) => /^validationmethods\s*=\s*(.*)$/i.exec(parameter)?.[1])
    .find((listed) => listed !== undefined);
  return {
    authority: authority.toLowerCase(),
    ...(methods === undefined ? {} : { methods: methods.split(',').map((one) => one.trim()) }),
  };
}

/** What of a name the DNS is asked about. */
export function hostOf({ value }: Pick<ServerName, 'value'>): string {
  return value.replace(/^\*\./, '');
}
