import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { explainFailure } from '../../../../../src/certificates/public/certbot/certbot-problems.ts';

const END =
  'Ask for help or search for solutions at https://community.letsencrypt.org. See the logfile /l/letsencrypt.log or re-run Certbot with -v for more details.';

/** What certbot 2.1.0 and 5.8.0 said, word by word. */
const SAID: Readonly<Record<string, string>> = {
  'port-taken':
    'Could not bind TCP port 80 because it is already in use by another process on this system (such as a web server). Please stop the program in question and then try again.',
  'port-not-permitted': `Could not bind TCP port 80 because you don't have the appropriate permissions (for example, you aren't running this program as root).`,
  'certbot-busy': 'Another instance of Certbot is already running.',
  'terms-not-agreed':
    'You should register before running non-interactively, or provide --agree-tos and --email <email_address> flags.',
  'directory-root-unknown': `An unexpected error occurred:
requests.exceptions.SSLError: HTTPSConnectionPool(host='localhost', port=24000): Max retries exceeded with url: /dir (Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate (_ssl.c:1006)')))`,
  'directory-not-reached': `An unexpected error occurred:
requests.exceptions.ConnectionError: HTTPSConnectionPool(host='localhost', port=24999): Max retries exceeded with url: /dir (Caused by NewConnectionError("HTTPSConnection(host='localhost', port=24999): Failed to establish a new connection: [Errno 111] Connection refused"))`,
  'directory-wrong': 'An unexpected error occurred:\nacme.errors.ClientError: <Response [404]>',
  'webroot-missing': '/tmp/nonexist does not exist or is not a directory',
  'certbot-folders': `The following error was encountered:
[Errno 13] Permission denied: '/var/log/letsencrypt'
Either run as root, or set --config-dir, --work-dir, and --logs-dir to writeable paths.`,
  'acme-connection': `Certbot failed to authenticate some domains (authenticator: standalone). The Certificate Authority reported these problems:
  Identifier: chroma.test
  Type:   connection
  Detail: Get "http://chroma.test/.well-known/acme-challenge/x": connection refused

Hint: The Certificate Authority failed to download the challenge files.

Some challenges have failed.`,
};

describe('what certbot says when it fails', () => {
  for (const [code, said] of Object.entries(SAID)) {
    it(`is the problem ${code}`, () => {
      const { problem } = explainFailure(`${said}\n${END}\n`, '');
      assert.equal(problem.code, code);
      assert.ok(problem.next);
    });
  }

  it('names what was not proved, in the authority’s words', () => {
    const { problem } = explainFailure(SAID['acme-connection'] ?? '', '');
    assert.match(problem.what, /could not connect to chroma\.test/);
    assert.match(problem.why ?? '', /It says: Get "http:.*connection refused\./);
  });

  it('takes the authority’s verdict from the log where certbot 2.1 stumbles over it', () => {
    const said = `An unexpected error occurred:\nAttributeError: can't set attribute\n${END}`;
    const log = `{
   "type": "urn:ietf:params:acme:error:badNonce",
   "detail": "JWS has an invalid anti-replay nonce",
   "status": 400
}
{
   "type": "urn:ietf:params:acme:error:rejectedIdentifier",
   "detail": "issuance is forbidden by policy: \\"blocked.test\\"",
   "subproblems": [ { "type": "x", "detail": "y" } ]
}
{"type": "urn:ietf:params:acme:error:badNonce", "detail": "again"}`;
    const { problem } = explainFailure(said, log);
    assert.equal(problem.code, 'acme-rejected-identifier');
    assert.match(problem.why ?? '', /forbidden by policy: "blocked\.test"/);
  });

  it('is a nonce where the authority took none, over which certbot 2.1 stumbles too', () => {
    const said = `An unexpected error occurred:\nAttributeError: can't set attribute\n${END}`;
    const log = '{"type": "urn:ietf:params:acme:error:badNonce", "detail": "again"}';
    assert.equal(explainFailure(said, log).problem.code, 'acme-bad-nonce');
    assert.equal(explainFailure(`Something new\n${END}`, log).problem.code, 'certbot-failed');
  });

  it('is repeated where nobody foresaw it, without what steers a terminal', () => {
    const { problem } = explainFailure(`Something \u001b[31mnew\n${END}\n`, '');
    assert.equal(problem.code, 'certbot-failed');
    assert.equal(problem.why, 'It says: Something  [31mnew.');
  });
});
