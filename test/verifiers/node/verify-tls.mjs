// Node.js's tls as a verifier; README.md has the protocol.
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { checkServerIdentity, connect } from 'node:tls';
import { answerLines } from './answer-lines.mjs';

await answerLines(async ({ ca, address, port, name }) => {
  const socket = connect({
    ca: await readFile(ca),
    host: address,
    port,
    timeout: 10_000,
    // An address is never sent as the server name (RFC 6066), but it is checked all the same.
    servername: isIP(name) ? '' : name,
    checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
  });
  try {
    await new Promise((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
      socket.once('timeout', () => reject(new Error('timed out')));
    });
  } finally {
    socket.destroy();
  }
});
