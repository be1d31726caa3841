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
