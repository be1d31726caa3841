import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { describeEnvironment, renderEnvironment } from '../../../src/clients/environment.ts';
import { program } from '../../real/fixtures/cli.ts';

describe('the environment of a client', () => {
  const ca = '/w/certs/ca.pem';

  it('has what verifies the server, and nothing that takes the place of other roots', () => {
    assert.deepEqual(describeEnvironment('chroma.test', { ca }, {}).variables, {
      CHROMA_DOMAIN: 'chroma.test',
      CHROMA_SERVER_SSL_VERIFY: ca,
      NODE_EXTRA_CA_CERTS: ca,
    });
    assert.deepEqual(describeEnvironment('chroma.test', {}, {}).variables, {
      CHROMA_DOMAIN: 'chroma.test',
    });
  });

  it('keeps the NODE_EXTRA_CA_CERTS of the user', () => {
    const own = { NODE_EXTRA_CA_CERTS: '/etc/company.pem' };
    const found = describeEnvironment('localhost', { ca }, own);
    assert.equal(found.keptCertificates, '/etc/company.pem');
    assert.ok(!('NODE_EXTRA_CA_CERTS' in found.variables));
    const ours = describeEnvironment('localhost', { ca }, { NODE_EXTRA_CA_CERTS: ca });
    assert.equal(ours.variables['NODE_EXTRA_CA_CERTS'], ca);
  });

  it('has the token only where it is handed over', () => {
    const asking = { ca, tokenVariable: 'CHROMA_TOKEN' };
    assert.ok(!('CHROMA_TOKEN' in describeEnvironment('localhost', asking, {}).variables));
    const { variables } = describeEnvironment('localhost', asking, {}, 'abc');
    assert.equal(variables['CHROMA_TOKEN'], 'abc');
  });

  const odd = `it's "mine", $(touch /tmp/never) \`x\` \\ ü ’’; $HOME\nexit 3`;
  it('is read back as it is by bash', async () => {
    const [line = ''] = renderEnvironment({ ODD: odd }, 'bash');
    const node = `'${process.execPath}' -e 'process.stdout.write(process.env.ODD)'`;
    const shown = await program('bash', ['-c', `${line}\n${node}`]);
    assert.equal(shown.stdout, odd, shown.stderr);
  });

  it('is text for PowerShell, whose quotes are of five kinds', () => {
    assert.deepEqual(renderEnvironment({ ODD: `a'b’c` }, 'powershell'), [`$env:ODD = 'a''b’’c'`]);
    assert.deepEqual(renderEnvironment({ ODD: String.raw`a'b\c` }, 'fish'), [
      String.raw`set -gx ODD 'a\'b\\c'`,
    ]);
  });
});
