import fc from 'fast-check';

/** A name as a user may write it, and as a certificate must have it. */
export interface RandomName {
  readonly written: string;
  readonly kind: 'dns' | 'ip' | 'uri' | 'email';
  /** An address as its bytes in hex, so that no two spellings of it differ. */
  readonly expected: string;
}

/** Labels in letters of the world and their A-labels: IANA's own test names, and a German one. */
const INTERNATIONAL = [
  ['bücher', 'xn--bcher-kva'],
  ['測試', 'xn--g6w251d'],
  ['испытание', 'xn--80akhbyknj4f'],
  ['테스트', 'xn--9t4b11yi5a'],
  ['δοκιμή', 'xn--jxalpdlp'],
  ['إختبار', 'xn--kgbechtv'],
  ['परीक्षा', 'xn--11b5bs3a9aj6g'],
] as const;

const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,8})?$/);
const letterCase = fc.boolean();

/** Host names of one to four labels; the last one no number, as a URL's host must be. */
const host = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));

const plain = fc.tuple(host, letterCase).map(([name, upper]): RandomName => ({
  kind: 'dns',
  written: upper ? name.toUpperCase() : name,
  expected: name,
}));
const wildcard = fc.tuple(label, host).map(([first, rest]): RandomName => {
  const name = `*.${first}.${rest}`;
  return { kind: 'dns', written: name, expected: name };
});
const international = fc
  .tuple(fc.constantFrom(...INTERNATIONAL), host)
  .map(([[unicode, ascii], rest]): RandomName => ({
    kind: 'dns',
    written: `${unicode}.${rest}`,
    expected: `${ascii}.${rest}`,
  }));
const ipv4 = fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes): RandomName => ({
  kind: 'ip',
  written: bytes.join('.'),
  expected: Buffer.from(bytes).toString('hex'),
}));
/** Groups are often zero, so that there is something to abbreviate. */
const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
const ipv6 = fc
  .tuple(fc.array(group, { minLength: 8, maxLength: 8 }), fc.constantFrom('full', 'short', 'upper'))
  // IPv4 in IPv6 form is refused by its own rule.
  .filter(([groups]) => groups.slice(0, 5).some((each) => each !== 0) || groups[5] !== 0xffff)
  .map(([groups, style]): RandomName => ({
    kind: 'ip',
    written: writeIpv6(groups, style),
    expected: groups.map((each) => each.toString(16).padStart(4, '0')).join(''),
  }));
const uri = host.map((name): RandomName => {
  const text = `https://${name}/a/b?c=d`;
  return { kind: 'uri', written: text, expected: text };
});
const email = fc.tuple(label, host).map(([user, name]): RandomName => {
  const text = `${user}@${name}`;
  return { kind: 'email', written: text, expected: text };
});

const serverName = fc.oneof(
  { weight: 4, arbitrary: plain },
  { weight: 2, arbitrary: wildcard },
  { weight: 2, arbitrary: international },
  { weight: 2, arbitrary: ipv4 },
  { weight: 2, arbitrary: ipv6 },
);

/** From one to twenty names, the first a server's. */
export const names = fc
  .tuple(
    serverName,
    fc.array(
      fc.oneof(
        { weight: 8, arbitrary: serverName },
        { weight: 1, arbitrary: uri },
        { weight: 1, arbitrary: email },
      ),
      { maxLength: 19 },
    ),
  )
  .map(([first, more]): readonly RandomName[] => [first, ...more]);

/** Each name once, in the order of their first mention: what a certificate must list. */
export function expectedNames(all: readonly RandomName[]): readonly string[] {
  return [...new Set(all.map(({ kind, expected }) => `${kind}:${expected}`))];
}

function writeIpv6(groups: readonly number[], style: string): string {
  const text = groups.map((each) => each.toString(16)).join(':');
  switch (style) {
    case 'short':
      return text.replace(/(?:^|:)0(?::0)+(?:$|:)/, '::');
    case 'upper':
      return text.toUpperCase();
    default:
      return groups.map((each) => each.toString(16).padStart(4, '0')).join(':');
  }
}
