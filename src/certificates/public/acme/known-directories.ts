/** An ACME authority that anybody may ask for certificates. */
export interface KnownDirectory {
  /** What stands for it on a command line. */
  readonly word: string;
  readonly name: string;
  readonly url: string;
  /** What a user should know before they choose it, as a sentence. */
  readonly note: string;
  /** Whether it takes accounts only from those who have one with it already. */
  readonly needsBinding: boolean;
  /** Where the key of such an account is had. */
  readonly bindingPage?: string;
}

/** In the order they are offered: what spends nothing comes first. */
export const KNOWN_DIRECTORIES = [
  {
    word: 'staging',
    name: 'Let’s Encrypt, for trying',
    url: 'https://acme-staging-v02.api.letsencrypt.org/directory',
    note: 'Its certificates are trusted by nobody, and its limits are wide: try it here first.',
    needsBinding: false,
  },
  {
    word: 'production',
    name: 'Let’s Encrypt',
    url: 'https://acme-v02.api.letsencrypt.org/directory',
    note: 'Its certificates are trusted everywhere; five failures an hour per name are its limit.',
    needsBinding: false,
  },
  {
    word: 'zerossl',
    name: 'ZeroSSL',
    url: 'https://acme.zerossl.com/v2/DV90',
    note: 'It wants an account of yours, by its key id and HMAC key.',
    needsBinding: true,
    bindingPage: 'https://app.zerossl.com/developer',
  },
  {
    word: 'google',
    name: 'Google Trust Services',
    url: 'https://dv.acme-v02.api.pki.goog/directory',
    note: 'It wants a project of yours at Google Cloud, by its key id and HMAC key.',
    needsBinding: true,
    bindingPage: 'https://cloud.google.com/certificate-manager/docs/public-ca-tutorial',
  },
] as const satisfies readonly KnownDirectory[];

/** A directory that anybody may ask, by its URL. */
export function findKnownDirectory(url: string): KnownDirectory | undefined {
  return KNOWN_DIRECTORIES.find((known) => known.url === url);
}

/** The URL that a user means: one as it is, or the word for a known directory. */
export function resolveDirectory(text: string): string {
  return KNOWN_DIRECTORIES.find(({ word }) => word === text)?.url ?? text;
}

/** Whether no client trusts what a directory issues. */
export function isStaging(url: string): boolean {
  return findKnownDirectory(url)?.word === 'staging';
}
