import { when, type Client, type Line } from './client.ts';
import { COMPOSE_SERVICE, nameOfHost } from './container-names.ts';

/** Only the authority is mounted, never the folder that has the key beside it. */
const RECREATE: readonly Line[] = when(
  'ca',
  'Make the container again after the authority has changed: it keeps the file it was made with.',
);

/** What names the authority to Chroma’s clients in Python and in Node.js. */
const AUTHORITY_VARIABLES = ['CHROMA_SERVER_SSL_VERIFY', 'NODE_EXTRA_CA_CERTS'];

const BEFORE: readonly Line[] = [
  'Python and Node.js connect to https://«hostName»:«port».',
  ...when(
    'lacks-host',
    'First add «hostName» to chromaTls.certificate.additionalNames, and generate',
    'the certificate again: it does not have this name yet.',
  ),
  'On Linux set chromaTls.bindAddress to the engine’s bridge, such as 172.17.0.1: its containers',
  'do not reach 127.0.0.1.',
  ...RECREATE,
];

export const CONTAINER_RUN: Client = {
  id: 'container',
  name: 'A container (docker run)',
  syntax: 'shell',
  languages: ['shellscript', 'dockerfile'],
  verification: 'environment',
  before: BEFORE,
  code: [
    '«engine» run --rm \\',
    '  --add-host «hostName»:host-gateway \\',
    ...when(
      'ca',
      '  --volume «caMount» \\',
      ...AUTHORITY_VARIABLES.map((name) => `  --env ${name}=«caInside» \\`),
    ),
    ...when('token', '  --env «token» \\'),
    '  IMAGE',
  ],
  example: [],
  reach: nameOfHost,
};

/** https://docs.docker.com/reference/compose-file/services/#long-syntax-5 */
export const CONTAINER_COMPOSE: Client = {
  id: 'compose-service',
  name: 'A service of the same Compose file',
  syntax: 'yaml',
  languages: ['dockercompose', 'yaml'],
  verification: 'environment',
  before: [
    'For a service beside Chroma. Python and Node.js connect to https://«service»:«servicePort».',
    ...when(
      'lacks-service',
      'First add «service» to chromaTls.certificate.additionalNames, and generate the certificate',
      'again: it does not have this name yet.',
    ),
    ...RECREATE,
  ],
  code: [
    'services:',
    '  client:',
    '    image: IMAGE',
    '    depends_on: [«service»]',
    ...when('environment', '    environment:'),
    ...when('ca', ...AUTHORITY_VARIABLES.map((name) => `      ${name}: «caInside»`)),
    ...when('token', '      «token»: ${«token»}'),
    ...when(
      'ca',
      '    volumes:',
      '      - type: bind',
      '        source: «ca»',
      '        target: «caInside»',
      '        read_only: true',
    ),
  ],
  example: [],
  reach: () => COMPOSE_SERVICE,
};

/** Many images have a user with sudo, others root and no sudo. */
const ADD_TO_STORE =
  "$(command -v sudo) sh -c 'cp «caInside» /usr/local/share/ca-certificates/chroma-tls.crt && update-ca-certificates'";

/** As devcontainer-dev-certs does it: trusted inside the container, and only there. */
export const DEV_CONTAINER: Client = {
  id: 'devcontainer',
  name: 'A dev container (devcontainer.json)',
  syntax: 'json',
  languages: ['jsonc', 'json'],
  verification: 'environment',
  before: BEFORE,
  code: [
    '"runArgs": [',
    '  "--add-host=«hostName»:host-gateway",',
    ...when('ca', '  "--volume", «caMount»,'),
    '],',
    ...when('environment', '"containerEnv": {'),
    ...when('ca', ...AUTHORITY_VARIABLES.map((name) => `  "${name}": "«caInside»",`)),
    ...when('token', '  "«token»": "${localEnv:«token»}",'),
    ...when('environment', '},'),
    ...when(
      'ca',
      '// Debian, Ubuntu, Alpine: programs that ask the container’s own trust store accept it too.',
      '// Leave it out where the image lacks the package ca-certificates.',
      `"postStartCommand": "${ADD_TO_STORE}",`,
    ),
  ],
  example: [],
  reach: nameOfHost,
};
