/** An ACME server that anybody can use, or whose address we know the form of. */
export interface KnownDirectory {
  readonly name: string;
  readonly url: string;
  /** Its certificates are for trying out: no client trusts them. */
  readonly isTrial?: true;
  /** What to use once this one has worked. */
  readonly production?: string;
  /** Where to get the key that binds an account to one that a user has there (RFC 8555, 7.3.4). */
  readonly binding?: string;
}

const LETS_ENCRYPT = 'https://acme-v02.api.letsencrypt.org/directory';

/** In the order in which they are offered: what costs no attempt comes first. */
export const KNOWN_DIRECTORIES: readonly KnownDirectory[] = [
  {
    name: 'Let’s Encrypt (staging)',
    url: 'https://acme-staging-v02.api.letsencrypt.org/directory',
    isTrial: true,
    production: LETS_ENCRYPT,
  },
  { name: 'Let’s Encrypt', url: LETS_ENCRYPT },
  {
    name: 'ZeroSSL',
    url: 'https://acme.zerossl.com/v2/DV90',
    binding: 'ZeroSSL’s dashboard makes one under Developer, EAB Credentials.',
  },
  {
    name: 'Google Trust Services',
    url: 'https://dv.acme-v02.api.pki.goog/directory',
    binding: 'gcloud publicca external-account-keys create makes one; it holds for one account.',
  },
];

/** How AWS Certificate Manager names the ACME endpoints of its customers. */
const AWS_ENDPOINT =
  /^https:\/\/acm-acme-enroll\.[a-z\d-]+\.(api\.aws|api\.amazonwebservices\.com\.cn)\//;

/** The example that AWS's user guide gives. */
export const AWS_EXAMPLE =
  'https://acm-acme-enroll.us-east-1.api.aws/00000000-0000-0000-0000-000000000000/directory';

export function findKnownDirectory(url: string): KnownDirectory | undefined {
  return KNOWN_DIRECTORIES.find((known) => known.url === url);
}

/**
 * Whether a directory is one of AWS Certificate Manager. There names are approved beforehand, so that
 * no challenge is answered, and an order takes minutes.
 */
export function isAwsEndpoint(url: string): boolean {
  return AWS_ENDPOINT.test(url);
}
