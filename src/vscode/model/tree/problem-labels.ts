import type { CertificateProblem } from '../../../certificates/inspect/certificate-state.ts';
import type { HeartbeatFailure } from '../../../chroma/health/heartbeat-failure.ts';
import type { ServerProblem } from '../../../chroma/status/server-problems.ts';

/**
 * A problem in a few words, as a line of the view in the narrowest side bar; the whole sentence is
 * its tooltip. Pure.
 *
 * @param code of a problem of the certificate, of the server, of its heartbeat or of its start
 */
export function labelProblem(code: string): string {
  return PROBLEM_LABELS.get(code) ?? 'Failed';
}

type WatchedCode = CertificateProblem['code'] | ServerProblem['code'] | HeartbeatFailure['code'];

/** What a certificate, a server that answers and a heartbeat can have: the compiler knows them all. */
const WATCHED = {
  // The certificate.
  'name-mismatch': 'Wrong name',
  'invalid-name': 'Invalid name',
  expired: 'Expired',
  'expires-soon': 'Expires soon',
  'not-yet-valid': 'Not valid yet',
  'authority-expired': 'Authority ended',
  'authority-expires-soon': 'Authority ends',
  'authority-not-yet-valid': 'Early authority',
  corrupt: 'File is damaged',
  'mismatched-pair': 'Wrong key',
  'half-pair': 'File is missing',
  unreadable: 'Not readable',
  'chain-broken': 'Broken chain',
  'authority-missing': 'No authority',
  'is-authority': 'Is an authority',
  'no-authority-identifier': 'No authority ID',
  'key-readable-by-others': 'Key not private',
  'key-locked': 'Key is locked',
  'key-tracked': 'Key is in git',
  'renewal-failed': 'Renewal failed',
  'renewal-late': 'Renewal is late',
  'aws-behind': 'AWS is behind',
  // The server.
  exposed: 'On the network',
  'serves-previous-certificate': 'Old certificate',
  'name-not-resolved': 'Unknown name',
  'foreign-listener': 'Shared port',
  // The heartbeat.
  refused: 'Nothing listens',
  'unknown-host': 'Unknown name',
  'no-route': 'No route to it',
  starting: 'Still starting',
  timeout: 'No answer',
  closed: 'Hung up',
  'unknown-ca': 'Other authority',
  'other-certificate': 'Serves another',
  'plain-http': 'No TLS',
  'wrong-api': 'Wrong version',
  'bad-answer': 'Wrong answer',
  'no-trust-anchor': 'No trust anchor',
  'unsupported-constraint': 'Not verifiable',
  other: 'No heartbeat',
} as const satisfies Readonly<Record<WatchedCode, string>>;

/** What a start, a setting, a file or a runtime can have; a test finds them in the code. */
const FAILURES: Readonly<Record<string, string>> = {
  // Settings, files and folders.
  'invalid-setting': 'Invalid setting',
  'outside-workspace': 'Outside folder',
  'env-not-readable': '.env not read',
  'env-not-writable': '.env not written',
  'certs-not-readable': 'Not readable',
  'certs-not-writable': 'Not writable',
  'data-folder-not-usable': 'No data folder',
  'file-refused': 'File refused',
  'file-too-large': 'File too large',
  'not-a-file': 'Not a file',
  'pipe-silent': 'Nothing to read',
  'yaml-too-many-aliases': 'YAML refused',
  'disk-full': 'Disk is full',
  unexpected: 'Unexpected',
  // Making a certificate.
  'invalid-validity': 'Invalid dates',
  'generation-busy': 'Busy elsewhere',
  'not-made-here': 'Not our files',
  'key-missing': 'Key is missing',
  'key-not-untracked': 'Key is in git',
  'openssl-failed': 'OpenSSL failed',
  'openssl-not-installed': 'No OpenSSL',
  'openssl-too-old': 'Old OpenSSL',
  'openssl-unsafe': 'Risky OpenSSL',
  // The container engine and its images.
  'docker-not-installed': 'No Docker',
  'docker-not-running': 'Docker is off',
  'docker-not-permitted': 'No permission',
  'docker-not-integrated': 'Not in WSL',
  'docker-no-answer': 'Docker is silent',
  'docker-failed': 'Docker failed',
  'engine-elsewhere': 'Remote engine',
  'engine-not-understood': 'Other engine',
  'already-starting': 'Already starting',
  'folder-not-mountable': 'Mount refused',
  'folder-not-shared': 'Not shared',
  'credential-helper': 'Sign-in broken',
  'image-rate-limited': 'Pull limit',
  'image-unauthorised': 'Sign-in needed',
  'image-unknown': 'No such image',
  'image-unreachable': 'No registry',
  'image-wrong-platform': 'Wrong platform',
  // The port.
  'port-taken': 'Port is taken',
  'privileged-port': 'Port refused',
  'no-such-address': 'Wrong address',
  // Docker Compose.
  'compose-broken': 'Compose error',
  'compose-data-at-risk': 'Data at risk',
  'compose-failed': 'Compose failed',
  'compose-no-chroma': 'No service',
  'compose-no-file': 'No YAML file',
  'compose-no-port': 'No port',
  'compose-not-installed': 'No Compose',
  'compose-not-understood': 'File unclear',
  'compose-outdated': 'Old setup',
  'compose-proxy-down': 'TLS proxy down',
  'token-refused': 'Token refused',
  'token-unusable': 'Unusable token',
  // A server that ended, or never began.
  'server-exited': 'Server ended',
  'server-paused': 'Paused',
  'start-broken-off': 'Start broken off',
  'start-busy': 'Busy elsewhere',
  'stop-timeout': 'Does not stop',
  'no-heartbeat': 'No heartbeat',
  'proxy-cut-off': 'TLS proxy lost',
  'proxy-removed': 'No TLS proxy',
  'proxy-does-not-answer': 'TLS proxy silent',
  'certificate-unusable': 'Bad certificate',
  'termination-impossible': 'TLS impossible',
  'data-of-another-line': 'Other data',
  'not-ours': 'Not ours to run',
  // A local program.
  'nothing-to-run-with': 'No Chroma',
  'python-unfit': 'Python too old',
  'consent-refused': 'Not installed',
  'install-busy': 'Busy elsewhere',
  'install-failed': 'Install failed',
  'private-chroma-needed': 'Chroma in use',
  'local-already-there': 'Already running',
  'local-command-unusable': 'Bad command',
  'local-start-failed': 'Does not start',
  'runtime-change': 'Other runtime',
  'supervisor-frozen': 'Server is frozen',
  'supervisor-not-understood': 'Other version',
  'control-busy': 'Busy elsewhere',
  'control-folder-not-private': 'Public folder',
};

/** Every code that has a label, for the test that looks for those that have none. */
export const PROBLEM_LABELS: ReadonlyMap<string, string> = new Map(
  Object.entries({ ...FAILURES, ...WATCHED }),
);
