import { when, type Client } from './client.ts';

const TOKEN = when('token', '  --header "Authorization: Bearer $«token»" \\');

/** https://curl.se/docs/manpage.html */
export const CURL: Client = {
  id: 'curl',
  name: 'curl',
  syntax: 'shell',
  languages: ['shellscript'],
  verification: 'option',
  before: [],
  code: [
    'curl --fail --silent --show-error \\',
    ...when('ca', '  --cacert «ca» \\'),
    ...TOKEN,
    '  «collections»',
  ],
  example: [],
};

/**
 * The browser of collections in Chroma's own program. It takes a URL for a host, and reads
 * `SSL_CERT_FILE` as rustls-native-certs does; that stands for this one command only. Seen with 1.5.9.
 */
export const CHROMA_BROWSE: Client = {
  id: 'chroma-browse',
  name: 'chroma browse',
  syntax: 'shell',
  languages: ['shellscript'],
  verification: 'environment',
  before: [],
  code: [...when('ca', 'SSL_CERT_FILE=«ca» \\'), 'chroma browse documents --local --host «url»'],
  example: [],
  refuse: ({ generation, tokenVariable }) => {
    if (generation === 'python') return 'Only Chroma 1.x has it.';
    return tokenVariable === undefined ? undefined : 'It cannot send a token.';
  },
};
