// curl as a verifier; README.md has the protocol.
import { isIPv6 } from 'node:net';
import { execa } from 'execa';
import { answerLines } from './answer-lines.mjs';

const bracket = (/** @type {string} */ host) => (isIPv6(host) ? `[${host}]` : host);

await answerLines(async ({ ca, address, port, name }) => {
  const to = `::${bracket(address)}:${port}`;
  const args = ['--silent', '--show-error', '--max-time', '10', '--cacert', ca, '--connect-to', to];
  const { exitCode, stderr } = await execa('curl', [...args, `https://${bracket(name)}:${port}/`], {
    reject: false,
  });
  if (exitCode !== 0) throw new Error(stderr.split('\n')[0]);
});
